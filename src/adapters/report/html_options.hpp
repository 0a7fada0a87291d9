// A desk's options on the page: a waterfall of their profit by greek, a heat map of vega by expiry
// and strike, scenarios, and smiles, each with its table. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/report.hpp"

namespace ballast {

/// A section for each underlying and book; empty for desks without options.
std::string options_sections(const Report& report);
/// Its style, beside report_style and calibration_style().
std::string_view options_style();

}  // namespace ballast
