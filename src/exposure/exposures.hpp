// Book x market -> factors: how much of each thing a desk wants to control it has now.
//
//   delta:X      in X: the spot holding of X, and every derivative on X (linear: contracts * size;
//                inverse: contracts * size / price, in coin)
//   cash:A@v     in A: the balance of A on the accounts of v, without what is in flight
//   notional:I   in the quote of I: the position's value at its mark (inverse: contracts * size)
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

#include "base/int128.hpp"
#include "book/books.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"

namespace ballast {

/// What one instrument contributes to one factor.
struct Leg {
  InstrumentId instrument;
  Quantity qty;
  Quantity hedged_qty;
  Amount cost;       // of the open quantity: -flow, for the unrealised profit
  Decimal exposure;  // in the factor's unit, at the instrument's price
  Decimal hedged;
  bool priced = true;  // false: a price is needed and missing
};

struct FactorExposure {
  Decimal holding;  // delta: the spot holding; cash: the balance
  Decimal hedged_holding;
  std::vector<Leg> legs;  // in the desk's order of instruments
  BookId book;            // resolved when the book first trades; invalid: the desk, or not seen yet
  std::uint32_t unpriced = 0;
  bool overflowed = false;  // a sum left the decimal range: nothing is known from then on
  Decimal actual;           // holding + legs, where priced
  Decimal hedged;

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

  /// Factors whose exposure may have moved since clear_touched(), each once, in order of touching.
  std::span<const FactorId> touched() const { return touched_; }
  void touch(FactorId id);
  void clear_touched();

  const FactorExposure& factor(FactorId id) const { return factors_[id.index()]; }
  std::size_t size() const { return factors_.size(); }

  struct InstrumentLink {
    FactorId factor;
    std::uint32_t leg = 0;
    bool delta = false;            // of a delta factor
    bool moves_with_price = true;  // its exposure, as inverse contracts' in coin
  };
  /// Hints the memory system that an event of the instrument is about to come.
  void prefetch(FactorId id, InstrumentId instrument) const {
    const FactorExposure& factor = factors_[id.index()];
    __builtin_prefetch(&factor.actual);
    __builtin_prefetch(links_[instrument.index()].data());
    if (factor.legs.empty()) return;
    __builtin_prefetch(&factor.legs.front());
    __builtin_prefetch(&factor.legs.front().hedged);
  }

  /// The factors with a leg in an instrument.
  std::span<const InstrumentLink> links(InstrumentId id) const { return links_[id.index()]; }
  /// The delta factors of an asset.
  std::span<const FactorId> deltas(AssetId id) const { return deltas_[id.index()]; }
  /// The cash factors of an asset, on any venue.
  std::span<const FactorId> cash(AssetId id) const { return cash_[id.index()]; }
  bool in_scope(FactorId id, BookId book) const {
    return desk_->factor(id).whole_desk() || factors_[id.index()].book == book;
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
  std::vector<std::vector<InstrumentLink>> links_;  // by instrument
  std::vector<std::vector<FactorId>> deltas_;       // by asset
  std::vector<std::vector<FactorId>> cash_;         // by asset
  std::vector<FactorId> touched_;
  std::vector<bool> is_touched_;
  std::size_t books_resolved_ = 0;
};

/// Exposure of `qty` of an instrument to its delta factor, per DESIGN section 4: underlying units.
/// Inverse instruments need a price; nothing without one or when the number leaves the range.
std::optional<Decimal> delta_exposure(const Instrument& instrument,
                                      Quantity qty,
                                      std::optional<Price> price);

/// The value of a position in its quote asset: the exposure of notional:I.
std::optional<Decimal> notional_exposure(const Instrument& instrument,
                                         Quantity qty,
                                         std::optional<Price> price);

}  // namespace ballast
