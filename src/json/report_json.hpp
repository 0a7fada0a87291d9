// The parts of a Report as JSON, as FORMATS section 3 prints them: one writer for each, so that a
// position reads alike in a report, in an answer and on the stream. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/report.hpp"
#include "json/json_writer.hpp"

namespace ballast {

/// FORMATS section 3, with extensions after the standard fields. Ends with a newline.
std::string render_json(const Report& report);
/// One row per window and factor, in the order given.
std::string render_windows_json(std::span<const WindowRow> rows);

void write_range(JsonWriter& out, std::string_view key, const std::optional<Range>& range);
/// null where there is none.
void write_reason(JsonWriter& out, std::string_view key, std::string_view reason);
void write_excursion(JsonWriter& out, const ExcursionReport& excursion);
/// The standard figures of a window, in the order of FORMATS section 3.
void write_figures(JsonWriter& out, const FactorFigures& f);
void write_profit(JsonWriter& out, const std::optional<FactorProfit>& profit);
void write_factor(JsonWriter& out, const FactorReport& f);
void write_position(JsonWriter& out, const PositionReport& p);
void write_balance(JsonWriter& out, const BalanceReport& b);
void write_flight(JsonWriter& out, const FlightReport& f);
void write_break(JsonWriter& out, const BreakReport& b);
void write_alert(JsonWriter& out, const AlertReport& a);
void write_objective(JsonWriter& out, const BurnReport& b);
void write_option(JsonWriter& out, const OptionReport& o);
void write_proposal(JsonWriter& out, const ProposalReport& p);
void write_control(JsonWriter& out, const ControlReport& c);
void write_quote(JsonWriter& out, const QuoteReport& q);
void write_window(JsonWriter& out, const WindowRow& row);

}  // namespace ballast
