// What a desk's options earn, hold and risk, as plain values: what the service, the report and the
// command line tell of one underlying's options in the whole desk or in one book.
//
// Model values, so doubles: money in the quote asset, deltas in coins. What is not known is absent,
// with the reason beside it. engine/option_views.hpp fills them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/option_right.hpp"
#include "base/timestamp.hpp"
#include "portfolio/explain_record.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/scenario.hpp"

namespace ballast {

/// Value and greeks of a position, in the units in which people speak of them.
struct GreekFigures {
  double value = 0.0;         // quote
  double delta = 0.0;         // coins: Black's
  double delta_net = 0.0;     // coins: less the value of options paid in coin
  double delta_equity = 0.0;  // coins: delta_net, and that value held as coins
  double gamma = 0.0;         // coins per 1 % of the forward
  double vega = 0.0;          // quote per volatility point, 0.01
  double theta = 0.0;         // quote per day
  double vanna = 0.0;         // coins per volatility point
  double volga = 0.0;         // quote per volatility point squared

  GreekFigures& operator+=(const GreekFigures& other);
};

/// Whose options: of which underlying, in which book.
struct OptionsOf {
  std::string underlying;
  std::string quote;
  std::string book;  // "*": the whole desk
  Timestamp as_of;
};

// ---- greeks by expiry and strike

struct OptionLineView {
  std::string instrument;
  Timestamp expiry;
  double strike = 0.0;  // quote per coin
  OptionRight right = OptionRight::call;
  double contracts = 0.0;
  double coins = 0.0;
  std::optional<double> vol;   // annual
  std::optional<double> mark;  // the instrument's price in force, in what it is paid in
  std::optional<GreekFigures> greeks;
};

struct OptionExpiryView {
  Timestamp expiry;
  double days = 0.0;  // left; negative once it expired
  PricingState state = PricingState::no_forward;
  std::optional<double> forward;  // or the payoff's price, once it is settled
  std::optional<double> atm_vol;  // of a strike at the forward
  double contracts = 0.0;         // held long and short together
  std::optional<GreekFigures> total;
};

struct GreeksView : OptionsOf {
  std::optional<GreekFigures> total;
  std::string unknown_reason;              // empty with a total
  std::vector<OptionExpiryView> expiries;  // those to come, and those held
  std::vector<OptionLineView> lines;       // held, by expiry, strike and right
};

// ---- smiles

struct SmileCurvePoint {
  double strike = 0.0;
  double vol = 0.0;
};
/// An option's implied volatilities.
struct SmileQuoteView {
  std::string instrument;
  double strike = 0.0;
  OptionRight right = OptionRight::call;
  std::optional<double> bid_vol, ask_vol, mark_vol;
};
/// What is held at a strike, calls and puts together.
struct SmileOwn {
  double strike = 0.0;
  double contracts = 0.0;
  std::optional<double> vega;  // quote per volatility point
};
struct ExpirySmileView {
  Timestamp expiry;
  double days = 0.0;
  std::optional<double> forward;
  std::optional<double> surface_age_seconds;
  std::vector<SmileCurvePoint> curve;  // the surface; empty where there is none
  std::vector<SmileQuoteView> quotes;  // the market's, by strike
  std::vector<SmileOwn> own;
};
struct SmileView : OptionsOf {
  std::vector<ExpirySmileView> expiries;  // those to come
};

// ---- scenarios

/// What is asked of scenario_view().
struct ScenarioAsk {
  std::vector<double> spot;  // shares, > -1
  std::vector<double> vol;   // added: 0.05 is five points
  std::vector<double> days;  // >= 0, rising
  SmileDynamics dynamics = SmileDynamics::sticky_strike;
  std::optional<DeltaKind> delta;  // absent: the convention of the factor, or Black's
};
inline constexpr std::size_t scenario_view_cells_max = 20'000;

struct ScenarioTarget {
  std::string factor;  // its key
  InventoryBand band;  // in the units of GreekFigures
};
/// Greeks in the units of GreekFigures; delta is of the options and of what else its factor holds.
struct ScenarioFigures {
  double pnl = 0.0;  // quote
  double delta = 0.0, gamma = 0.0, vega = 0.0, theta = 0.0;
  BandSide delta_side = BandSide::none;
  BandSide gamma_side = BandSide::none;
  BandSide vega_side = BandSide::none;
};
struct ScenarioView : OptionsOf {
  SmileDynamics dynamics = SmileDynamics::sticky_strike;
  DeltaKind delta = DeltaKind::delta;
  std::vector<double> spot, vol, days;
  std::optional<ScenarioTarget> delta_target, gamma_target, vega_target;
  std::string unknown_reason;          // empty with cells
  std::vector<ScenarioFigures> cells;  // by day, then volatility, then spot
};

// ---- profit

struct ExplainView : OptionsOf {
  Timestamp from;                  // where the sums begin
  Timestamp to;                    // and end
  PnlExplain today;                // since midnight UTC
  PnlExplain all;                  // since `from`
  std::optional<PnlExplain> open;  // of the step under way
  std::vector<ExplainStep> steps;
  double unknown_seconds = 0.0;  // of `all`
  double unknown_seconds_today = 0.0;
};

/// All of it, of one underlying and book, as a report has it.
struct OptionsReport {
  GreeksView greeks;
  SmileView smile;
  ScenarioView scenarios;
  ExplainView explain;
};

}  // namespace ballast
