// What the engine knows about the world's prices, and how old that knowledge is.
//
// An instrument's price is its last mark; until it has had a mark, the middle of its last two-sided
// top. An asset's price in the reporting currency comes from the first source that has one, in this
// order: an asset mark; a spot instrument of the asset; a derivative on it that is no option (each
// in the desk's order), converted through the price of its quote. The reporting currency, and any
// asset that `equals` it, costs exactly one. A mark that is older than the one in force changes
// nothing (it is counted). Single-threaded; no allocation after construction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/grouped.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

/// A price in force. `t` is when it was said, not when it was learnt.
struct Quoted {
  Price price;
  Timestamp t;
  bool present = false;
};

/// The reporting-currency price of an asset went from one value to another.
struct AssetPriceChange {
  AssetId asset;
  std::optional<Price> before;
  Price after;
};

struct MarketChange {
  InstrumentId instrument;      // invalid: no instrument's price changed
  std::optional<Price> before;  // of the instrument
  Price after;
  bool priced = false;    // the event was taken as a price, if only to say that it still holds
  bool overflow = false;  // a conversion left the decimal range: nothing was changed
};

class Market {
 public:
  /// Conversions through quotes stop here; desks chain two at most (an alt in BTC in the currency).
  static constexpr int max_conversions = 4;

  explicit Market(const Desk& desk);

  MarketChange apply(Timestamp t, const Mark& mark);
  MarketChange apply(Timestamp t, const Top& top);
  void apply(Timestamp t, const FundingRate& rate);

  /// Asset prices that the last apply() changed.
  std::span<const AssetPriceChange> asset_changes() const { return asset_changes_; }

  const Quoted& price(InstrumentId id) const { return instruments_[id.index()].quoted; }
  const Quoted& asset_price(AssetId id) const { return assets_[id.index()].quoted; }
  /// Of an asset in another, through the reporting currency. Nothing while one of them has no
  /// price, or out of the decimal range.
  std::optional<Price> price_in(AssetId asset, AssetId quote) const;
  /// Assets that have a source quoted in this one.
  std::span<const AssetId> dependents(AssetId id) const { return assets_[id.index()].dependents; }
  /// The reporting currency, or an equal of it: its price never moves.
  bool fixed(AssetId id) const { return assets_[id.index()].fixed; }
  const Top& top(InstrumentId id) const { return instruments_[id.index()].top; }
  /// When the top came; nothing before the first.
  std::optional<Timestamp> top_at(InstrumentId id) const { return instruments_[id.index()].top_at; }
  /// Hints the memory system that an instrument's mark or top is about to come.
  void prefetch(InstrumentId id) const {
    __builtin_prefetch(&instruments_[id.index()]);
    __builtin_prefetch(&instruments_[id.index()].top.bid);
  }
  void prefetch(AssetId id) const {
    __builtin_prefetch(&assets_[id.index()]);
    __builtin_prefetch(&assets_[id.index()].direct);
  }

  std::uint64_t late_marks() const { return late_marks_; }

  template <class Archive>
  void archive(Archive& ar);

 private:
  struct InstrumentState {
    Quoted quoted;
    AssetId base;         // configuration
    bool marked = false;  // tops no longer price it
    Top top;
    std::optional<Timestamp> top_at;
    FundingRate funding;
  };
  /// One way to price an asset: a direct asset mark when `instrument` is invalid.
  struct Source {
    InstrumentId instrument;
    AssetId quote;
  };
  struct AssetState {
    Quoted quoted;
    bool fixed = false;  // the reporting currency or its equal
    AssetId direct_quote;
    std::vector<AssetId> dependents;  // assets that a source of theirs quotes in this one
    Quoted direct;                    // the last asset mark
  };

  void add_dependent(AssetId quote, AssetId dependent);
  void undo_asset_changes();
  MarketChange set_price(InstrumentId id, Timestamp t, Price price);
  bool set_asset_mark(Timestamp t, const Mark& mark);
  bool reprice(AssetId id, int depth);

  std::vector<InstrumentState> instruments_;
  std::vector<AssetState> assets_;
  Grouped<Source> sources_;  // by asset, each by precedence
  std::vector<AssetPriceChange> asset_changes_;
  std::uint64_t late_marks_ = 0;
};

}  // namespace ballast
