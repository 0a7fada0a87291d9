#include "quant/margin/deribit_portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "quant/control/domain.hpp"
#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/elementary.hpp"
#include "quant/pricing/trigonometry.hpp"

namespace ballast {
namespace {

constexpr double days_per_year = 365.0;
constexpr int buckets_max = 100;
constexpr int decimals_max = 15;

Result<void> check_tables(const DeribitPortfolioRules& rules) {
  if (!(rules.price_range > 0.0 && rules.price_range < 1.0))
    return outside("price_range", rules.price_range, "0 to 1, both excluded");
  if (rules.buckets_count < 1 || rules.buckets_count > buckets_max)
    return outside("buckets_count", rules.buckets_count, "1 to 100");
  for (const double move : rules.extended_moves) {
    if (!std::isfinite(move) || move <= -1.0 || std::fabs(move) < rules.price_range)
      return outside("extended_moves", move, "above -1, and not within price_range");
  }
  BALLAST_CHECK(require_not_negative("extended_table_factor", rules.extended_table_factor));
  BALLAST_CHECK(require_not_negative("extended_dampener", rules.extended_dampener));
  if (!(rules.pnl_offset >= 0.0 && rules.pnl_offset <= 1.0))
    return outside("pnl_offset", rules.pnl_offset, "0 to 1");
  return require_not_negative("max_offsetable_pnl", rules.max_offsetable_pnl);
}

Result<void> check_volatility(const DeribitPortfolioRules& rules) {
  BALLAST_CHECK(require_not_negative("volatility_range_up", rules.volatility_range_up));
  BALLAST_CHECK(require_not_negative("volatility_range_down", rules.volatility_range_down));
  BALLAST_CHECK(
      require_not_negative("min_volatility_for_shock_up", rules.min_volatility_for_shock_up));
  BALLAST_CHECK(require_not_negative("short_term_vega_power", rules.short_term_vega_power));
  BALLAST_CHECK(require_not_negative("long_term_vega_power", rules.long_term_vega_power));
  BALLAST_CHECK(require_positive("vega_days", rules.vega_days));
  return require_positive("days_min", rules.days_min);
}

Result<void> check_additions(const DeribitPortfolioRules& rules, const DeribitCharges& charges) {
  BALLAST_CHECK(require_not_negative("delta_total_liq_shock_threshold",
                                     rules.delta_total_liq_shock_threshold));
  BALLAST_CHECK(require_not_negative("m_inc", rules.m_inc));
  BALLAST_CHECK(require_not_negative("max_delta_shock", rules.max_delta_shock));
  BALLAST_CHECK(require_not_negative("min_annualised_move", rules.min_annualised_move));
  BALLAST_CHECK(require_not_negative("annualised_move_risk", rules.annualised_move_risk));
  BALLAST_CHECK(require_not_negative("short_option_contingency", rules.short_option_contingency));
  BALLAST_CHECK(
      require_not_negative("offsetting_future_contingency", rules.offsetting_future_contingency));
  BALLAST_CHECK(require_positive("mm_factor", rules.mm_factor));
  if (rules.decimals && (*rules.decimals < 0 || *rules.decimals > decimals_max))
    return outside("decimals", *rules.decimals, "0 to 15");
  BALLAST_CHECK(require_not_negative("spot margin", charges.spot));
  BALLAST_CHECK(require_not_negative("mmp margin", charges.mmp));
  return require_not_negative("open orders margin", charges.open_orders);
}

bool is_option(const DeribitPosition& position) {
  return position.instrument == DeribitInstrument::option;
}

Result<void> check(const DeribitPosition& position, DeribitSettlement settlement) {
  BALLAST_CHECK(require_finite("size", position.size));
  if (position.instrument != DeribitInstrument::perpetual)
    BALLAST_CHECK(require_not_negative("years", position.years));
  if (is_option(position) || settlement == DeribitSettlement::quote)
    BALLAST_CHECK(require_positive("forward", position.forward));
  if (!is_option(position)) return {};
  BALLAST_CHECK(require_positive("strike", position.strike));
  return require_not_negative("vol", position.vol);
}

// Not libm's, whose last digits are the machine's: margins are compared with equity, and what is
// decided there must be decided alike everywhere.

constexpr double exponent_max = 700.0;  // elementary functions go no further

/// (a / b)^power, for a, b > 0; infinity where a double does not reach.
double power_of_ratio(double a, double b, double power) {
  const double exponent = power * kernel::log_ratio(a, b);
  return exponent > exponent_max ? std::numeric_limits<double>::infinity() : kernel::exp(exponent);
}

/// e^x - 1, x >= 0; infinity where a double does not reach.
double growth(double x) {
  return x > exponent_max ? std::numeric_limits<double>::infinity() : kernel::exp_less_one(x);
}

double shocked_vol(const DeribitPortfolioRules& rules,
                   DeribitVolShock shock,
                   double vol,
                   double years) {
  if (shock == DeribitVolShock::same) return vol;
  const double days = years * days_per_year;
  const double power =
      days < rules.vega_days ? rules.short_term_vega_power : rules.long_term_vega_power;
  const double weight = power_of_ratio(rules.vega_days, std::max(days, rules.days_min), power);
  if (shock == DeribitVolShock::down)
    return std::max(vol * (1.0 - rules.volatility_range_down * weight), 0.0);
  return std::max(vol * (1.0 + rules.volatility_range_up * weight),
                  rules.min_volatility_for_shock_up);
}

/// One long option on one coin.
struct OptionValue {
  double value;  // settlement currency
  double delta;  // coins, net of the value when that is in coin
};
OptionValue value_of(const DeribitPosition& option,
                     DeribitSettlement settlement,
                     double forward,
                     double vol) {
  const double sign = option.right == OptionRight::call ? 1.0 : -1.0;
  const auto state = kernel::black_state(sign, forward, option.strike, option.years, vol, 1.0, 0.0);
  const double price = kernel::price_of(state);
  const double delta = kernel::delta_of(state);
  if (settlement == DeribitSettlement::quote) return {price, delta};
  return {price / forward, delta - price / forward};
}

/// A position with what all scenarios ask for again.
struct Leg {
  const DeribitPosition* position = nullptr;
  double value = 0.0;   // of one option, settlement currency
  double delta = 0.0;   // of the position, coins
  double vol_up = 0.0;  // of an option
  double vol_down = 0.0;
};

std::vector<Leg> legs_of(const DeribitBook& book, const DeribitPortfolioRules& rules) {
  std::vector<Leg> legs;
  for (const DeribitPosition& position : book.positions) {
    Leg leg{.position = &position, .delta = position.size};
    if (is_option(position)) {
      const OptionValue now = value_of(position, book.settlement, position.forward, position.vol);
      leg.value = now.value;
      leg.delta = position.size * now.delta;
      leg.vol_up = shocked_vol(rules, DeribitVolShock::up, position.vol, position.years);
      leg.vol_down = shocked_vol(rules, DeribitVolShock::down, position.vol, position.years);
    }
    legs.push_back(leg);
  }
  return legs;
}

double pnl_of(const Leg& leg, DeribitSettlement settlement, double move, DeribitVolShock shock) {
  const DeribitPosition& position = *leg.position;
  if (!is_option(position)) {
    return settlement == DeribitSettlement::coin ? position.size * move / (1.0 + move)
                                                 : position.size * position.forward * move;
  }
  double vol = position.vol;
  if (shock == DeribitVolShock::up) vol = leg.vol_up;
  if (shock == DeribitVolShock::down) vol = leg.vol_down;
  const double forward = position.forward * (1.0 + move);
  return position.size * (value_of(position, settlement, forward, vol).value - leg.value);
}

std::vector<DeribitScenario> scenarios_of(const DeribitPortfolioRules& rules) {
  std::vector<DeribitScenario> scenarios;
  for (int i = -rules.buckets_count; i <= rules.buckets_count; ++i) {
    for (const DeribitVolShock vol :
         {DeribitVolShock::up, DeribitVolShock::same, DeribitVolShock::down}) {
      scenarios.push_back({.price_move = rules.price_range * i / rules.buckets_count, .vol = vol});
    }
  }
  for (const double move : rules.extended_moves)
    scenarios.push_back({.extended = true, .price_move = move, .vol = DeribitVolShock::up});
  return scenarios;
}

/// Profit at the prices of the standard table's edge, and what is charged of it.
void settle(DeribitScenario& scenario,
            const DeribitBook& book,
            const DeribitPortfolioRules& rules) {
  const bool in_coin = book.settlement == DeribitSettlement::coin;
  const double move = scenario.price_move;
  const double edge = 1.0 + std::copysign(rules.price_range, move);
  const double distance = std::fabs(move) / rules.price_range;
  if (scenario.extended) {
    scenario.pnl *= rules.extended_table_factor / distance;
    if (in_coin) scenario.pnl *= (1.0 + move) / edge;
  }
  scenario.charged = scenario.pnl;
  if (scenario.pnl > 0.0) {
    const double most = in_coin ? rules.max_offsetable_pnl / book.index : rules.max_offsetable_pnl;
    scenario.charged = std::min(rules.pnl_offset * scenario.pnl, most);
  }
  if (scenario.extended) {
    double dampener = (distance - 1.0) * rules.extended_dampener;
    if (in_coin) dampener /= book.index * edge;
    const double left = std::max(std::fabs(scenario.charged) - dampener, 0.0);
    scenario.charged = std::copysign(left, scenario.charged);
  }
  scenario.charged += 0.0;  // no -0
}

/// In coins, >= 0.
double delta_shock_of(const std::vector<Leg>& legs,
                      const DeribitPortfolioRules& rules,
                      double index) {
  double long_options = 0.0;
  double rest = 0.0;
  for (const Leg& leg : legs)
    (is_option(*leg.position) && leg.position->size > 0.0 ? long_options : rest) += leg.delta;
  // What long options can lose is their premium, which the matrix has: they offset and do not add.
  const double side = rest < 0.0 ? -1.0 : 1.0;
  const double delta = std::clamp(side * (rest + long_options), 0.0, side * rest);
  const double excess = std::max(delta - rules.delta_total_liq_shock_threshold / index, 0.0);
  return delta * std::min(rules.m_inc * excess, rules.max_delta_shock);
}

/// In coins, >= 0.
double roll_shock_of(const std::vector<Leg>& legs, const DeribitPortfolioRules& rules) {
  std::map<double, double> deltas;  // by years to expiry
  for (const Leg& leg : legs) {
    const bool perpetual = leg.position->instrument == DeribitInstrument::perpetual;
    deltas[perpetual ? 0.0 : leg.position->years] += leg.delta;
  }
  double shock = 0.0;
  for (const auto& [years, delta] : deltas) {
    const double move = rules.annualised_move_risk * years;
    const double grown = rules.roll_compounded ? growth(move) : move;
    shock += std::fabs(delta) * std::max(grown, rules.min_annualised_move);
  }
  return shock;
}

/// In coins, >= 0.
double contingency_of(const std::vector<Leg>& legs, const DeribitPortfolioRules& rules) {
  std::map<std::pair<double, double>, double> options;  // by years and strike
  double longs = 0.0;
  double shorts = 0.0;
  for (const Leg& leg : legs) {
    const DeribitPosition& position = *leg.position;
    if (is_option(position)) {
      options[{position.years, position.strike}] += position.size;
    } else {
      longs += std::max(position.size, 0.0);
      shorts += std::max(-position.size, 0.0);
    }
  }
  double contingency = rules.offsetting_future_contingency * std::min(longs, shorts);
  for (const auto& [place, size] : options)
    contingency += rules.short_option_contingency * std::max(-size, 0.0);
  return contingency;
}

double rounded(double amount, const std::optional<int>& decimals) {
  if (!decimals) return amount;
  double scale = 1.0;  // a power of ten up to 10^22 is exact
  for (int i = 0; i < *decimals; ++i)
    scale *= 10.0;
  return std::round(amount * scale) / scale;
}

Result<void> check(const DeribitBook& book) {
  BALLAST_CHECK(require_positive("index", book.index));
  for (std::size_t i = 0; i < book.positions.size(); ++i) {
    if (auto checked = check(book.positions[i], book.settlement); !checked)
      return fail(checked.error().code, fmt::format("positions[{}]: {}", i, checked.error().what));
  }
  return {};
}

}  // namespace

Result<DeribitPortfolioMargin> deribit_portfolio_margin(const DeribitBook& book,
                                                        const DeribitPortfolioRules& rules,
                                                        const DeribitCharges& charges) {
  BALLAST_CHECK(check_tables(rules));
  BALLAST_CHECK(check_volatility(rules));
  BALLAST_CHECK(check_additions(rules, charges));
  BALLAST_CHECK(check(book));
  const std::vector<Leg> legs = legs_of(book, rules);
  DeribitPortfolioMargin result;
  result.scenarios = scenarios_of(rules);
  for (std::size_t i = 0; i < result.scenarios.size(); ++i) {
    DeribitScenario& scenario = result.scenarios[i];
    for (const Leg& leg : legs)
      scenario.pnl += pnl_of(leg, book.settlement, scenario.price_move, scenario.vol);
    settle(scenario, book, rules);
    if (!std::isfinite(scenario.pnl) || !std::isfinite(scenario.charged))
      return fail(Errc::overflow, "the profit in a scenario is no finite number");
    if (scenario.charged < result.scenarios[result.worst_scenario].charged)
      result.worst_scenario = i;
  }
  result.worst_case = std::max(-result.scenarios[result.worst_scenario].charged, 0.0);

  for (const Leg& leg : legs)
    result.delta_total += leg.delta;
  const double coin = book.settlement == DeribitSettlement::coin ? 1.0 : book.index;
  result.delta_shock = coin * delta_shock_of(legs, rules, book.index);
  result.roll_shock = coin * roll_shock_of(legs, rules);
  result.contingency = coin * contingency_of(legs, rules);
  result.risk_matrix = rounded(result.worst_case, rules.decimals) + result.delta_shock +
                       result.roll_shock + result.contingency;
  const double others = charges.spot + charges.mmp + charges.open_orders;
  result.margin.initial = rounded(result.risk_matrix + others, rules.decimals);
  result.margin.maintenance = rules.mm_factor * result.risk_matrix;
  if (!std::isfinite(result.margin.initial) || !std::isfinite(result.margin.maintenance))
    return fail(Errc::overflow, "margin is no finite number for these positions");
  return result;
}

Result<double> deribit_shocked_vol(const DeribitPortfolioRules& rules,
                                   DeribitVolShock shock,
                                   double vol,
                                   double years) {
  BALLAST_CHECK(check_volatility(rules));
  BALLAST_CHECK(require_not_negative("vol", vol));
  BALLAST_CHECK(require_not_negative("years", years));
  return shocked_vol(rules, shock, vol, years);
}

}  // namespace ballast
