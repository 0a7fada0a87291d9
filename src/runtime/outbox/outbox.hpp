// Outbox: notifications on their way out, kept in a store until their sinks have taken them.
//
//   the desk's thread   put(), tick()  ->  state, store (durable)  ->  wakes the workers
//   a worker a sink     turn  ->  deliver (blocks)  ->  settle, store
//
// A sink that hangs keeps no other sink waiting, nor the desk. What put() was given is durable when
// it returns, with the number of the event, so a crash loses nothing and a replay doubles nothing;
// that an attempt was made is stored without a sync, and may be made again after a crash.
//
// Where the store fails, work goes on in memory and is stored whole as soon as it can be; failure()
// says so meanwhile. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/alert_settings.hpp"
#include "ports/alert_sink.hpp"
#include "ports/outbox_store.hpp"
#include "runtime/outbox/outbox_state.hpp"

namespace ballast {

struct OutboxParts {
  std::string desk;  // its name
  AlertSettings settings;
  std::vector<std::unique_ptr<AlertSink>> sinks;  // of settings.sinks, one each
  std::unique_ptr<OutboxStore> store;
  std::function<Timestamp()> wall;  // any thread
  std::uint64_t seed = 0;           // of the jitter
};

class Outbox {
 public:
  /// `journal_seq` is the last event of the journal. A new store begins behind it: of what happened
  /// before there was an outbox, nobody is told. Errors: conflict, when the store has seen events
  /// that the journal does not hold: it belongs to another one.
  static Result<std::unique_ptr<Outbox>> open(OutboxParts parts, std::uint64_t journal_seq);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();  // stops at once

  /// Starts delivering.
  void start();
  /// Goes on for so long while something can be delivered, then interrupts what is under way.
  void stop(Duration grace);

  /// Goes on with other settings and sinks; what waits for sinks that are gone is dropped.
  void reconfigure(AlertSettings settings, std::vector<std::unique_ptr<AlertSink>> sinks);

  /// In the order of events, all of an event's news at once; those up to seq() are ignored.
  void put(std::span<const AlertNews> news);
  /// Some times a second, with the desk's time; `ask` is called before it returns.
  void tick(Timestamp desk, const AskStanding& ask);
  /// An alert that the desk no longer knows of ends; one that fires and was not told, is.
  void forget(const std::string& id, Timestamp t, const std::string& reason);
  void adopt(const Notification& firing);

  std::uint64_t seq() const;
  std::vector<std::string> open_alerts() const;
  std::vector<std::string> dropped() const;
  std::vector<SinkHealth> health() const;
  /// Why the store cannot be written to; nothing while it can.
  std::optional<Error> failure() const;

 private:
  struct Core;
  explicit Outbox(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace ballast
