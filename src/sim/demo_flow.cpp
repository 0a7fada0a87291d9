#include <algorithm>

#include "sim/demo_world.hpp"

namespace ballast {

void DemoWorld::market() {
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
      const double half = 0.00006 * prices_.activity();
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

/// Others trade with whoever quotes best, some of them deep into the book.
void DemoWorld::prints(InstrumentId instrument, double rate, double size) {
  if (!rng_.chance(rate * prices_.activity())) return;
  const double draw = rng_.uniform();
  const double reach = rng_.uniform();
  const InstrumentFacts& facts = facts_[instrument.index()];
  // They sell as the price falls.
  const double buys = std::clamp(0.5 + 0.03 * prices_.momentum(facts.coin), 0.08, 0.92);
  const Side side = rng_.chance(buys) ? Side::buy : Side::sell;
  const double depth = (0.00006 + 0.001 * reach * reach) * prices_.activity();
  const double price = price_of(instrument) * (side == Side::buy ? 1.0 + depth : 1.0 - depth);
  const double qty = size * (0.05 + 2.5 * draw * draw * draw);
  const std::int64_t lots = std::max<std::int64_t>(1, nearest(qty, facts.lots_per_unit));
  tape_.at(rng_.between(0, 999), Trade{instrument, ticked(instrument, price),
                                       steps<Quantity>(lots, facts.lots_per_unit), side});
}

/// A client's fill as the venue has it: agreed net of fees.
Fill DemoWorld::block(const Block& plan) {
  const InstrumentFacts& facts = facts_[plan.instrument.index()];
  const double sign = plan.side == Side::buy ? 1.0 : -1.0;
  Fill made;
  made.price = ticked(plan.instrument, price_of(plan.instrument) * (1.0 - sign * plan.edge));
  made.qty = steps<Quantity>(std::max<std::int64_t>(1, nearest(plan.coins, facts.lots_per_unit)),
                             facts.lots_per_unit);
  made.side = plan.side;
  made.book = BookName("mm");
  made.origin = Origin::client;
  constexpr std::array<std::string_view, 3> prefixes{"bn", "by", "db"};
  made.key = {place(facts.venue), plan.instrument, next_id(prefixes[facts.venue.index()]), 0};
  made.order = *OrderId::create(fmt::format("client-{}", serial_));
  return made;
}

Fill DemoWorld::trade(const Block& plan) {
  const Fill made = block(plan);
  holdings_.take(made, ids);
  const std::int64_t ms = rng_.between(0, 999);
  tape_.at(ms, made);
  last_trade_ = Event{tape_.now() + Duration::milliseconds(ms), made};
  impact(made);
  return made;
}

void DemoWorld::client_blocks() {
  const bool falling = prices_.stressed() && second_ < prices_.crash_second() + 300;
  // After the fall the same few clients want out at once.
  for (const InstrumentId instrument : {ids.btc_spot, ids.eth_spot}) {
    const bool btc = instrument == ids.btc_spot;
    const double hurry = btc ? 1.0 / 28.0 : 1.0 / 60.0;
    if (!rng_.chance(falling ? hurry : 1.0 / 1300.0)) continue;
    // Prices for clients lean too, towards the coins that the desk would rather have.
    const double spare = btc ? (to_double(holdings_.btc_spot) - 4.5) / 3.0
                             : (to_double(holdings_.eth_spot) - 180.0) / 90.0;
    const double momentum = prices_.momentum(btc ? Coin::btc : Coin::eth);
    const double share = 0.5 - 0.08 * momentum - 0.20 * std::clamp(spare, -2.0, 2.0);
    const bool buy = rng_.chance(falling ? 0.97 : std::clamp(share, 0.08, 0.92));
    if (buy && short_of_cash()) continue;
    const double size = btc ? 0.35 + 0.75 * rng_.uniform() : 5.0 + 16.0 * rng_.uniform();
    trade({instrument, buy ? Side::buy : Side::sell, size, 0.0002 * prices_.activity()});
  }
}

}  // namespace ballast
