// Reports for the tests of this folder: the worked example of the adherence page, one that has
// everything, and one that has nothing.
#pragma once

#include <cmath>
#include <limits>

#include "engine/report.hpp"

namespace ballast::sample {

inline Timestamp noon_plus(std::int64_t seconds) {  // 2026-01-05T12:00:00Z
  return Timestamp{1'767'614'400'000'000'000} + Duration::seconds(seconds);
}

inline PathPoint point(
    std::int64_t seconds, double actual, double target, double lower, double upper) {
  return {noon_plus(seconds), true, actual, target, lower, upper, -6.0, 6.0};
}

inline FactorReport worked_factor() {
  FactorReport f;
  f.factor = "delta:BTC";
  f.book = "*";
  f.unit = "BTC";
  f.state = "below";
  f.actual = Decimal::whole(1);
  f.target = Decimal::whole(3);
  f.deviation = Decimal::whole(-2);
  f.band = Range{Decimal::whole(2), Decimal::whole(4)};
  f.limit = Range{Decimal::whole(-6), Decimal::whole(6)};
  f.z = -2.0;
  f.skew = 1.0 / 6.0;
  f.known_seconds = 100.0;
  f.adherence = 0.825;
  f.time_in_band = 0.5;
  f.time_above = 0.3;
  f.time_below = 0.2;
  f.time_past_limit = 0.1;
  f.bias = 0.2;
  f.rms_z = std::sqrt(2.3);
  f.max_abs_z = 3.0;
  f.iae = 200.0;
  f.ise = 680.0;
  f.excursions = {2, 30.0, 25.0, 60.0, 20.0};
  f.effectiveness = 1.0 / 3.0;
  f.out_of_band_seconds_by_cause = {{"quote", 30.0}, {"band", 20.0}};
  f.path = {point(0, 0, 0, -2, 2),  point(20, 3, 0, -2, 2), point(40, 6, 0, -2, 2),
            point(50, 1, 0, -2, 2), point(70, 1, 3, 1, 5),  point(80, 1, 3, 2, 4)};
  f.excursion_list = {{noon_plus(20), noon_plus(50), true, 3.0, "quote"},
                      {noon_plus(80), std::nullopt, false, -2.0, "band"}};
  return f;
}

inline Report worked_example() {
  Report report;
  report.desk = "demo";
  report.currency = "USDT";
  report.from = noon_plus(0);
  report.to = noon_plus(100);
  report.adherence = 0.825;
  report.weights = {{"delta:BTC", 1.0}};
  report.weights_basis = "equal";
  report.factors = {worked_factor()};
  PositionReport position;
  position.venue = "binance";
  position.account = "main";
  position.book = "mm";
  position.instrument = "BTC-USDT";
  position.settlement = "USDT";
  position.qty = Quantity::whole(1);
  position.average_price = Price::whole(60'000);
  position.realized_pnl = Amount::from_raw(decimal_one * 125 / 1000);
  report.positions = {position};
  report.balances = {{"binance", "main", "USDT", Amount::whole(-60'000)}};
  report.events = {7, 7, 0, 0, 0};
  report.digest = "0123456789abcdef0123456789abcdef";
  return report;
}

inline ControlReport sample_control(const std::string& nasty) {
  ControlReport control;
  control.factor = "delta:BTC";
  control.book = "*";
  control.unit = "BTC";
  control.proposals = 4;
  control.verified = 1;
  control.failed = {{"not_filled", 1}, {"moved_on", 0}};
  control.nothing_possible = 1;
  control.awaiting_approval = 1;
  control.actions = {{"wait", 0, 0, 0.0, {}, {}},
                     {"skew", 1, 0, 0.0, {}, {}},
                     {"hedge", 2, 2, 24.1, 26.35, 2.0},
                     {"transfer", 0, 0, 0.0, {}, 0.0}};
  control.median_seconds_back = 1.25;
  control.breaker_trips = 1;
  control.breaker_tripped = true;
  control.latest = {
      {"p0-1", "hedge", "verified", "back in its band", noon_plus(30), noon_plus(31), 3.0, 12.05,
       13.1, 1.0},
      {"p0-2", "hedge", "failed", nasty, noon_plus(60), noon_plus(65), 3.0, 12.05, 13.25, 1.0},
      {"p0-3",
       "none",
       "nothing_possible",
       "see what each lacks",
       noon_plus(70),
       noon_plus(70),
       3.0,
       {},
       {},
       {}},
      {"p0-4", "skew", "waiting", "the cheapest in time", noon_plus(80), {}, -2.0, 4.5, {}, {}}};
  control.last_options = {{"wait", false, true, false, 0.0, 130.0, 130.0, 400.0, ""},
                          {"skew", true, true, true, 4.5, 2.0, 6.5, 30.0, ""},
                          {"hedge", false, true, true, 12.05, 0.01, 12.06, 1.0, "a remark"},
                          {"transfer", false, false, false, {}, {}, {}, {}, nasty}};
  return control;
}

/// Every list filled, every optional present, and a name that must be escaped wherever it stands.
inline Report everything() {
  const std::string nasty = R"(<script>alert("x")</script>&'a,b)";
  Report report = worked_example();
  report.desk = nasty;
  report.tracking_risk = 4567.891;
  report.net_asset_value = Decimal::whole(3'850'000);
  report.restated_adherence = 0.8125;
  report.weights_basis = nasty;
  report.weights.emplace_back(nasty, 0.25);
  FactorReport& f = report.factors.front();
  f.half_life_seconds = 312.5;
  f.deviation_pnl = Decimal::from_raw(decimal_one * -98765 / 100);
  f.minimum_variance = MinimumVarianceFigures{0.42, 0.31, 0.55, 5, 12, 4000};
  f.profit = FactorProfit{Decimal::whole(700), Decimal::whole(150), Decimal::whole(-320),
                          Decimal::whole(-5),  Decimal::whole(-12), Decimal::whole(30),
                          Decimal::whole(543)};
  f.restated_adherence = 0.8125;
  f.path[3].known = false;
  FactorReport other = worked_factor();
  other.factor = nasty;
  other.book = nasty;
  other.unit = nasty;
  other.state = "unknown";
  other.unknown_reason = nasty;
  other.out_of_band_seconds_by_cause = {{nasty, 3.0}};
  other.excursion_list.front().cause = nasty;
  report.factors.push_back(other);
  PositionReport inverse = report.positions.front();
  inverse.venue = inverse.account = inverse.book = inverse.instrument = nasty;
  inverse.settlement = "BTC";
  inverse.qty = Quantity::whole(-4411);
  inverse.realized_pnl = Amount::from_raw(-123'456'789'012'345'678);
  inverse.unrealized_pnl = Amount::from_raw(1);
  inverse.mark = Price::from_raw(decimal_one * 611'255 / 10);
  inverse.fees = {{nasty, Amount::whole(2)}, {"BTC", Amount::from_raw(decimal_one / 8)}};
  inverse.funding = {{"BTC", Amount::from_raw(-decimal_one / 16)}};
  report.positions.push_back(inverse);
  report.balances.push_back({nasty, nasty, nasty, Amount::from_raw(decimal_one / 3)});
  report.in_flight = {{nasty, nasty, nasty, nasty, Amount::whole(5), noon_plus(3), true},
                      {"t-2", "USDT", "a/b", "c/d", Amount::whole(6), noon_plus(4), false}};
  report.breaks = {
      {nasty, nasty, nasty, Quantity::whole(1), Quantity::whole(2), noon_plus(5), false, {}},
      {"bybit",
       "main",
       "ETH-PERP",
       Quantity::whole(3),
       Quantity::whole(4),
       noon_plus(6),
       true,
       {nasty, "a fill of 1"}}};
  report.alerts = {{"a-1", "quiet", "delta:BTC", "*", 1, "info", "ok", noon_plus(30), noon_plus(25),
                    noon_plus(30), 0.5, ""},
                   {nasty, nasty, nasty, nasty, 2, "critical", "firing", noon_plus(85),
                    noon_plus(85), std::nullopt, 3.5, ""},
                   {"a-3", "loud", "", "", 1, "warning", "acknowledged", noon_plus(90),
                    noon_plus(88), std::nullopt, std::nullopt, ""}};
  report.objectives = {{nasty, nasty, 0.99, 0.5, -0.25, {{"1h", 14.4}, {"5m", std::nullopt}}}};
  report.alerts.push_back({"breaker/delta:BTC/1", "breaker", "delta:BTC", "*", 1, "critical", "ok",
                           noon_plus(95), noon_plus(91), noon_plus(95), 0.0, nasty});
  report.factors.front().hedges = {noon_plus(31), noon_plus(60)};
  report.control = {sample_control(nasty)};
  report.quotes = {{nasty, nasty, nasty, nasty, 90.0, 0.75, 0.25, 0.0, {{nasty, 0.25}}, {}},
                   {"ETH-USDT", "a/b", "mm", "delta:ETH", 0.0, {}, {}, {}, {}, {}}};
  report.refusals = {nasty};
  report.events = {1000, 990, 7, 3, 2};
  return report;
}

/// Nothing is known and nothing happened; and what should never come, not-a-number, comes.
inline Report nothing() {
  Report report;
  report.factors.resize(1);
  report.factors.front().z = std::numeric_limits<double>::quiet_NaN();
  report.factors.front().ise = std::numeric_limits<double>::infinity();
  report.positions.resize(1);
  report.alerts.resize(1);
  report.breaks.resize(1);
  report.objectives.resize(1);
  return report;
}

inline std::vector<WindowRow> windows() {
  WindowRow row;
  static_cast<FactorFigures&>(row) = worked_factor();
  row.factor = "delta:BTC";
  row.book = "*";
  row.unit = "BTC";
  row.from = noon_plus(0);
  row.to = noon_plus(100);
  WindowRow empty;
  empty.factor = "delta:\"ETH\", or so";
  empty.book = "hedger";
  empty.unit = "ETH";
  empty.from = noon_plus(100);
  empty.to = noon_plus(200);
  return {row, empty};
}

}  // namespace ballast::sample
