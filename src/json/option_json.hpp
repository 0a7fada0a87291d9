// What a desk's options earn, hold and risk as JSON, as docs/api.md has it: one writer a view, so
// that the service, the report and the command line say the same. Pure functions.
//
// `seq`, where there is one, is the last event that the answer rests on. Model values are numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/option_report.hpp"
#include "json/json_writer.hpp"

namespace ballast {

using Seq = std::optional<std::uint64_t>;

/// One underlying in a list of them: `whole` of book "*".
void write_option_underlying(JsonWriter& out,
                             const GreeksView& whole,
                             const std::vector<std::string>& books);
void write_greeks(JsonWriter& out, const GreeksView& view, Seq seq = {});
void write_smile(JsonWriter& out, const SmileView& view, Seq seq = {});
void write_scenarios(JsonWriter& out, const ScenarioView& view, Seq seq = {});
void write_pnl_explain(JsonWriter& out, const ExplainView& view, Seq seq = {});
/// Of a report: the four together.
void write_options_report(JsonWriter& out, const OptionsReport& report);

}  // namespace ballast
