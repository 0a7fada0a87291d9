// The tables of a desk's options: what they earned, by greek; what they are, by expiry and strike;
// what scenarios would earn and leave. Pure.
#pragma once

#include <string>

#include "adapters/report/sheet.hpp"
#include "engine/option_report.hpp"

namespace ballast {

/// "Options on BTC", and a book's own as "Options on BTC @ vol".
std::string options_title(const OptionsOf& of);

/// "now", "after 1 day", "after 2.5 days".
std::string after_days(double days);

Sheet option_explains_sheet(const Report& report);  // a row for each underlying and book
Sheet option_greeks_sheet(const GreeksView& view);  // held lines, and the sum of each expiry
/// By volatility and spot, after the days of index `day`; a mark where delta is out of its band.
Sheet option_scenarios_sheet(const ScenarioView& view, std::size_t day);

}  // namespace ballast
