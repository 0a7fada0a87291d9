// ClosedLoop: an engine, events from outside and whoever executes, run as one.
//
//   ClosedLoop loop({.step = [&](const Event& event) { return engine.step(event); },
//                    .sink = [&](const Event& event) { return write(event); }},
//                   &venue);
//   auto counts = loop.run(recording);                  // a recording,
//   loop.push(event); ... loop.pass(clock.now()); ...   // or whatever comes, when it comes
//
// Events are taken by time, and of equal times what execution has to tell comes before what was
// recorded. Each goes to execution, to the engine and to the sink, in this order; then what the
// engine decided is done: requests go to execution, and a decision becomes an event of the same
// time that is stepped at once, before anything else. The sink hears every event that the engine
// stepped, in order, so that a fresh engine that steps those, and nothing else, ends with the same
// digest.
//
// Time is the latest event time seen: a recorded event that comes late is stepped with its own
// time, but what it leads to happens now. Where the engine would decide something before the next
// event comes (a deadline, a look at a factor, a target that moves), a `time` event lets it, so
// that a recording with long pauses is acted on as it would have been. A run ends with the
// recording: what execution has due later stays undone, for there is no market any more to do it
// in. An error ends the loop: of the sink, of the recording, or of decisions and executions of one
// instant that cause each other without end.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"
#include "ports/event_source.hpp"
#include "ports/execution.hpp"

namespace ballast {

/// What the loop connects; `step` and `sink` are required.
struct LoopEnds {
  /// The engine: the effects are valid until the next call.
  std::function<std::span<const Effect>(const Event&)> step;
  /// Hears of every event stepped; an error ends the run and is its result.
  std::function<Result<void>(const Event&)> sink;
  /// Told of every effect that asks for nothing to be executed (alerts, breaks, refusals), and
  /// where nobody executes of the others too.
  std::function<void(const Effect&)> watch = nullptr;
  /// When the engine may next decide something by itself; left out: only at events.
  std::function<std::optional<Timestamp>()> wakes = nullptr;
};

/// Events stepped, by where they came from.
struct LoopCounts {
  std::uint64_t recorded = 0;  // from outside
  std::uint64_t executed = 0;  // told by execution
  std::uint64_t decisions = 0;
  std::uint64_t woken = 0;  // `time` events
  friend bool operator==(const LoopCounts&, const LoopCounts&) = default;
};

class ClosedLoop {
 public:
  /// Execution outlives the loop; null: nobody executes. `since` is the engine's clock, when it has
  /// begun.
  ClosedLoop(LoopEnds ends, Execution* execution, std::optional<Timestamp> since = std::nullopt);

  /// To the end of the recording.
  Result<LoopCounts> run(EventSource& recording);
  /// Lets time pass to the event's, and takes it.
  Result<void> push(const Event& event);
  /// What execution has to tell up to `t`, and what the engine does by itself before.
  Result<void> pass(Timestamp t);
  /// One event now, with the decisions that come of it, whatever is due before.
  Result<void> take(const Event& event);

  /// When execution or the engine is due next; nothing when neither is.
  std::optional<Timestamp> due() const;
  const LoopCounts& counts() const { return counts_; }

 private:
  Result<void> step(const Event& event);
  void act(const Effect& effect);
  std::optional<Timestamp> wakes_before(Timestamp t) const;
  Result<void> caused();

  LoopEnds ends_;
  Execution* execution_;
  std::deque<Decision> decided_;  // and not stepped yet
  LoopCounts counts_;
  Timestamp now_;
  std::uint32_t at_once_ = 0;  // caused at this instant since anything was recorded
};

}  // namespace ballast
