#include <algorithm>

#include "base/contract.hpp"
#include "quant/pricing/inverse_option.hpp"
#include "sim/demo_world.hpp"

namespace ballast {
namespace {

constexpr double seconds_of_a_year = 365.0 * 86'400.0;
constexpr std::int64_t price_ticks = 10'000;
constexpr std::int64_t lots = 10;
constexpr std::int64_t payoff_steps = 100'000'000;
constexpr std::array<double, 9> surface_strikes{72'000.0, 78'000.0, 82'000.0,  86'000.0, 90'000.0,
                                                94'000.0, 98'000.0, 104'000.0, 112'000.0};

/// Those that the desk hedges with are quoted closely.
bool liquid(std::size_t option) { return std::ranges::count(demo_hedge_options, option) > 0; }

}  // namespace

/// Annual, of any expiry: a smile that is steeper for puts.
double DemoWorld::vol_at(double strike) const {
  const double away = std::clamp(strike / index_price() - 1.0, -0.3, 0.3);
  return vol_level_ * (1.0 - 0.7 * away + 4.0 * away * away);
}

double DemoWorld::coin_price(const DemoOption& option) const {
  const double strike = option.strike;
  const auto priced =
      inverse_option({.right = option.right,
                      .forward = index_price(),
                      .strike = strike,
                      .years = (expiry_of(option) - tape_.now()).to_seconds() / seconds_of_a_year,
                      .vol = vol_at(strike)});
  BALLAST_ASSERT(priced.has_value());
  return priced->price_coin;
}

void DemoWorld::surfaces(std::int64_t ms) {
  Surface surface;
  surface.underlying = ids.btc;
  surface.strikes.assign(surface_strikes.begin(), surface_strikes.end());
  for (const double strike : surface_strikes)
    surface.vols.push_back(vol_at(strike));
  for (const DemoOption& option : demo_options) {
    if (!living(option) || expiry_of(option) == surface.expiry) continue;
    surface.expiry = expiry_of(option);
    tape_.at(ms, surface);
  }
}

void DemoWorld::option_marks(std::int64_t ms) {
  for (std::size_t i = 0; i < demo_options.size(); ++i) {
    if (!living(demo_options[i]) || (!liquid(i) && second_ % 60 != 0)) continue;
    const std::int64_t ticks = nearest(coin_price(demo_options[i]), price_ticks);
    tape_.at(
        ms,
        Mark{ids.option(i), {}, {}, steps<Price>(std::max<std::int64_t>(ticks, 1), price_ticks)});
  }
}

void DemoWorld::option_tops() {
  for (std::size_t i = 0; i < demo_options.size(); ++i) {
    if (!liquid(i) && second_ % 120 != 0) continue;
    const std::int64_t ms = option_rng_.between(0, 999);
    const std::int64_t size = option_rng_.between(20, 200);
    if (!living(demo_options[i])) continue;
    const double fair = coin_price(demo_options[i]);
    const std::int64_t half =
        std::max<std::int64_t>(1, nearest((liquid(i) ? 0.007 : 0.02) * fair, price_ticks));
    const std::int64_t middle = std::max(nearest(fair, price_ticks), half + 1);
    tape_.at(ms, Top{ids.option(i), steps<Price>(middle - half, price_ticks),
                     steps<Quantity>(size, lots), steps<Price>(middle + half, price_ticks),
                     steps<Quantity>(size + 5, lots)});
  }
}

/// With a client, who pays a little more than it is worth, or takes a little less.
void DemoWorld::option_fill(std::size_t place_of, Side side, std::int64_t tenths, std::int64_t ms) {
  const double edge = side == Side::buy ? 0.975 : 1.025;
  Fill made;
  made.price = steps<Price>(
      std::max<std::int64_t>(1, nearest(edge * coin_price(demo_options[place_of]), price_ticks)),
      price_ticks);
  made.qty = steps<Quantity>(tenths, lots);
  made.side = side;
  made.book = BookName("options");
  made.origin = Origin::client;
  made.key = {place(ids.deribit), ids.option(place_of), next_id("do"), 0};
  holdings_.take(made, ids);
  tape_.at(ms, made);
}

/// Short strangles a month out against calls at the money, and a call that expires in the morning.
void DemoWorld::opening_options() {
  constexpr std::array<std::int64_t, demo_options.size()> tenths{-20, -15, 20,  -15, 10,
                                                                 -40, 30,  -40, 10};
  for (std::size_t i = 0; i < tenths.size(); ++i)
    option_fill(i, tenths[i] > 0 ? Side::buy : Side::sell, std::abs(tenths[i]), 700);
}

void DemoWorld::client_option() {
  const std::size_t place_of = option_rng_.below(demo_options.size());
  const std::int64_t tenths = option_rng_.between(2, 20);
  const double draw = option_rng_.uniform();
  const std::int64_t ms = option_rng_.between(0, 999);
  if (!living(demo_options[place_of])) return;
  // Prices lean towards holding none.
  double net = 0.0;
  for (std::size_t i = 0; i < demo_options.size(); ++i)
    net += to_double(holdings_.position(ids.option(i)));
  const bool buy = draw < std::clamp(0.5 - 0.05 * net, 0.1, 0.9);
  option_fill(place_of, buy ? Side::buy : Side::sell, tenths, ms);
}

/// What is held at its expiry is closed at its payoff, at the index's mean over the half hour
/// before it, in coin.
void DemoWorld::expiries() {
  const bool morning = time_of_day() >= clock_time(7, 30) && time_of_day() < clock_time(8, 0);
  if (morning) {
    half_hour_ += index_price();
    ++half_hour_count_;
    return;
  }
  if (time_of_day() != clock_time(8, 0, 1)) return;
  const double settlement = half_hour_ / half_hour_count_;
  half_hour_ = half_hour_count_ = 0;
  for (std::size_t i = 0; i < demo_options.size(); ++i) {
    if (!living(demo_options[i])) expire(i, settlement);
  }
}

/// Each book is paid for what it holds itself: books of opposite sides owe each other nothing.
void DemoWorld::expire(std::size_t place_of, double settlement) {
  const DemoOption& option = demo_options[place_of];
  const double strike = option.strike;
  const double over = option.right == OptionRight::call ? settlement - strike : strike - settlement;
  const DemoHoldings::ByBook books = holdings_.by_book[ids.option(place_of).index()];
  for (const auto& [book, held] : books) {
    if (held.zero()) continue;
    Fill paid;
    paid.price =
        steps<Price>(nearest(std::max(over, 0.0) / settlement, payoff_steps), payoff_steps);
    paid.qty = held.abs();
    paid.side = held.sign() > 0 ? Side::sell : Side::buy;
    paid.book = book;
    paid.key = {place(ids.deribit), ids.option(place_of), next_id("expiry"), 0};
    holdings_.take(paid, ids);
    tape_.at(0, paid);
  }
}

void DemoWorld::options() {
  vol_level_ += 0.0005 * (0.38 + 0.05 * prices_.activity() - vol_level_);
  expiries();
  if (second_ % 20 == 0 && !silent(ids.deribit)) {
    surfaces(500);
    option_marks(600);
    option_tops();
  }
  if (second_ == 0) opening_options();
  if (option_rng_.chance(prices_.activity() / 1500.0)) client_option();
}

}  // namespace ballast
