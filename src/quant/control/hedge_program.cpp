#include "quant/control/hedge_program.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/control/semidefinite.hpp"

namespace ballast {
namespace {

/// A price of being outside that is this many times the dearest way to trade back leaves no doubt,
/// also where one trade has to be offset by several others.
constexpr double dearer = 1000.0;
/// Of a factor's size: an excess in the continuous program that is no more than its precision.
constexpr double precision = 1e-6;
constexpr double no_bound = 1e4;  // typical trades: a bound that is none
constexpr double far_off = 0.05;  // of a plan's cost, from the bound: worth another start

template <class... Parts>
Result<void> named(Result<void> checked, fmt::format_string<Parts...> name, Parts&&... parts) {
  if (checked) return checked;
  return fail(checked.error().code,
              fmt::format(name, std::forward<Parts>(parts)...) + "." + checked.error().what);
}

Result<void> check(const HedgeFactor& factor) {
  BALLAST_CHECK(require_finite("deviation", factor.deviation));
  BALLAST_CHECK(require_not_negative("-lower", -factor.lower));
  return require_not_negative("upper", factor.upper);
}

Result<void> check(const HedgeInstrument& instrument) {
  BALLAST_CHECK(require_not_negative("buy_cost", instrument.buy_cost));
  BALLAST_CHECK(require_not_negative("sell_cost", instrument.sell_cost));
  BALLAST_CHECK(require_not_negative("impact", instrument.impact));
  BALLAST_CHECK(require_finite("carry", instrument.carry));
  BALLAST_CHECK(require_positive("lot", instrument.lot));
  BALLAST_CHECK(require_not_negative("minimum", instrument.minimum));
  BALLAST_CHECK(require_not_negative("-least", -instrument.least));
  BALLAST_CHECK(require_not_negative("most", instrument.most));
  BALLAST_CHECK(require_not_negative("order_cost", instrument.order_cost));
  BALLAST_CHECK(require_not_negative("buy_margin", instrument.buy_margin));
  BALLAST_CHECK(require_not_negative("sell_margin", instrument.sell_margin));
  constexpr double countable = 1e15;
  if (std::max({instrument.most, -instrument.least, instrument.minimum}) <=
      countable * instrument.lot) {
    return {};
  }
  return fail(
      Errc::bad_input,
      fmt::format("lot is {}: bounds and minimum must be at most 1e15 lots", instrument.lot));
}

/// Whole lots of at most, and of at least, some units; a ratio that rounding took past a whole
/// number is that number.
std::int64_t lots_at_most(double units, double lot) {
  return static_cast<std::int64_t>(std::floor(units / lot * (1.0 + 1e-12) + 1e-9));
}
std::int64_t lots_at_least(double units, double lot) {
  return static_cast<std::int64_t>(std::ceil(units / lot * (1.0 - 1e-12) - 1e-9));
}

}  // namespace

std::string_view to_string(HedgeObstacle obstacle) {
  constexpr std::string_view names[] = {"none", "lots", "budget", "bounds", "instruments"};
  return names[static_cast<std::size_t>(obstacle)];
}

Result<void> HedgeProgram::check(const HedgeInput& input) {
  const std::size_t F = input.factors.size();
  const std::size_t n = input.instruments.size();
  const auto require = [](std::string_view name, std::size_t size, std::size_t most) {
    if (size <= most) return Result<void>{};
    return Result<void>{fail(
        Errc::bad_input, fmt::format("{} has {} rows: it may have at most {}", name, size, most))};
  };
  BALLAST_CHECK(require("factors", F, factors_max));
  BALLAST_CHECK(require("instruments", n, instruments_max));
  if (input.exposure.size() != n * F || input.covariance.size() != F * F) {
    return fail(Errc::bad_input,
                fmt::format("exposure has {} and covariance {} numbers: {} factors and {} "
                            "instruments need {} and {}",
                            input.exposure.size(), input.covariance.size(), F, n, n * F, F * F));
  }
  for (std::size_t f = 0; f < F; ++f)
    BALLAST_CHECK(named(ballast::check(input.factors[f]), "factors[{}]", f));
  for (std::size_t j = 0; j < n; ++j)
    BALLAST_CHECK(named(ballast::check(input.instruments[j]), "instruments[{}]", j));
  for (const double exposure : input.exposure)
    BALLAST_CHECK(require_finite("exposure", exposure));
  BALLAST_CHECK(require_not_negative("gamma", input.gamma));
  BALLAST_CHECK(require_not_negative("horizon_days", input.horizon_days));
  if (input.budget >= 0.0) return {};
  return require_not_negative("budget", input.budget);
}

/// The program in lots, with costs net of carry.
Result<void> HedgeProgram::prepare(const HedgeInput& input) {
  BALLAST_CHECK(check(input));
  const std::size_t F = input.factors.size();
  const std::size_t n = input.instruments.size();
  given_ = input.instruments;
  risk_.resize(F * F);
  for (std::size_t i = 0; i < F * F; ++i)
    risk_[i] = input.gamma * input.horizon_days * input.covariance[i];
  root_.resize(F * F);
  BALLAST_CHECK(semidefinite_factor("covariance", input.covariance, F, root_));
  const double scale = std::sqrt(input.gamma * input.horizon_days);
  for (double& entry : root_)
    entry *= scale;

  instruments_.clear();
  for (const HedgeInstrument& given : input.instruments) {
    instruments_.push_back(
        {.buy = std::max(0.0, given.buy_cost + given.carry),
         .sell = std::max(0.0, given.sell_cost - given.carry),
         .impact = given.impact,
         .order_cost = given.order_cost,
         .buy_margin = given.buy_margin,
         .sell_margin = given.sell_margin,
         .lot = given.lot,
         .least = -lots_at_most(-given.least, given.lot),
         .most = lots_at_most(given.most, given.lot),
         .minimum = std::max<std::int64_t>(1, lots_at_least(given.minimum, given.lot))});
  }
  factors_.clear();
  for (std::size_t f = 0; f < F; ++f) {
    const HedgeFactor& given = input.factors[f];
    double size = std::max({std::fabs(given.deviation), -given.lower, given.upper});
    if (size <= 0.0) {
      for (std::size_t j = 0; j < n; ++j)
        size = std::max(size, std::fabs(input.exposure[j * F + f]) * given_[j].lot);
    }
    if (size <= 0.0) size = 1.0;
    LotFactor factor{.deviation = given.deviation,
                     .lower = given.lower,
                     .upper = given.upper,
                     .size = size,
                     .tolerance = 1e-10 * size};
    factor.outside = std::fabs(factor.excess(given.deviation));
    factors_.push_back(factor);
  }
  // A factor without risk weighs as one of its size with the average risk.
  weight_.resize(F);
  double sum = 0.0;
  double risky = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    weight_[f] = std::sqrt(input.covariance[f * F + f]);
    sum += weight_[f] * factors_[f].size;
    risky += weight_[f] > 0.0 ? 1.0 : 0.0;
  }
  for (std::size_t f = 0; f < F; ++f) {
    if (weight_[f] <= 0.0) weight_[f] = (risky > 0.0 ? sum / risky : 1.0) / factors_[f].size;
  }
  program_ = {.factors = factors_,
              .instruments = instruments_,
              .exposure = input.exposure,
              .risk = risk_,
              .whole = input.aim == HedgeAim::target,
              .budget = input.budget};
  return {};
}

/// The price of being outside: above what any trade costs per unit of weighted exposure, and above
/// the slope of risk, so that the excess' risk is convex although correlations may be negative.
void HedgeProgram::price() {
  const std::size_t F = factors_.size();
  double slope = 0.0;
  double outside = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    slope += std::sqrt(risk_[f * F + f]) * factors_[f].size;
    outside += weight_[f] * factors_[f].outside;
  }
  double per_weight = 0.0;
  double orders = 0.0;
  typical_.resize(instruments_.size());
  for (std::size_t j = 0; j < instruments_.size(); ++j) {
    const LotInstrument& instrument = instruments_[j];
    const auto exposure = program_.exposure_of(j);
    double moves = 0.0;
    double weighted = 0.0;
    for (std::size_t f = 0; f < F; ++f) {
      moves = std::max(moves, std::fabs(exposure[f]) / factors_[f].size);
      weighted = std::max(weighted, std::fabs(exposure[f]) * weight_[f]);
    }
    const double most = static_cast<double>(std::max(instrument.most, -instrument.least));
    typical_[j] = std::max(instrument.lot, most * instrument.lot);
    if (moves > 0.0) typical_[j] = std::min(typical_[j], 1.0 / moves);
    orders += instrument.order_cost;
    if (weighted <= 0.0) continue;
    const double marginal =
        std::max(instrument.buy, instrument.sell) + 2.0 * instrument.impact * typical_[j];
    per_weight = std::max(per_weight, marginal / weighted);
  }
  // Risk grows by at most sqrt(Sigma_ff) sum_g sqrt(Sigma_gg) |e_g| per unit of factor f.
  double risk_slope = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    if (weight_[f] > 0.0)
      risk_slope = std::max(risk_slope, std::sqrt(risk_[f * F + f]) / weight_[f] * slope);
  }
  double unit = dearer * per_weight + 10.0 * risk_slope;
  if (unit <= 0.0) unit = 1.0;
  money_ = per_weight * outside + program_.risk_cost(residual_);
  if (money_ <= 0.0) money_ = unit * std::max(outside, weight_[0] * factors_[0].size);
  program_.charge = dearer * (money_ + orders);
  for (std::size_t f = 0; f < F; ++f) {
    factors_[f].price = unit * weight_[f];
    program_.charge += factors_[f].price * factors_[f].outside;
  }
}

/// Columns: purchase and sale of each instrument, each factor's place in its band, its excess above
/// and below, the roots of risk, what is left of the budget. Rows: e of each factor, the roots, the
/// budget.
void HedgeProgram::relax(Kept kept) {
  const std::size_t F = factors_.size();
  const bool budget = kept.budget && std::isfinite(program_.budget);
  const std::size_t roots = F;
  const std::size_t budget_row = 2 * F;
  relaxation_.begin(2 * F + (budget ? 1 : 0), money_);
  for (std::size_t j = 0; j < instruments_.size(); ++j) {
    const LotInstrument& instrument = instruments_[j];
    const auto exposure = program_.exposure_of(j);
    for (const double sign : {1.0, -1.0}) {
      const double bound =
          instrument.lot * static_cast<double>(sign > 0.0 ? instrument.most : -instrument.least);
      relaxation_.add(
          {.linear = !kept.costs ? 0.0 : (sign > 0.0 ? instrument.buy : instrument.sell),
           .quadratic = kept.costs ? 2.0 * instrument.impact : 0.0,
           .upper = kept.bounds ? bound : std::max(bound, no_bound * typical_[j]),
           .typical = typical_[j]});
      for (std::size_t f = 0; f < F; ++f)
        relaxation_.entry(f, -sign * exposure[f]);
      if (budget) {
        relaxation_.entry(budget_row, sign > 0.0 ? instrument.buy_margin : instrument.sell_margin);
      }
    }
  }
  const auto count = [&](std::size_t f, double sign) {
    relaxation_.entry(f, sign);
    if (!kept.costs) return;
    for (std::size_t k = 0; k <= f; ++k)
      relaxation_.entry(roots + k, -sign * root_[f * F + k]);
  };
  excess_columns_.clear();
  for (std::size_t f = 0; f < F; ++f) {
    const LotFactor& factor = factors_[f];
    double lower = factor.lower;
    double upper = factor.upper;
    if (kept.room) {
      lower += room_of(f);
      upper -= room_of(f);
      if (factor.outside <= 0.0) {  // doing nothing stays permitted
        lower = std::min(lower, factor.deviation);
        upper = std::max(upper, factor.deviation);
      }
    }
    const double outside = factor.outside + (factor.upper - upper) + (lower - factor.lower);
    relaxation_.right_side(f, factor.deviation - lower);
    relaxation_.add({.upper = upper - lower, .typical = factor.size});
    if (program_.whole) {
      count(f, 1.0);
    } else {
      relaxation_.entry(f, 1.0);
    }
    for (const double sign : {1.0, -1.0}) {
      if (factor.outside <= 0.0) continue;
      excess_columns_.push_back(
          relaxation_.add({.linear = factor.price, .upper = outside, .typical = factor.size}));
      count(f, sign);
    }
  }
  for (std::size_t k = 0; kept.costs && k < F; ++k) {
    double typical = 0.0;
    double at_lower = 0.0;
    for (std::size_t f = k; f < F; ++f) {
      typical = std::max(typical, std::fabs(root_[f * F + k]) * factors_[f].size);
      at_lower += root_[f * F + k] * factors_[f].lower;
    }
    if (typical <= 0.0) continue;
    if (program_.whole) relaxation_.right_side(roots + k, at_lower);
    relaxation_.add({.quadratic = 1.0, .typical = typical, .free = true});
    relaxation_.entry(roots + k, 1.0);
  }
  if (budget) {
    double most = program_.budget;
    for (const LotInstrument& instrument : instruments_) {
      if (kept.room) most -= 0.5 * instrument.margin(1);
    }
    most = std::max(0.0, most);
    relaxation_.right_side(budget_row, most);
    relaxation_.add({.upper = most, .typical = std::max(most, 1e-300)});
    relaxation_.entry(budget_row, 1.0);
  }
  relaxation_.solve();
}

/// By how much rounding every trade to the nearest lot may move a factor, but less than half of its
/// band.
double HedgeProgram::room_of(std::size_t factor) const {
  double room = 0.0;
  for (std::size_t j = 0; j < instruments_.size(); ++j)
    room += 0.5 * instruments_[j].lot * std::fabs(program_.exposure_of(j)[factor]);
  return std::min(room, 0.45 * (factors_[factor].upper - factors_[factor].lower));
}

/// Leaves the best lots behind.
void HedgeProgram::search() {
  search_.run(program_, prices_);
  lots_.assign(search_.lots().begin(), search_.lots().end());
  const double total = cost_of(lots_).total();
  if (search_.proven() || total - bound_ <= far_off * total) return;
  relax({.room = true});
  inner_trades_.resize(instruments_.size());
  for (std::size_t j = 0; j < instruments_.size(); ++j)
    inner_trades_[j] = relaxation_.value(2 * j) - relaxation_.value(2 * j + 1);
  prices_.inner = inner_trades_;
  search_.run(program_, prices_);
  lots_.assign(search_.lots().begin(), search_.lots().end());
}

/// The continuous solution and its prices, for the search.
void HedgeProgram::take_prices() {
  const std::size_t F = factors_.size();
  const std::size_t n = instruments_.size();
  relaxed_trades_.resize(n);
  pull_.assign(n, 0.0);
  bound_ = relaxation_.bound();
  double rest = bound_;
  for (std::size_t j = 0; j < n; ++j) {
    relaxed_trades_[j] = relaxation_.value(2 * j) - relaxation_.value(2 * j + 1);
    rest -= relaxation_.column_bound(2 * j) + relaxation_.column_bound(2 * j + 1);
    const auto exposure = program_.exposure_of(j);
    for (std::size_t f = 0; f < F; ++f)
      pull_[j] += exposure[f] * relaxation_.price(f);
  }
  const double inevitable = unavoidable();
  bound_ += inevitable;
  prices_ = {.trades = relaxed_trades_,
             .pull = pull_,
             .shadow = std::isfinite(program_.budget) ? -relaxation_.price(2 * F) : 0.0,
             .rest = rest + inevitable};
}

/// Charges of factors that the bounds of trades alone keep outside.
double HedgeProgram::unavoidable() const {
  double sum = 0.0;
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    const LotFactor& factor = factors_[f];
    if (factor.outside <= 0.0) continue;
    double low = factor.deviation;
    double high = factor.deviation;
    for (std::size_t j = 0; j < instruments_.size(); ++j) {
      const double per_lot = program_.exposure_of(j)[f] * instruments_[j].lot;
      const double a = per_lot * static_cast<double>(instruments_[j].least);
      const double b = per_lot * static_cast<double>(instruments_[j].most);
      low += std::min(a, b);
      high += std::max(a, b);
    }
    const double margin = 2.0 * factor.tolerance;
    if (low > factor.upper + margin || high < factor.lower - margin) sum += program_.charge;
  }
  return sum;
}

/// Priced, as a share of what all excess costs before.
double HedgeProgram::relaxed_excess() const {
  double sum = 0.0;
  std::size_t next = 0;
  double before = 0.0;
  for (const LotFactor& factor : factors_) {
    if (factor.outside <= 0.0) continue;
    before += factor.price * factor.size;
    for (int side = 0; side < 2; ++side)
      sum += factor.price * relaxation_.value(excess_columns_[next++]);
  }
  return before > 0.0 ? sum / before : 0.0;
}

bool HedgeProgram::relaxed_inside(Kept kept) {
  relax(kept);
  return relaxed_excess() < precision;
}

HedgeObstacle HedgeProgram::obstacle() {
  if (std::all_of(inside_.begin(), inside_.end(), [](std::uint8_t in) { return in != 0; })) {
    return HedgeObstacle::none;
  }
  if (can_all_be_inside_) return HedgeObstacle::lots;
  if (std::isfinite(program_.budget) && relaxed_inside({.costs = false, .budget = false})) {
    return HedgeObstacle::budget;
  }
  return relaxed_inside({.costs = false, .budget = false, .bounds = false})
             ? HedgeObstacle::bounds
             : HedgeObstacle::instruments;
}

/// Leaves the trades and residuals of `lots` behind.
HedgeCost HedgeProgram::cost_of(std::span<const std::int64_t> lots) {
  const std::size_t F = factors_.size();
  trades_.assign(lots.size(), 0.0);
  residual_.resize(F);
  inside_.resize(F);
  for (std::size_t f = 0; f < F; ++f)
    residual_[f] = factors_[f].deviation;
  HedgeCost cost;
  for (std::size_t j = 0; j < lots.size(); ++j) {
    if (lots[j] == 0) continue;
    const LotInstrument& instrument = instruments_[j];
    const double x = static_cast<double>(lots[j]) * instrument.lot;
    trades_[j] = x;
    const double spread = x > 0.0 ? given_[j].buy_cost * x : -given_[j].sell_cost * x;
    cost.spread_and_fees += spread;
    cost.impact += instrument.impact * x * x;
    cost.orders += instrument.order_cost;
    cost.carry += (x > 0.0 ? instrument.buy * x : -instrument.sell * x) - spread;
    const auto exposure = program_.exposure_of(j);
    for (std::size_t f = 0; f < F; ++f)
      residual_[f] += exposure[f] * x;
  }
  for (std::size_t f = 0; f < F; ++f) {
    inside_[f] = factors_[f].excess(residual_[f]) == 0.0 ? 1 : 0;
    cost.excess += program_.excess_cost(f, residual_[f]);
  }
  cost.risk = program_.risk_cost(residual_);
  return cost;
}

Result<HedgePlan> HedgeProgram::solve(const HedgeInput& input) {
  BALLAST_CHECK(prepare(input));
  lots_.assign(instruments_.size(), 0);
  HedgePlan plan;
  const double risk = cost_of(lots_).risk;
  const bool outside = std::find(inside_.begin(), inside_.end(), 0) != inside_.end();
  if (outside || risk > 0.0) {
    price();
    relax({});
    take_prices();
    can_all_be_inside_ = relaxed_excess() < precision;
    if (!can_all_be_inside_) {
      const double excess = relaxed_excess();
      relax({.costs = false});
      const double least = relaxed_excess();
      can_all_be_inside_ = least < precision;
      if (least < excess - precision) {  // the price was not exact
        for (LotFactor& factor : factors_)
          factor.price *= dearer;
        program_.charge *= dearer;
        relax({});
        take_prices();
      }
    }
    plan.before = cost_of(lots_);
    search();
    plan.after = cost_of(lots_);
    plan.bound = std::min(bound_, plan.after.total());
    plan.obstacle = obstacle();
    plan.proven = search_.proven();
  } else {
    plan.proven = true;
  }
  plan.lots = lots_;
  plan.trades = trades_;
  plan.residual = residual_;
  plan.inside = inside_;
  return plan;
}

}  // namespace ballast
