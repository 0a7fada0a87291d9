#include "portfolio/scenario.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "quant/control/domain.hpp"
#include "quant/pricing/black_batch.hpp"
#include "quant/pricing/elementary.hpp"

namespace ballast {
namespace {

Result<void> check_band(std::string_view name, const std::optional<InventoryBand>& band) {
  if (!band) return {};
  const bool finite =
      std::isfinite(band->lower) && std::isfinite(band->target) && std::isfinite(band->upper);
  if (finite && band->lower <= band->target && band->target <= band->upper) return {};
  return fail(Errc::bad_input, fmt::format("{} is {} to {} about {}: lower <= target <= upper",
                                           name, band->lower, band->upper, band->target));
}

Result<void> check_times(Timestamp now, const std::vector<Duration>& times) {
  Duration before{-1};
  for (const Duration time : times) {
    std::int64_t then = 0;
    if (time <= before || __builtin_add_overflow(now.ns, time.ns, &then)) {
      return fail(Errc::bad_input, fmt::format("times hold {}: they are not negative, rise, and "
                                               "end in the range of timestamps",
                                               to_string(time)));
    }
    before = time;
  }
  return {};
}

Result<void> check(Timestamp now, const ScenarioRequest& request) {
  const std::size_t spots = request.spot_moves.size();
  const std::size_t vols = request.vol_shifts.size();
  const std::size_t times = request.times.size();
  const std::size_t least = std::min({spots, vols, times});
  const std::size_t most = std::max({spots, vols, times});
  if (least == 0 || most > scenario_cells_max || spots * vols > scenario_cells_max ||
      spots * vols * times > scenario_cells_max) {
    return fail(Errc::bad_input, fmt::format("the grid is {} x {} x {}: 1 to {} cells", spots, vols,
                                             times, scenario_cells_max));
  }
  for (const double move : request.spot_moves) {
    if (!std::isfinite(move) || move <= -1.0) {
      return fail(Errc::bad_input,
                  fmt::format("spot_moves hold {}: a spot falls by less than all", move));
    }
  }
  for (const double shift : request.vol_shifts)
    BALLAST_CHECK(require_finite("a shift of vol_shifts", shift));
  BALLAST_CHECK(check_times(now, request.times));
  BALLAST_CHECK(require_finite("coins of the hedges", request.hedges.coins));
  BALLAST_CHECK(require_finite("inverse_quote of the hedges", request.hedges.inverse_quote));
  if (request.hedges.coins != 0.0 || request.hedges.inverse_quote != 0.0)
    BALLAST_CHECK(require_positive("forward of the hedges", request.hedges.forward));
  BALLAST_CHECK(check_band("delta_band", request.delta_band));
  BALLAST_CHECK(check_band("gamma_band", request.gamma_band));
  return check_band("vega_band", request.vega_band);
}

/// What the puts priced as calls are short of: a forward at their strikes.
struct Parity {
  double coins = 0.0;
  double coins_strike = 0.0;  // sum of coins times strike, quote
  double value(double forward) const { return coins * forward - coins_strike; }
};

struct Sums {
  double value = 0.0;
  double value_coin = 0.0;  // of the options paid in coin that live
  double paid_coin = 0.0;   // by those that expired on the way
  double delta = 0.0;
  double gamma = 0.0, gamma_percent = 0.0, vega = 0.0, theta = 0.0;
};

/// The held lines as rows: one for each expiry and strike, in the book's order.
class Revaluer {
 public:
  explicit Revaluer(const ScenarioRequest& request) : request_(request) {}

  Result<void> load(const OptionBook& book, const VolSurface& surface, Timestamp now) {
    for (const OptionExpiry& expiry : book.expiries()) {
      if (expiry.held == 0) continue;
      if (!valued(expiry.state)) {
        return fail(Errc::stale_data,
                    fmt::format("options of {} have no value: {}", to_string(expiry.expiry),
                                to_string(expiry.state)));
      }
      for (std::size_t i = expiry.begin; i < expiry.end; ++i)
        settled_coin_ -= book.premium_coin(i);
      if (expiry.state == PricingState::settled) {
        settled_coin_ += expiry.sum.value_coin;
        continue;
      }
      const ExpirySmile smile = surface.find_smile(now, expiry.expiry);
      if (smile.near == nullptr) {
        return fail(Errc::stale_data,
                    fmt::format("options of {} have no volatility", to_string(expiry.expiry)));
      }
      groups_.push_back({expiry.expiry, size(), size(), expiry.forward, smile, {}, {}});
      for (std::size_t i = expiry.begin; i < expiry.end; ++i)
        add(book, i);
      groups_.back().end = size();
    }
    for (auto* column : {&forward_, &base_vol_, &vol_, &years_, &price_, &delta_, &gamma_})
      column->resize(size());
    return {};
  }

  void move_spot(double move) {
    for (Group& group : groups_) {
      const double forward = group.forward * (1.0 + move);
      group.moved = forward;
      const std::size_t count = group.end - group.begin;
      const auto part = [&](auto& column) { return std::span(column).subspan(group.begin, count); };
      std::ranges::fill(part(forward_), forward);
      const double log_forward = kernel::log_ratio(forward, 1.0);
      group.smile.vols(part(log_strike_), group.smile.log_reference(log_forward, request_.dynamics),
                       part(base_vol_));
    }
  }

  void shift_vol(double shift) {
    for (std::size_t i = 0; i < size(); ++i)
      vol_[i] = std::max(base_vol_[i] + shift, vol_floor);
  }

  Result<Sums> at(Timestamp then) {
    Sums sums;
    std::size_t live = 0;
    for (const Group& group : groups_) {
      const double years = years_between(then, group.expiry);
      if (years <= 0.0) {
        pay_off(group, sums);
        live = group.end;
        continue;
      }
      std::fill(years_.begin() + index(group.begin), years_.begin() + index(group.end), years);
      sums.value -= group.parity.value(group.moved);
      sums.value_coin -= group.parity_coin.value(group.moved) / group.moved;
      sums.delta -= group.parity.coins;
    }
    BALLAST_CHECK(price(live));
    for (std::size_t i = live; i < size(); ++i) {
      const double gamma = coins_[i] * gamma_[i];
      // Black's vega is F^2 gamma vol T, and theta, undiscounted, -F^2 gamma vol^2 / 2.
      const double scaled = gamma * forward_[i] * forward_[i] * vol_[i];
      sums.value += coins_[i] * price_[i];
      sums.delta += coins_[i] * delta_[i];
      sums.gamma += gamma;
      sums.gamma_percent += gamma * forward_[i] / 100.0;
      sums.vega += scaled * years_[i];
      sums.theta -= 0.5 * scaled * vol_[i];
    }
    if (request_.delta != DeltaKind::delta) {
      for (std::size_t i = live; i < size(); ++i)
        sums.value_coin += coin_coins_[i] * (price_[i] / forward_[i]);
    }
    return sums;
  }

  double equity_constant() const { return settled_coin_; }

 private:
  struct Group {
    Timestamp expiry;
    std::size_t begin, end;
    double forward;
    ExpirySmile smile;
    Parity parity, parity_coin;
    double moved = 0.0;
  };

  static std::ptrdiff_t index(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }
  std::size_t size() const { return strike_.size(); }

  void add(const OptionBook& book, std::size_t line) {
    const OptionTerms& terms = book.terms(line);
    const double coins = book.coins(line);
    if (coins == 0.0) return;
    const double coin_coins = terms.paid_in == PaidIn::coin ? coins : 0.0;
    Group& group = groups_.back();
    const bool first = group.begin == size() || strike_.back() != terms.strike;
    if (first) {
      right_.push_back(terms.right);
      strike_.push_back(terms.strike);
      log_strike_.push_back(book.log_strikes()[line]);
      coins_.push_back(coins);
      coin_coins_.push_back(coin_coins);
      return;
    }
    const auto as_call = [&](double put, double put_coin) {
      group.parity.coins += put;
      group.parity.coins_strike += put * terms.strike;
      group.parity_coin.coins += put_coin;
      group.parity_coin.coins_strike += put_coin * terms.strike;
    };
    if (right_.back() != terms.right) {
      if (terms.right == OptionRight::put) {
        as_call(coins, coin_coins);
      } else {  // what stood there so far were puts
        as_call(coins_.back(), coin_coins_.back());
        right_.back() = OptionRight::call;
      }
    }
    coins_.back() += coins;
    coin_coins_.back() += coin_coins;
  }

  Result<void> price(std::size_t live) {
    if (live == size()) return {};
    const auto part = [&](auto& column) { return std::span(column).subspan(live); };
    return black76_batch({.right = part(right_),
                          .forward = part(forward_),
                          .strike = part(strike_),
                          .years = part(years_),
                          .vol = part(vol_)},
                         {.price = part(price_), .delta = part(delta_), .gamma = part(gamma_)});
  }

  void pay_off(const Group& group, Sums& sums) const {
    double value = -group.parity.value(group.moved);
    double coin = -group.parity_coin.value(group.moved);
    for (std::size_t i = group.begin; i < group.end; ++i) {
      const double over = group.moved - strike_[i];
      const double payoff = std::max(right_[i] == OptionRight::call ? over : -over, 0.0);
      value += coins_[i] * payoff;
      coin += coin_coins_[i] * payoff;
    }
    sums.value += value;
    sums.paid_coin += coin / group.moved;
  }

  const ScenarioRequest& request_;
  std::vector<Group> groups_;
  // One entry a row.
  std::vector<OptionRight> right_;
  std::vector<double> strike_, log_strike_, coins_, coin_coins_;
  std::vector<double> forward_, base_vol_, vol_, years_, price_, delta_, gamma_;
  double settled_coin_ = 0.0;  // what settled options paid, less all premium paid, coins
};

ScenarioCell cell(const Sums& sums,
                  const Sums& base,
                  double move,
                  double equity_constant,
                  const ScenarioRequest& request) {
  const HedgePosition& hedges = request.hedges;
  ScenarioCell cell;
  cell.pnl = (sums.value - base.value) + hedges.coins * hedges.forward * move +
             hedges.inverse_quote * move;
  cell.delta = sums.delta + hedges.coins;
  if (request.delta == DeltaKind::delta_net) cell.delta -= sums.value_coin;
  if (request.delta == DeltaKind::delta_equity) cell.delta += sums.paid_coin + equity_constant;
  if (hedges.inverse_quote != 0.0)
    cell.delta += hedges.inverse_quote / (hedges.forward * (1.0 + move));
  cell.gamma = sums.gamma;
  cell.gamma_percent = sums.gamma_percent;
  cell.vega = sums.vega;
  cell.theta = sums.theta;
  if (request.delta_band) cell.delta_deviation = cell.delta - request.delta_band->target;
  cell.delta_side = side_of(cell.delta, request.delta_band);
  cell.gamma_side = side_of(cell.gamma, request.gamma_band);
  cell.vega_side = side_of(cell.vega, request.vega_band);
  return cell;
}

}  // namespace

BandSide side_of(double level, const std::optional<InventoryBand>& band) {
  if (!band) return BandSide::none;
  if (level < band->lower) return BandSide::below;
  return level > band->upper ? BandSide::above : BandSide::inside;
}

Result<ScenarioGrid> scenario_grid(const OptionBook& book,
                                   const VolSurface& surface,
                                   Timestamp now,
                                   const ScenarioRequest& request) {
  BALLAST_CHECK(check(now, request));
  Revaluer revaluer(request);
  BALLAST_CHECK(revaluer.load(book, surface, now));
  revaluer.move_spot(0.0);
  revaluer.shift_vol(0.0);
  BALLAST_TRY(base, revaluer.at(now));
  ScenarioGrid grid{request.spot_moves.size(), request.vol_shifts.size(), {}};
  grid.cells.resize(grid.spots * grid.vols * request.times.size());
  for (std::size_t s = 0; s < grid.spots; ++s) {
    const double move = request.spot_moves[s];
    revaluer.move_spot(move);
    for (std::size_t v = 0; v < grid.vols; ++v) {
      revaluer.shift_vol(request.vol_shifts[v]);
      for (std::size_t t = 0; t < request.times.size(); ++t) {
        BALLAST_TRY(sums, revaluer.at(now + request.times[t]));
        grid.cells[(t * grid.vols + v) * grid.spots + s] =
            cell(sums, base, move, revaluer.equity_constant(), request);
      }
    }
  }
  return grid;
}

}  // namespace ballast
