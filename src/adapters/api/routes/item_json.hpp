// What each item of docs/api.md reads like: one writer an item, for answers and the stream alike.
// What the report has too is written by json/report_json.hpp. Pure functions.
#pragma once

#include <string_view>

#include "engine/views.hpp"
#include "json/report_json.hpp"
#include "runtime/feed_health.hpp"

namespace ballast::api {

/// A double as plain decimal text of at most eight fractional digits: money that was estimated.
void write_money(JsonWriter& out, std::string_view key, const std::optional<double>& value);

void write_adherence(JsonWriter& out, const AdherenceView& adherence);
void write_desk_adherence(JsonWriter& out, const DeskAdherenceView& desk);
void write_exposure(JsonWriter& out, const ExposureView& view);
void write_target(JsonWriter& out, const TargetView& view, std::string_view pushed_by);
void write_limit(JsonWriter& out, const LimitView& view);
void write_lines(JsonWriter& out, const std::vector<Explanation>& lines);
void write_order(JsonWriter& out, const Desk& desk, const OpenOrder& order);
void write_transfer(JsonWriter& out,
                    const Desk& desk,
                    const Books& books,
                    const TransferRecord& transfer,
                    Timestamp now);
void write_rule(JsonWriter& out, const RuleView& view);
void write_quote_now(JsonWriter& out, const QuoteView& view);
void write_stop(JsonWriter& out, const StopView& view);
void write_venue_health(JsonWriter& out,
                        const Desk& desk,
                        const VenueHealth& health,
                        std::size_t breaks);
/// Of one learnt instrument.
void write_parameters(JsonWriter& out, const Engine& engine, InstrumentId id);

/// @param lines  what was weighed and done, for a person; may be empty.
void write_full_proposal(JsonWriter& out,
                         const Desk& desk,
                         FactorId factor,
                         const Proposal& proposal,
                         const std::vector<Explanation>* lines);

/// What names an item in its list and on the stream.
std::string position_key(const PositionReport& p);  // "binance/main/mm/BTC-USDT"
std::string balance_key(const BalanceReport& b);    // "binance/main/USDT"
std::string break_key(const BreakReport& b);        // "binance/main/BTC/2026-01-05T12:00:00Z"

}  // namespace ballast::api
