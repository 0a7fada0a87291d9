// EventSource: where events come from, one after another.
//
// Input that cannot be read as an event is refused, counted and told to the Refusals; what is good
// goes on. An error means that the source itself failed (a file that cannot be read). One thread at
// a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "model/event.hpp"

namespace ballast {

/// Told of each refused piece of input: where it is ("fills.jsonl:12") and what is wrong with it.
using Refusals = std::function<void(const std::string& where, const Error& error)>;

class EventSource {
 public:
  virtual ~EventSource() = default;

  /// Reads the next event into `out`; false at the end.
  virtual Result<bool> next(Event& out) = 0;
  /// Where the last event came from, for messages.
  virtual std::string where() const = 0;
  /// Bytes taken so far and in all (0: not known), for progress.
  virtual std::uint64_t bytes_read() const = 0;
  virtual std::uint64_t bytes_total() const = 0;

 protected:
  EventSource() = default;
  EventSource(const EventSource&) = default;
  EventSource& operator=(const EventSource&) = default;
};

}  // namespace ballast
