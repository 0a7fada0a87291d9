// How the figures of a report read to a person: rounded, grouped, with their units. The exact
// values stand in the JSON. Pure; an absent or non-finite figure is a dash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"

namespace ballast {

inline constexpr std::string_view no_figure = "\u2013";

/// Rounded half to even to `digits` fractional digits (0 to 18), thousands grouped: "-1,234.50".
std::string fixed_text(Int128 raw, int digits);
/// Money: two digits, more for what two would show as nothing.
std::string money_text(Int128 raw);
/// Quantities and prices: seven significant digits, at most eight after the point, no trailing
/// zeros; what that would show as zero is shown exactly.
std::string quantity_text(Int128 raw);

/// 0.825 is "82.50 %".
std::string percent_text(std::optional<double> share);
/// `digits` after the point, thousands grouped; "1.000e+12" for what would be too long to read.
std::string number_text(std::optional<double> value, int digits = 2);
/// "0.25 s", "30 s", "4 min 12 s", "2 h 05 min", "3 d 04 h".
std::string seconds_text(std::optional<double> seconds);
/// "2026-01-05 14:30:05", UTC, with milliseconds when there are any.
std::string time_text(Timestamp t);
/// "81.25 % (-1.25 points)": a restated adherence and by how much it differs from the one lived.
std::string restated_text(std::optional<double> lived, double restated);
/// How the weights were chosen, as part of a sentence: "with equal weights".
std::string weights_text(std::string_view basis);
/// "delta:BTC", and "delta:BTC @ hedger" for a book's own.
std::string factor_text(std::string_view factor, std::string_view book);
/// "in band", "past limit": the words of the formats with spaces.
std::string words_text(std::string_view identifier);

}  // namespace ballast
