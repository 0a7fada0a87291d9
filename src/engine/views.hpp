// Views: what a live desk shows of itself, one item at a time, as plain values at the engine's
// clock. Each costs what it shows and no more: a board's row is no report.
//
// Names are views into the desk's configuration and the engine: a view is to be read before the
// engine's next step. What cannot be known is absent. Figures are those of Engine::report(), from
// the same functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/proposal.hpp"
#include "engine/engine.hpp"

namespace ballast {

/// "delta:BTC", and a book's own as "delta:BTC@mm": how people and addresses name a factor.
FactorId find_factor_by_key(const Desk& desk, std::string_view key);

// ---- adherence

/// The windows that a board shows, beside today and all.
inline constexpr std::array<Window, 5> board_windows{Window::min_5, Window::hour_1, Window::hour_6,
                                                     Window::hour_24, Window::day_30};

/// Adherence over several windows at once. A window longer than the desk's life covers its life.
struct AdherenceView {
  std::array<std::optional<double>, board_windows.size()> windows;  // as board_windows
  std::optional<double> today;                                      // since midnight UTC
  std::optional<double> all;                                        // since the start
};
AdherenceView adherence_view(const Engine& engine, FactorId id);

/// Of all factors together, weighted as reports are.
struct DeskAdherenceView {
  AdherenceView adherence;
  std::string_view weights_basis;  // of `all`
};
DeskAdherenceView desk_adherence_view(const Engine& engine);

/// A factor's figures over a sliding window, or since midnight UTC when there is none.
WindowRow window_row(const Engine& engine, FactorId id, std::optional<Window> window);
/// The desk's adherence over the same.
std::optional<double> desk_adherence(const Engine& engine, std::optional<Window> window);

// ---- a factor on the adherence board

struct ExcursionView {
  double seconds = 0.0;
  std::string_view cause;  // dominant so far
};

struct ExposureView {
  std::string key;
  std::string_view factor, book, unit;
  Region state = Region::unknown;
  std::string_view unknown_reason;                   // empty when known
  std::optional<Decimal> actual, target, deviation;  // the last levels while unknown
  std::optional<Range> band, limit;
  std::optional<double> z, skew, alpha;
  AdherenceView adherence;
  std::optional<double> time_in_band_today;
  std::optional<ExcursionView> excursion;
  std::optional<double> cost_to_return;  // reporting currency: the cheapest way back, as weighed
  const Proposal* proposal = nullptr;    // the open one
  bool overridden = false;
  std::optional<double> age_seconds;  // of its oldest price or statement
  std::optional<Timestamp> since;     // of the state; absent for one in its band
};
ExposureView exposure_view(const Engine& engine, FactorId id);

// ---- targets and limits

struct TargetView {
  std::string key;
  std::string_view unit;
  std::optional<Plan> plan;  // absent: it cannot be computed
  std::string_view model;
  std::vector<std::string_view> stages;
  std::optional<TargetPipeline::Override> override;
  bool known = false;
  std::string_view unknown_reason;
  std::uint64_t version = 0;  // of the override: another whenever somebody changed something

  /// The target or the band, not the limit alone.
  bool overridden() const { return override && (override->target || override->band); }
};
TargetView target_view(const Engine& engine, FactorId id);
/// The same as `change` would make it, were it stepped now; or why it would be refused, and what to
/// do.
Result<TargetView> target_view_after(const Engine& engine, const TargetOverride& change);

struct LimitView {
  std::string key;
  std::string_view unit;
  std::optional<Range> limit, configured;
  std::optional<double> used;  // the skew: 1 at the limit
  bool overridden = false;
  std::optional<Timestamp> until;
  std::uint64_t version = 0;
};
LimitView limit_view(const Engine& engine, FactorId id);
/// Likewise, as `change` would make it.
Result<LimitView> limit_view_after(const Engine& engine, const TargetOverride& change);

// ---- control

/// The proposal of that id that is remembered, and its factor; nullptr when none is.
struct FoundProposal {
  FactorId factor;
  const Proposal* proposal = nullptr;
};
FoundProposal find_proposal(const Engine& engine, std::string_view id);
/// Whether it waits or is under way.
bool is_open(const Proposal& proposal);

struct QuoteView {
  std::string_view instrument, venue, account, book;
  std::string factor;  // its key
  bool known = false;  // what stands is known
  std::optional<Price> bid, ask;
  Quantity bid_qty, ask_qty;
  std::string_view bid_reason, ask_reason;  // why a side is pulled; empty: it is quoted
  std::optional<double> two_sided;          // share of the time
};
QuoteView quote_view(const Engine& engine, std::size_t index);

/// What keeps control from acting: a kill switch, or a factor's breaker.
struct StopView {
  std::string scope;  // "desk", "venue:deribit", "factor:delta:BTC"
  bool breaker = false;
  std::string by;  // of a kill switch
  std::string reason;
  Timestamp since{};
};
std::vector<StopView> stop_views(const Engine& engine);

// ---- rules

struct RuleView {
  std::string_view name;
  std::string when;                  // "abs_z > 1", "adherence < 0.9 over 1h"
  std::vector<std::string> factors;  // keys; empty: the desk
  Severity severity = Severity::warning;
  bool objective = false;
  std::optional<Duration> dwell;
  std::optional<double> clear;
  std::optional<Timestamp> shelved_until;
};
/// @param number  a rule's id, or past the desk's last rule an objective's.
RuleView rule_view(const Engine& engine, RuleId number);
std::size_t rule_count(const Desk& desk);

// ---- money

/// A delta factor's profit since the start; nothing where a part of it could not be valued.
std::optional<FactorProfit> profit_of(const Engine& engine, FactorId id);

/// All positions' profit and fees in the reporting currency, at present prices.
struct PositionsProfit {
  std::optional<Decimal> realized, unrealized, fees, funding;  // absent: a price is missing
  std::vector<std::string_view> unpriced;                      // assets whose price is
};
PositionsProfit positions_profit(const Engine& engine);

}  // namespace ballast
