// DeskStore: where a live desk's events become durable, with their text form and what is derived
// from them. A journal and its projections, as one.
//
// After any failure to write or to sync, the store refuses everything: it stops rather than
// guesses. One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

class DeskStore {
 public:
  virtual ~DeskStore() = default;

  /// Reads one event's text form; an error says the column and what is wrong.
  virtual Result<void> read(std::string_view text, Event& out) = 0;
  /// Appends the event to the open group and returns its number. Not durable yet.
  virtual Result<std::uint64_t> append(const Event& event) = 0;
  /// What the step that event `seq` made has changed, for the projections.
  virtual void follow(std::uint64_t seq, const Event& event, std::span<const Effect> effects) = 0;
  /// Makes the open group durable; returns the last durable number.
  virtual Result<std::uint64_t> commit() = 0;
  virtual std::uint64_t last_seq() const = 0;
  virtual std::uint64_t durable_seq() const = 0;
  /// Stores the state after last_seq(), committing the open group with it. `extra` is the live
  /// desk's own state beside the engine's.
  virtual Result<void> save_snapshot(std::string_view extra) = 0;
  /// The same little by little, so that nobody waits for long: each commit() from now on takes a
  /// part of it along.
  virtual Result<void> begin_snapshot(std::string_view extra) = 0;
  /// Whether one was begun that is not complete.
  virtual bool snapshot_underway() const = 0;
  /// Bytes on the disk.
  virtual std::uint64_t bytes() const = 0;

 protected:
  DeskStore() = default;
  DeskStore(const DeskStore&) = default;
  DeskStore& operator=(const DeskStore&) = default;
};

}  // namespace ballast
