// Book x market -> factors: how much of each thing a desk wants to control it has now.
//
//   delta:X      in X: the spot holding of X, and every derivative on X (linear: contracts * size;
//                inverse: contracts * size / price, in coin; options: set_options())
//   cash:A@v     in A: the balance of A on the accounts of v, without what is in flight
//   notional:I   in the quote of I: the position's value at its mark (inverse: contracts * size)
//   gamma:X, vega:X, theta:X    of the options on X, as portfolio/option_desk.hpp works them out
//   channel:N    in the channel's asset: what stands on our side, as stated and as transfers over
//                it have shifted since
//
// The spot holding of X is what spot fills, their fees and balance events left of it; a desk's
// holding also counts what is in flight, a book's knows only its own fills and fees. What
// derivatives pay into X (profit, funding, their fees in coin) is equity: counted under the
// convention `delta_equity`, together with the unrealised profit of inverse positions.
//
// Changes come in as the differences that book/ reports, so that an event costs what it touches.
// Beside the exposure stands `hedged`: the exposure of hedge and rebalance fills alone.
// Single-threaded; allocates only when a new book appears.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/grouped.hpp"
#include "base/int128.hpp"
#include "book/books.hpp"
#include "book/contract_value.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"

namespace ballast {

/// What one instrument contributes to one factor.
struct Leg {
  Contract contract;
  InstrumentId instrument;
  bool priced = true;  // false: a price is needed and missing
  Quantity qty;
  Quantity hedged_qty;
  Amount cost;       // of the open quantity: -flow, for the unrealised profit
  Decimal exposure;  // in the factor's unit, at the instrument's price
  Decimal hedged;
};

struct FactorExposure {
  Decimal actual;  // holding + legs + options, where priced
  Decimal hedged;
  Decimal holding;  // delta: the spot holding; cash: the balance
  std::uint32_t unpriced = 0;
  BookId book;              // set when the book first trades; invalid: the desk, or not seen yet
  bool overflowed = false;  // a sum left the decimal range: nothing is known from then on
  bool whole_desk = true;   // configuration, like the next two
  FactorKind kind = FactorKind::delta;
  DeltaConvention convention = DeltaConvention::delta;
  Decimal hedged_holding;
  Decimal options;  // what options add
  Decimal options_hedged;
  bool options_missing = false;  // counted in `unpriced`

  /// Whether `actual` can be computed at all.
  bool defined() const { return unpriced == 0 && !overflowed; }
};

class Exposures {
 public:
  explicit Exposures(const Desk& desk);

  /// Takes what the last event changed in the books. `hedging`: a hedge or rebalance fill caused
  /// it.
  void apply(const Books& books, const Market& market, bool hedging);
  /// Re-prices the legs of an instrument whose price changed.
  void reprice(InstrumentId instrument, const Market& market);

  /// What the options of a factor's scope add to it now, and what of that hedge and rebalance fills
  /// traded; nothing where that is not known.
  void set_options(FactorId id, std::optional<Decimal> level, std::optional<Decimal> hedged);

  /// What stands on our side of a channel, as its node says; or as a transfer over it shifts it.
  /// False when it is older than what was said of the channel before.
  bool state_channel(ChannelId channel, Amount balance, Timestamp t);
  void use_channel(ChannelId channel, Amount shift);
  /// When the channel's last statement was made; the earliest time there is when none was.
  Timestamp channel_stated(ChannelId channel) const { return channel_stated_[channel.index()]; }

  /// Factors whose exposure may have moved since clear_touched(), each once, in order of touching.
  std::span<const FactorId> touched() const { return touched_; }
  void touch(FactorId id);
  void clear_touched();

  const FactorExposure& factor(FactorId id) const { return factors_[id.index()]; }
  /// In the desk's order of instruments.
  std::span<const Leg> legs(FactorId id) const { return legs_[id.index()]; }
  std::size_t size() const { return factors_.size(); }

  struct InstrumentLink {
    FactorId factor;
    std::uint32_t leg = 0;
    bool delta = false;            // of a delta factor
    bool moves_with_price = true;  // its exposure, as inverse contracts' in coin
  };
  /// Hints the memory system that an event of the instrument is to come soon.
  void prefetch(FactorId id, InstrumentId instrument) const {
    __builtin_prefetch(&factors_[id.index()]);
    __builtin_prefetch(&factors_[id.index()].kind);
    if (links_[instrument.index()].empty()) return;
    const Leg* leg = legs_[id.index()].data();
    __builtin_prefetch(leg);
    __builtin_prefetch(&leg->hedged);
  }

  /// The factors with a leg in an instrument.
  std::span<const InstrumentLink> links(InstrumentId id) const { return links_[id.index()]; }
  /// The delta factors of an asset.
  std::span<const FactorId> deltas(AssetId id) const { return deltas_[id.index()]; }
  /// The cash factors of an asset, on any venue.
  std::span<const FactorId> cash(AssetId id) const { return cash_[id.index()]; }
  bool in_scope(FactorId id, BookId book) const {
    const FactorExposure& factor = factors_[id.index()];
    return factor.whole_desk || factor.book == book;
  }

  template <class Archive>
  void archive(Archive& ar);

 private:
  void resolve_books(const Books& books);
  void apply(const PositionChange& change, const Market& market, bool hedging);
  void apply(const CashChange& change, const Books& books, bool hedging);
  void add_holding(FactorId id, Decimal change, bool hedging);
  void reprice_leg(FactorId id, Leg& leg, const Market& market);

  const Desk* desk_;
  std::vector<FactorExposure> factors_;
  Grouped<Leg> legs_;               // by factor
  Grouped<InstrumentLink> links_;   // by instrument
  Grouped<FactorId> deltas_;        // by asset
  Grouped<FactorId> cash_;          // by asset
  std::vector<FactorId> channels_;  // by channel; invalid: no factor watches it
  std::vector<Timestamp> channel_stated_;
  std::vector<FactorId> touched_;
  std::vector<bool> is_touched_;
  std::size_t books_resolved_ = 0;
};

/// Exposure of `qty` of a contract to its delta factor, per DESIGN section 4: underlying units.
/// Inverse instruments need a price; nothing without one or when the number leaves the range.
std::optional<Decimal> delta_exposure(const Contract& contract,
                                      Quantity qty,
                                      std::optional<Price> price);

/// The value of a position in its quote asset: the exposure of notional:I.
std::optional<Decimal> notional_exposure(const Contract& contract,
                                         Quantity qty,
                                         std::optional<Price> price);

}  // namespace ballast
