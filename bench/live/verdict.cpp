#include "live/verdict.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ballast::live_bench {
namespace {

/// Two cores that are shared with others may be slow for a while: by far is more than that.
constexpr double far_above = 4.0;
constexpr double nearly = 0.99;
constexpr double far_below = 0.75;

constexpr std::array<std::string_view, 4> grade_names{"", "met", "MISSED", "FAILED"};

}  // namespace

Grade at_most(double figure, double goal) {
  if (figure <= goal) return Grade::met;
  return figure <= goal * far_above ? Grade::missed : Grade::failed;
}

Grade at_least(double figure, double goal) {
  if (figure >= goal * nearly) return Grade::met;
  return figure >= goal * far_below ? Grade::missed : Grade::failed;
}

Grade none_of(std::uint64_t count) { return count == 0 ? Grade::met : Grade::failed; }

std::string spread(const Samples& samples) {
  if (samples.size() == 0) return "none";
  return fmt::format("{:.1f} / {:.1f} / {:.1f} ms", samples.quantile_ms(0.5),
                     samples.quantile_ms(0.99), samples.quantile_ms(1.0));
}

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t at = text.size(); at > 3;)
    text.insert(at -= 3, 1, ',');
  return text;
}

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", bytes >> 20U); }

void Verdict::tell(std::string what, std::string measured) {
  rows_.push_back({std::move(what), "", std::move(measured), Grade::told});
}

void Verdict::judge(std::string what, std::string goal, std::string measured, Grade grade) {
  rows_.push_back({std::move(what), std::move(goal), std::move(measured), grade});
}

void Verdict::print() const {
  std::array<std::size_t, 3> widths{0, 4, 8};
  for (const Row& row : rows_) {
    widths = {std::max(widths[0], row.what.size()), std::max(widths[1], row.goal.size()),
              std::max(widths[2], row.measured.size())};
  }
  const auto line = [&](std::string_view what, std::string_view goal, std::string_view measured,
                        std::string_view grade) {
    std::string text = fmt::format("{:<{}}  {:>{}}  {:>{}}  {}", what, widths[0], goal, widths[1],
                                   measured, widths[2], grade);
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print("{}\n", text);
  };
  line("", "goal", "measured", "");
  for (const Row& row : rows_)
    line(row.what, row.goal, row.measured, grade_names[static_cast<std::size_t>(row.grade)]);
  std::fflush(stdout);
  for (const Row& row : rows_) {
    if (row.grade == Grade::failed)
      fmt::print(stderr, "live_bench: {}: {}, and the goal is {}\n", row.what, row.measured,
                 row.goal);
  }
}

bool Verdict::failed() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const Row& row) { return row.grade == Grade::failed; });
}

}  // namespace ballast::live_bench
