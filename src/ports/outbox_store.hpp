// OutboxStore: where notifications wait for their sinks, so that a restart loses none.
//
// Rows by key: save() replaces those that are given and removes those that are named, all or
// nothing. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

/// A notification on its way to one sink. Times are of the wall.
struct QueuedDelivery {
  std::uint64_t number = 0;  // rising: the order in which they came
  std::string sink = {};
  Notification notification = {};
  Timestamp queued_at = {};
  Timestamp next_at = {};  // not tried before
  std::uint32_t attempts = 0;
  bool unavailable = false;  // what the last attempt met
  friend bool operator==(const QueuedDelivery&, const QueuedDelivery&) = default;
};

/// An alert that was told and has not ended.
struct OpenAlert {
  struct Pending {
    std::string escalation;
    Timestamp due;  // the desk's time
    std::uint32_t level = 1;
    friend bool operator==(const Pending&, const Pending&) = default;
  };
  Notification last = {};
  std::vector<std::string> told = {};  // sinks, in the order in which they heard of it
  std::vector<Pending> pending = {};   // who hears of it unless it is acknowledged
  friend bool operator==(const OpenAlert&, const OpenAlert&) = default;
};

/// How a sink stands. Times are of the wall but `minute`, which is the desk's.
struct SinkStanding {
  std::string sink = {};
  std::optional<Timestamp> failing_since = {};
  std::string last_error = {};
  std::optional<Timestamp> paused_until = {};  // as it asked
  std::uint64_t delivered = 0;
  std::uint64_t given_up = 0;
  std::uint64_t held_back = 0;  // in all
  // Flood control, of the minute that began at `minute`.
  Timestamp minute = {};
  std::uint32_t admitted = 0;
  std::uint32_t held_back_now = 0;
  Severity worst_held_back = Severity::info;
  friend bool operator==(const SinkStanding&, const SinkStanding&) = default;
};

struct OutboxImage {
  std::optional<std::uint64_t> seq =
      {};  // of the journal, up to which all was put; absent: a new file
  std::uint64_t last_number = 0;
  std::vector<QueuedDelivery> deliveries = {};  // by number
  std::vector<OpenAlert> alerts = {};           // by id
  std::vector<SinkStanding> sinks = {};         // by name
  friend bool operator==(const OutboxImage&, const OutboxImage&) = default;
};

struct OutboxChanges {
  bool whole = false;    // what is stored and not given goes
  bool durable = false;  // synced before save() returns; else an interrupted machine may forget it
  std::uint64_t seq = 0;
  std::uint64_t last_number = 0;
  std::vector<QueuedDelivery> deliveries = {};
  std::vector<std::uint64_t> removed_deliveries = {};
  std::vector<OpenAlert> alerts = {};
  std::vector<std::string> removed_alerts = {};
  std::vector<SinkStanding> sinks = {};
};

class OutboxStore {
 public:
  virtual ~OutboxStore() = default;

  virtual Result<OutboxImage> load() = 0;
  virtual Result<void> save(const OutboxChanges& changes) = 0;

 protected:
  OutboxStore() = default;
  OutboxStore(const OutboxStore&) = default;
  OutboxStore& operator=(const OutboxStore&) = default;
};

}  // namespace ballast
