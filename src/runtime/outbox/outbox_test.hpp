// What tests of the outbox share: notifications, settings, a store in memory that may fail.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/outbox_store.hpp"
#include "runtime/outbox/outbox_state.hpp"

namespace ballast::testing {

constexpr Timestamp t0{1'767'600'000'000'000'000};  // a whole minute

inline Notification notification(const std::string& id,
                                 NotificationState state,
                                 Timestamp t = t0,
                                 Severity severity = Severity::warning) {
  Notification n;
  n.id = id;
  n.rule = "out";
  n.factor = "delta:BTC";
  n.book = "*";
  n.severity = severity;
  n.state = state;
  n.t = t;
  n.since = t;
  n.desk = "maker";
  return n;
}

inline SinkSettings sink_settings(const std::string& name) {
  SinkSettings sink;
  sink.name = name;
  return sink;
}

/// As rows of a database would be; save() may be told to fail. Any thread.
class MemoryStore final : public OutboxStore {
 public:
  struct Rows {
    std::mutex mutex;
    OutboxImage image;
    bool failing = false;
    std::size_t durable_saves = 0;

    bool delivered() {
      const std::lock_guard lock(mutex);
      return image.deliveries.empty();
    }
  };
  explicit MemoryStore(std::shared_ptr<Rows> rows) : rows_(std::move(rows)) {}

  Result<OutboxImage> load() override {
    const std::lock_guard lock(rows_->mutex);
    return rows_->image;
  }
  Result<void> save(const OutboxChanges& changes) override {
    const std::lock_guard lock(rows_->mutex);
    if (rows_->failing) return fail(Errc::io, "the disk is full");
    apply(changes, rows_->image);
    if (changes.durable) ++rows_->durable_saves;
    return {};
  }

  static void apply(const OutboxChanges& changes, OutboxImage& image) {
    if (changes.whole) image = {};
    image.seq = changes.seq;
    image.last_number = changes.last_number;
    replace(image.deliveries, changes.deliveries, [](const auto& d) { return d.number; });
    replace(image.alerts, changes.alerts, [](const auto& a) { return a.last.id; });
    replace(image.sinks, changes.sinks, [](const auto& s) { return s.sink; });
    remove(image.deliveries, changes.removed_deliveries, [](const auto& d) { return d.number; });
    remove(image.alerts, changes.removed_alerts, [](const auto& a) { return a.last.id; });
  }

 private:
  template <class Row, class Key>
  static void replace(std::vector<Row>& rows, const std::vector<Row>& with, Key key) {
    for (const Row& row : with) {
      std::erase_if(rows, [&](const Row& old) { return key(old) == key(row); });
      rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(),
              [&](const Row& a, const Row& b) { return key(a) < key(b); });
  }
  template <class Row, class Keys, class Key>
  static void remove(std::vector<Row>& rows, const Keys& keys, Key key) {
    for (const auto& gone : keys)
      std::erase_if(rows, [&](const Row& row) { return key(row) == gone; });
  }

  std::shared_ptr<Rows> rows_;
};

}  // namespace ballast::testing
