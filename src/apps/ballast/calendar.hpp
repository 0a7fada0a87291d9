// A journal's hours, merged to rows of a calendar unit: what `report --window` prints and the API's
// calendar answers.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/report.hpp"
#include "model/desk.hpp"

namespace ballast {

inline constexpr std::array<std::string_view, 4> calendar_windows{"hour", "day", "week", "month"};

struct CalendarSpan {
  std::string_view window;            // one of calendar_windows; weeks begin on Monday
  std::optional<Timestamp> from, to;  // full hours
  /// Which factors, by name and book; absent: all.
  std::function<bool(std::string_view factor, std::string_view book)> wanted = nullptr;
};

/// One row a factor and window, from the hours that the journal keeps.
Result<std::vector<WindowRow>> calendar_rows(const std::string& journal, const CalendarSpan& span);

}  // namespace ballast
