// Reconciliation: a venue's statement against our books. Where they differ, a break is open until they
// agree. Nothing is ever invented to make them agree.
//
// A place is an account with a derivative instrument, or with an asset (a venue can state no more of a
// spot position than the balance of its base asset). A break holds the difference as of its statement:
// what is learnt later about the time before the statement (a late fill, a correction, a bust) narrows
// it, and so does a balance event that removes exactly the difference; ordinary later fills do not.
// After `break_grace` an open break makes its place disputed. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/flat_map.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/change.hpp"
#include "model/event.hpp"

namespace ballast {

/// Exactly one of `instrument` (a derivative) and `asset` is valid.
struct BreakPlace {
  AccountId account;
  InstrumentId instrument;
  AssetId asset;
  friend bool operator==(const BreakPlace&, const BreakPlace&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(account, instrument, asset);
  }
};

/// What could explain a break. Never applied by itself.
struct BreakCandidate {
  enum class Kind : std::uint8_t {
    in_flight,   // a transfer of this amount, whose state the venue may see otherwise
    not_traded,  // without this fill (or these two) we would agree: a bust not heard of
    traded_more, // with this fill (or these two) again we would agree: one missed, or wrongly dropped
    dropped,     // a fill of this quantity that was refused or taken for a duplicate
  };
  Kind kind = Kind::in_flight;
  TradeId id;
  TradeId other;  // of a pair; else empty
  Quantity qty;   // signed: what applying or undoing it contributes to the place

  template <class Archive>
  void archive(Archive& ar) {
    ar(kind, id, other, qty);
  }
};

struct Break {
  BreakPlace place;
  Quantity stated;
  Quantity ours;       // as of the statement, with what is known now
  Timestamp since{};   // the first statement that differed
  Timestamp latest{};  // the latest one
  std::optional<Timestamp> closed;
  bool disputed = false;  // open for longer than the grace
  std::vector<BreakCandidate> candidates;

  bool open() const { return !closed.has_value(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(place, stated, ours, since, latest, closed, disputed, candidates);
  }
};

}  // namespace ballast
