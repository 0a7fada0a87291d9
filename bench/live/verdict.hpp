// The table at the end: what was measured, beside the goals, and whether that is good enough.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/basics.hpp"

namespace ballast::live_bench {

enum class Grade : std::uint8_t {
  told,  // no goal
  met,
  missed,  // by less than what a busy neighbour explains
  failed,
};

/// A figure that should be at most, or at least, so much.
Grade at_most(double figure, double goal);
Grade at_least(double figure, double goal);
/// What must not happen at all.
Grade none_of(std::uint64_t count);

/// "1.2 / 3.4 / 5.6 ms": half of them, 99 %, the longest.
std::string spread(const Samples& samples);
/// "1,234,567".
std::string grouped(std::uint64_t number);
std::string mebibytes(std::uint64_t bytes);

class Verdict {
 public:
  void tell(std::string what, std::string measured);
  void judge(std::string what, std::string goal, std::string measured, Grade grade);
  /// To standard output; what failed, once more to standard error.
  void print() const;
  bool failed() const;

 private:
  struct Row {
    std::string what, goal, measured;
    Grade grade = Grade::told;
  };
  std::vector<Row> rows_;
};

}  // namespace ballast::live_bench
