// Events as text: one JSON object a line, as docs/events.md describes.
//
//   EventReader reader(desk);
//   Event event;
//   if (auto read = reader.read(line, event); !read) report(file, line_number, read.error().what);
//
// parse(print(event)) == event, exactly, for every event that a reader accepts. Numbers are exact:
// decimals go from text to 10^-18 integers without passing through a double. An error says the
// column (in bytes, from 1), what is wrong, and what to do. Both classes refer to the desk, which
// must outlive them. Neither may be used by two threads at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

class EventReader {
 public:
  /// Builds tables of the desk's names; the desk must not change afterwards.
  explicit EventReader(const Desk& desk);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;

  /// Reads one line, with or without its line end, into `out`, which is unspecified after an error.
  /// Errors: bad_input, overflow, excess_digits; `what` begins with "column N: ".
  Result<void> read(std::string_view line, Event& out);

  /// Blank lines and lines that start with '#' hold no event; they are not for read().
  static bool skippable(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class EventWriter {
 public:
  /// The desk may grow (DeskBuilder), but must keep its address.
  explicit EventWriter(const Desk& desk) : desk_(&desk) {}

  /// Appends the event's canonical line, without a line end: fixed order of fields, decimals as the
  /// shortest strings, no optional field that says the default. Text that is not UTF-8 is written
  /// as it stands. Ids must be of the desk, and the doubles of a surface finite.
  void write(const Event& event, std::string& out) const;

 private:
  const Desk* desk_;
};

}  // namespace ballast
