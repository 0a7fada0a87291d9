// What the verbs say to the person: messages and progress on standard error, data on standard
// output or in a file. And what they are given in one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "apps/ballast/verb.hpp"
#include "base/result.hpp"

namespace ballast {

/// "ballast: <what>" on standard error.
void complain(std::string_view what);
/// The same for an Error, and the exit code that belongs to it.
Exit complain(const Error& error);

/// Colour only on a terminal, and never with NO_COLOR set.
bool colour_wanted();

/// All of a file.
Result<std::string> read_file(const std::string& path);
/// Writes to a file, or to standard output when `path` is empty or "-".
Result<void> write_output(const std::string& path, std::string_view text);

/// A line that tells how far a long run is: rate and remaining time. Silent unless standard error
/// is a terminal; redraws at most ten times a second; erased by finish().
class Progress {
 public:
  explicit Progress(std::string label);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap enough for every event. `total` 0: unknown.
  void update(std::uint64_t events, std::uint64_t done, std::uint64_t total) {
    if (active_ && (++calls_ & 1023U) == 0) draw(events, done, total);
  }
  /// The same for calls that are rare already: it reads a clock.
  void draw(std::uint64_t events, std::uint64_t done, std::uint64_t total);
  void finish();

 private:
  std::string label_;
  bool active_ = false;
  bool drawn_ = false;
  std::uint64_t calls_ = 0;
  double started_ = 0.0;
  double last_ = 0.0;
};

/// Seconds of a clock that only goes forward, for rates.
double monotonic_seconds();

}  // namespace ballast
