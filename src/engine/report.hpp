// The report on a desk over [from, to): plain values, as FORMATS section 3 prints them.
//
// The engine fills it (Engine::report); adapters/report renders it as a table, JSON, CSV and HTML.
// An absent figure is an empty optional, never a NaN. Lists are sorted: factors as configured,
// positions and balances by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "engine/control_report.hpp"
#include "engine/margin_report.hpp"
#include "engine/option_report.hpp"
#include "model/desk.hpp"

namespace ballast {

struct ExcursionFigures {
  std::uint64_t count = 0;
  double longest_seconds = 0.0;
  std::optional<double> mean_seconds;
  std::optional<double> mean_seconds_between_starts;
  std::optional<double> open_seconds;
};

/// Parts of a factor's profit in the reporting currency; they sum to `total` exactly.
struct FactorProfit {
  Decimal spread;     // fills against the mark at their time
  Decimal target;     // holding the target while the price moved
  Decimal deviation;  // holding more or less than it
  Decimal basis;  // the factor's instruments moving unlike the factor's price (convexity, basis)
  Decimal funding;
  Decimal fees;  // negative: paid
  Decimal total;
};

struct MinimumVarianceFigures {
  double index = 0.0;
  std::optional<double> low, high;  // 95 % confidence interval
  int m = 0;
  int delay_samples = 0;
  std::uint64_t samples = 0;
};

/// One vertex of the chart: the state that holds from `t` on.
struct PathPoint {
  Timestamp t;
  bool known = true;
  double actual = 0.0, target = 0.0, lower = 0.0, upper = 0.0, limit_lower = 0.0, limit_upper = 0.0;
};

struct ExcursionReport {
  Timestamp from;
  std::optional<Timestamp> to;  // absent: still open
  bool above = true;            // on which side it began
  double worst_z = 0.0;
  std::string cause;  // dominant at its end
};

/// What ADHERENCE section 3 and 4 say of one factor over one window.
struct FactorFigures {
  double known_seconds = 0.0;
  double unknown_fraction = 0.0;
  std::optional<double> adherence, time_in_band, time_above, time_below, time_past_limit;
  std::optional<double> bias, rms_z, max_abs_z, iae, ise;
  ExcursionFigures excursions;
  std::optional<double> half_life_seconds;
  std::optional<Decimal> deviation_pnl;
  std::optional<double> effectiveness;
  std::optional<MinimumVarianceFigures> minimum_variance;
  std::vector<std::pair<std::string, double>> out_of_band_seconds_by_cause;  // largest first
};

/// One factor over one of several windows, as `ballast report --window day` lists them.
struct WindowRow : FactorFigures {
  std::string factor, book, unit;
  Timestamp from, to;  // [from, to)
};

struct FactorReport : FactorFigures {
  std::string factor;
  std::string book;
  std::string unit;
  std::string state;                                 // "in_band", "above", "below", "unknown"
  std::optional<Decimal> actual, target, deviation;  // absent: cannot be computed
  std::optional<Range> band, limit;
  std::optional<double> z, skew;
  std::optional<FactorProfit> profit;
  std::string unknown_reason;  // why it is unknown now; empty otherwise
  /// With every late event at its own time; filled only when that was asked for.
  std::optional<double> restated_adherence;

  std::vector<PathPoint> path;  // filled when the caller recorded it; for charts
  std::vector<ExcursionReport> excursion_list;
  std::vector<Timestamp> hedges;  // when hedges traded: moments, not each fill
};

struct PositionReport {
  std::string venue, account, book, instrument, settlement;
  Quantity qty;
  std::optional<Price> average_price;
  Amount realized_pnl;
  std::optional<Amount> unrealized_pnl;  // absent without a mark
  std::optional<Price> mark;
  std::vector<std::pair<std::string, Amount>> fees, funding;  // by asset
};

struct BalanceReport {
  std::string venue, account, asset;
  Amount qty;
};

struct FlightReport {  // a transfer under way
  std::string id, asset, from, to;
  Amount qty;
  Timestamp sent;
  bool overdue = false;
};

struct BreakReport {
  std::string venue, account, subject;  // the instrument or asset
  Quantity stated, ours;
  Timestamp since;
  bool open = true;
  std::vector<std::string> candidates;  // what could explain it
};

struct AlertReport {
  std::string id, rule, factor, book;
  std::uint32_t episode = 0;
  std::string severity, state;
  Timestamp since;
  std::optional<Timestamp> fired, cleared;
  std::optional<double> value;  // the measure at its last transition
  std::string reason;           // of a breaker or kill switch; else empty
};

struct BurnReport {  // an objective's error budget
  std::string objective, factor;
  double goal = 0.0;
  std::optional<double> measured;          // over the objective's window
  std::optional<double> budget_remaining;  // 1 = untouched, 0 = spent, negative = overspent
  std::vector<std::pair<std::string, std::optional<double>>> burn_rates;  // by window
};

struct EventCounts {
  std::uint64_t read = 0, applied = 0, duplicate = 0, refused = 0, late = 0;
};

struct Report {
  std::string desk, currency;
  Timestamp from, to;
  std::optional<double> adherence;
  std::optional<double> restated_adherence;  // as FactorReport's
  std::vector<std::pair<std::string, double>>
      weights;                          // by factor ("delta:BTC" or "delta:BTC@book")
  std::string weights_basis;            // "money at risk", "equal", "configured"
  std::optional<double> tracking_risk;  // reporting currency per square-root day
  std::optional<Decimal> net_asset_value;
  std::vector<FactorReport> factors;
  std::vector<PositionReport> positions;
  std::vector<BalanceReport> balances;
  std::vector<FlightReport> in_flight;
  std::vector<BreakReport> breaks;
  std::vector<AlertReport> alerts;
  std::vector<BurnReport> objectives;
  std::vector<ControlReport> control;  // by controlled factor
  std::vector<QuoteReport> quotes;
  std::vector<OptionsReport> options;  // filled by who prints them; empty for desks without any
  std::vector<MarginView> margins;     // filled by who prints them, at the clock; as configured
  EventCounts events;
  std::vector<std::string> refusals;  // the first hundred, each naming event, reason and remedy
  std::string digest;
};

}  // namespace ballast
