#include <algorithm>
#include <cmath>

#include "base/contract.hpp"
#include "sim/demo_maker.hpp"

namespace ballast {

void DemoMaker::market() {
  // The perpetuals' premium wanders by a basis point or so.
  basis_noise_ = 0.999 * basis_noise_ + 0.000004 * rng_.normal();
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    const InstrumentId instrument{i};
    const double mid = price_of(instrument);
    // Drawn whether it is heard or not, so that an outage changes nothing else of the day.
    const bool marked = second_ == 0 || rng_.chance(0.55);
    const bool topped = rng_.chance(0.2);
    const std::int64_t ms = rng_.between(0, 999);
    const double depth = 0.5 + 4.0 * rng_.uniform();
    if (silent(facts_[i].venue)) continue;
    if (marked) tape_.at(ms, Mark{instrument, {}, {}, ticked(instrument, mid)});
    if (topped) {
      const double half = 0.00001 * prices_.activity();
      const bool inverse = instrument == ids.btc_inverse;
      const double size = facts_[i].coin == Coin::eth ? depth * 20.0
                          : inverse                   ? depth * 9000.0
                                                      : depth;
      const std::int64_t lots = facts_[i].lots_per_unit;
      tape_.at(ms, Top{instrument, ticked(instrument, mid * (1.0 - half)),
                       steps<Quantity>(nearest(size, lots), lots),
                       ticked(instrument, mid * (1.0 + half)),
                       steps<Quantity>(nearest(size * 0.8, lots), lots)});
    }
  }
  if (second_ % 3600 != 0) return;
  for (const InstrumentId perpetual : {ids.btc_linear, ids.eth_linear, ids.btc_inverse}) {
    if (silent(facts_[perpetual.index()].venue)) continue;
    tape_.at(2, FundingRate{perpetual, steps<Decimal>(rng_.between(60, 130), 1'000'000),
                            Decimal::whole(8)});
  }
}

Fill DemoMaker::fill(const FillPlan& plan) {
  const InstrumentFacts& facts = facts_[plan.instrument.index()];
  const bool inverse = plan.instrument == ids.btc_inverse;
  const double sign = plan.side == Side::buy ? 1.0 : -1.0;
  Fill made;
  made.price = ticked(plan.instrument, price_of(plan.instrument) * (1.0 + sign * plan.worse));
  const double units = inverse ? plan.coins * to_double(made.price) / 10.0 : plan.coins;
  made.qty = steps<Quantity>(std::max<std::int64_t>(1, nearest(units, facts.lots_per_unit)),
                             facts.lots_per_unit);
  made.side = plan.side;
  made.book = plan.book;
  made.origin = plan.origin;
  made.liquidity = plan.liquidity;
  constexpr std::array<std::string_view, 3> prefixes{"bn", "by", "db"};
  made.key = {place(facts.venue), plan.instrument, next_id(prefixes[facts.venue.index()]), 0};
  made.order = *OrderId::create(fmt::format("{}-{}", to_string(plan.origin), serial_));
  if (plan.origin == Origin::client) return made;  // blocks are agreed net of fees

  // Fees to eight digits, as venues state them.
  const double value = inverse ? to_double(made.qty) * 10.0 / to_double(made.price)
                               : to_double(made.qty) * to_double(made.price);
  const std::int64_t rate = plan.liquidity == Liquidity::maker ? facts.maker_fee : facts.taker_fee;
  const auto amount = decimal_from_double<Amount>(value * static_cast<double>(rate) * 1e-6, 8);
  BALLAST_ASSERT(amount.has_value());
  made.fee = Fee{*amount, inverse ? ids.btc : ids.usdt};
  return made;
}

bool DemoMaker::we_buy(InstrumentId instrument, double lean) {
  const Coin coin = facts_[instrument.index()].coin;
  // Others sell to us as the price falls; our quotes lean against what we hold too much of.
  double share = 0.5 - lean * prices_.momentum(coin);
  share -= 0.10 * std::clamp(deviation(coin) / half_band(coin), -1.5, 1.5);
  const double spare = coin == Coin::btc ? (to_double(holdings_.btc_spot) - 4.5) / 3.0
                                         : (to_double(holdings_.eth_spot) - 180.0) / 90.0;
  if (facts_[instrument.index()].venue == ids.binance) share -= 0.10 * std::clamp(spare, -2.0, 2.0);
  return rng_.chance(std::clamp(share, 0.08, 0.92));
}

void DemoMaker::quote(InstrumentId instrument, double rate, double size) {
  if (!rng_.chance(rate * prices_.activity())) return;
  const double draw = rng_.uniform();
  const bool buy = we_buy(instrument, 0.03);
  if (buy && short_of_cash()) return;
  trade({instrument, BookName("mm"), buy ? Side::buy : Side::sell,
         size * (0.05 + 2.5 * draw * draw * draw), -0.00007 * prices_.activity(), Origin::quote,
         Liquidity::maker});
}

void DemoMaker::client_blocks() {
  const bool falling = prices_.stressed() && second_ < prices_.crash_second() + 300;
  // After the fall the same few clients want out at once.
  for (const InstrumentId instrument : {ids.btc_spot, ids.eth_spot}) {
    const double hurry = instrument == ids.btc_spot ? 1.0 / 28.0 : 1.0 / 60.0;
    if (!rng_.chance(falling ? hurry : 1.0 / 1300.0)) continue;
    const bool buy = falling ? rng_.chance(0.97) : we_buy(instrument, 0.08);
    if (buy && short_of_cash()) continue;
    const double size =
        instrument == ids.btc_spot ? 0.35 + 0.75 * rng_.uniform() : 5.0 + 16.0 * rng_.uniform();
    trade({instrument, BookName("mm"), buy ? Side::buy : Side::sell, size,
           -0.0002 * prices_.activity(), Origin::client, Liquidity::unknown});
  }
}

void DemoMaker::flow() {
  quote(ids.btc_spot, 1.0 / 26.0, 0.11);
  quote(ids.eth_spot, 1.0 / 30.0, 2.2);
  quote(ids.btc_linear, 1.0 / 48.0, 0.10);
  client_blocks();
}

double DemoMaker::target(Coin coin) const {
  const double btc = prices_.mid(Coin::btc);
  const double eth = prices_.mid(Coin::eth);
  if (coin == Coin::eth) return 0.15 * holdings_.net_asset_value(btc, eth) / eth;
  const int from_crash = second_ - prices_.crash_second();
  if (from_crash >= 900 && second_ < clock_time(15, 30)) return 6.0;
  const int of_stamp = (second_ + 900) % (8 * 3600);
  return of_stamp < 1800 ? 6.0 : 8.0;
}

int DemoMaker::reaction_seconds() {
  if (prices_.stressed() && second_ < prices_.crash_second() + 1200) {
    return static_cast<int>(rng_.between(45, 100));
  }
  const bool distracted = rng_.chance(0.12);
  return static_cast<int>(distracted ? rng_.between(300, 1200) : rng_.between(15, 80));
}

void DemoMaker::hedge(Coin coin) {
  auto& pending = pending_[static_cast<std::size_t>(coin)];
  const double d = deviation(coin);
  if (!pending) {
    if (std::abs(d) < 0.85 * half_band(coin)) return;
    pending = PendingHedge{second_ + reaction_seconds(), static_cast<int>(rng_.between(2, 4))};
    return;
  }
  const InstrumentId instrument = coin == Coin::btc ? ids.btc_inverse : ids.eth_linear;
  if (second_ < pending->due || hedger_down() || silent(facts_[instrument.index()].venue)) return;
  if (std::abs(d) < 0.2 * half_band(coin)) {
    pending.reset();
    return;
  }
  // In a fallen market the book is thin: small slices, far apart.
  const bool thin = prices_.stressed() && second_ < prices_.crash_second() + 1200;
  const double most = (thin ? 0.3 : 1.2) * half_band(coin);
  const double size = std::min(most, std::abs(d) / pending->slices);
  trade({instrument, BookName("hedger"), d > 0 ? Side::sell : Side::buy, size,
         0.00002 * prices_.activity(), Origin::hedge, Liquidity::taker});
  if (pending->slices > 1) --pending->slices;
  pending->due = second_ + static_cast<int>(thin ? rng_.between(18, 34) : rng_.between(1, 4));
  if (std::abs(deviation(coin)) < 0.2 * half_band(coin)) pending.reset();
}

void DemoMaker::move_cash(Amount qty, bool to_binance) {
  const Place here = place(ids.binance);
  const Place there = place(ids.bybit);
  const Transfer transfer{
      next_id("tr"),      ids.usdt, qty, to_binance ? there : here, to_binance ? here : there,
      TransferState::sent};
  tape_.at(500, transfer);
  if (!to_binance) holdings_.usdt_binance -= qty;
  cash_moving_ = Moving{transfer, second_ + static_cast<int>(rng_.between(360, 720))};
  // What is on the way counts as elsewhere: net asset value does not move.
  holdings_.usdt_elsewhere += (to_binance ? 0.0 : 1.0) * to_double(qty);
  cash_moved_ = true;
}

void DemoMaker::treasury() {
  if (cash_moving_) {
    if (second_ < cash_moving_->arrives) return;
    Transfer arrived = cash_moving_->transfer;
    arrived.state = TransferState::arrived;
    tape_.at(500, arrived);
    if (arrived.to.venue == ids.binance) {
      holdings_.usdt_binance += arrived.qty;
      holdings_.usdt_elsewhere -= to_double(arrived.qty);
    }
    cash_moving_.reset();
    cash_rest_until_ = second_ + 2400;
    return;
  }
  if (second_ % 60 != 30 || second_ < cash_rest_until_) return;
  const double d = to_double(holdings_.usdt_binance) - 1'500'000.0;
  const bool needed = std::abs(d) > 240'000.0;
  const bool routine = !cash_moved_ && second_ >= clock_time(18, 0);
  if (!needed && !routine) return;
  const std::int64_t thousands =
      std::clamp(nearest(std::abs(d), 1) / 1000, std::int64_t{25}, std::int64_t{600});
  move_cash(Amount::whole(thousands * 1000), d < 0);
}

}  // namespace ballast
