// What the made-up desk holds, as its venues see it: the truth that statements and hedges are made
// from.
#pragma once

#include <array>
#include <cstddef>

#include "base/contract.hpp"
#include "base/decimal.hpp"
#include "model/event.hpp"
#include "sim/demo_desk.hpp"
#include "sim/price_path.hpp"

namespace ballast {

struct DemoHoldings {
  Quantity btc_spot, eth_spot;                // on the spot venue
  Quantity btc_deribit = Quantity::whole(2);  // collateral on the inverse perpetual's venue
  Quantity btc_moving;                        // between the two
  std::array<Quantity, 5> position{};         // by instrument; derivatives only
  Amount usdt_binance;                        // exact: the venue states it
  double usdt_elsewhere = 0.0;                // about: collateral and derivative cash flows
  double btc_profit = 0.0;                    // about: of the inverse perpetual, in coin

  /// Coins held net, the inverse perpetual at `btc`.
  double delta(Coin coin, double btc) const {
    if (coin == Coin::eth) return to_double(eth_spot) + to_double(position[3]);
    return to_double(btc_spot) + to_double(btc_deribit) + to_double(btc_moving) +
           to_double(position[2]) + 10.0 * to_double(position[4]) / btc;
  }

  double net_asset_value(double btc, double eth) const {
    const double coins = to_double(btc_spot) + to_double(btc_deribit) + to_double(btc_moving) +
                         btc_profit - 10.0 * to_double(position[4]) / btc;
    return to_double(usdt_binance) + usdt_elsewhere + btc * (coins + to_double(position[2])) +
           eth * (to_double(eth_spot) + to_double(position[3]));
  }

  /// Takes a fill as the venue has it.
  void take(const Fill& fill, const DemoIds& id) {
    const Quantity signed_qty = fill.side == Side::buy ? fill.qty : -fill.qty;
    const double qty = to_double(signed_qty);
    const double fee = fill.fee ? to_double(fill.fee->amount) : 0.0;
    if (fill.key.instrument == id.btc_spot || fill.key.instrument == id.eth_spot) {
      (fill.key.instrument == id.btc_spot ? btc_spot : eth_spot) += signed_qty;
      const auto cost = notional(signed_qty, fill.price);
      BALLAST_ASSERT(cost.has_value());
      usdt_binance -= *cost + (fill.fee ? fill.fee->amount : Amount{});
      return;
    }
    position[fill.key.instrument.index()] += signed_qty;
    if (fill.key.instrument == id.btc_inverse) {
      btc_profit += 10.0 * qty / to_double(fill.price) - fee;
    } else {
      usdt_elsewhere -= qty * to_double(fill.price) + fee;
    }
  }
};

}  // namespace ballast
