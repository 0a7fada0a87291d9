// The tables of the page: any sheet, and the two bar charts that are tables (time out of band by
// cause, profit by part). Pure; every name in them is escaped.
#pragma once

#include <string>

#include "adapters/report/sheet.hpp"
#include "engine/report.hpp"

namespace ballast {

/// The class attribute's word for a tone; empty for plain.
std::string_view tone_class(Tone tone);

/// A section with a heading and the table; nothing for an empty sheet.
std::string sheet_section(const Sheet& sheet);
/// The table alone under a caption, in a frame that scrolls on narrow screens.
std::string sheet_table(const Sheet& sheet);

std::string causes_bars(const FactorReport& factor);
std::string profit_bars(const FactorReport& factor, const std::string& currency);

}  // namespace ballast
