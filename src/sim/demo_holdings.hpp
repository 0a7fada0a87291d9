// What the made-up desk holds, as its venues see it: the truth that statements are made from.
#pragma once

#include <array>
#include <cstddef>
#include <map>

#include "base/contract.hpp"
#include "base/decimal.hpp"
#include "model/event.hpp"
#include "sim/demo_desk.hpp"
#include "sim/price_path.hpp"

namespace ballast {

struct DemoHoldings {
  using ByBook = std::map<BookName, Quantity>;

  Quantity btc_spot, eth_spot;                          // on the spot venue
  Amount usdt_binance;                                  // exact: the venue states it
  std::array<ByBook, 5 + demo_options.size()> by_book;  // of derivatives, by instrument

  /// Of a derivative, in all books: what its venue knows.
  Quantity position(InstrumentId instrument) const {
    Quantity sum;
    for (const auto& [book, held] : by_book[instrument.index()])
      sum += held;
    return sum;
  }

  /// Takes a fill as the venue has it.
  void take(const Fill& fill, const DemoIds& id) {
    const Quantity signed_qty = fill.side == Side::buy ? fill.qty : -fill.qty;
    if (fill.key.instrument == id.btc_spot || fill.key.instrument == id.eth_spot) {
      (fill.key.instrument == id.btc_spot ? btc_spot : eth_spot) += signed_qty;
      const auto cost = notional(signed_qty, fill.price);
      BALLAST_ASSERT(cost.has_value());
      usdt_binance -= *cost + (fill.fee ? fill.fee->amount : Amount{});
      return;
    }
    by_book[fill.key.instrument.index()][fill.book] += signed_qty;
  }

  /// Takes a transfer to or from the spot venue.
  void take(const Transfer& transfer, const DemoIds& id) {
    const bool leaves = transfer.from.venue == id.binance && transfer.state == TransferState::sent;
    const bool comes = transfer.to.venue == id.binance && transfer.state == TransferState::arrived;
    const bool returns =
        transfer.from.venue == id.binance && transfer.state == TransferState::failed;
    if (!leaves && !comes && !returns) return;
    const Amount moved = leaves ? -transfer.qty : transfer.qty;
    if (transfer.asset == id.usdt) usdt_binance += moved;
    if (transfer.asset == id.btc) btc_spot += decimal_cast<Quantity>(moved);
    if (transfer.asset == id.eth) eth_spot += decimal_cast<Quantity>(moved);
  }

  void take(const BalanceChange& change, const DemoIds& id) {
    if (change.place.venue != id.binance) return;
    if (change.asset == id.usdt) usdt_binance += change.qty;
    if (change.asset == id.btc) btc_spot += decimal_cast<Quantity>(change.qty);
    if (change.asset == id.eth) eth_spot += decimal_cast<Quantity>(change.qty);
  }
};

}  // namespace ballast
