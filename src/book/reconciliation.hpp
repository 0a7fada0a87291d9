// Reconciliation: a venue's statement against our books. Where they differ, a break is open until
// they agree. Nothing is ever invented to make them agree.
//
// A place is an account with a derivative instrument, or with an asset (a venue can state no more
// of a spot position than the balance of its base asset). A break holds the difference as of its
// statement: what is learnt later about the time before the statement (a late fill, a correction, a
// bust) narrows it, and so does a balance event that removes exactly the difference; ordinary later
// fills do not. After `break_grace` an open break makes its place disputed. Not thread-safe.
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
    in_flight,    // a transfer of this amount, whose state the venue may see otherwise
    not_traded,   // without this fill (or these two) we would agree: a bust not heard of
    traded_more,  // with this fill (or these two) again we would agree: one missed, or wrongly
                  // dropped
    dropped,      // a fill of this quantity that was refused or taken for a duplicate
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

  template <class Archive>
  void archive(Archive& ar) {
    ar(place, stated, ours, since, latest, closed, disputed, candidates);
  }
};

class Reconciliation {
 public:
  explicit Reconciliation(Duration grace) : grace_(grace) {}

  /// The time of the latest statement of a place; nothing when there was none.
  std::optional<Timestamp> latest(const BreakPlace& place) const;
  /// A statement, not older than the latest of its place. Returns the break that it opened, for its
  /// candidates to be filled in, or null.
  Break* state(Timestamp t, const BreakPlace& place, Quantity stated, Quantity ours);
  /// Our books changed by `change` as of `t`. `settles`: an adjustment, which closes a break that
  /// it equals whatever its time.
  void adjust(Timestamp now, Timestamp t, const BreakPlace& place, Quantity change, bool settles);
  bool any_open() const { return open_count_ > 0; }

  /// The open breaks in order of opening, then the latest `closed_max` closed ones in order of
  /// closing.
  std::span<const Break> breaks() const { return breaks_; }
  bool disputed(const BreakPlace& place) const;

  std::optional<Timestamp> next_due() const { return next_due_; }
  /// Breaks whose grace is over become disputed, in order of opening.
  void run_due(Timestamp now);

  /// What changed since the last take, in order.
  struct Transition {
    enum class Kind : std::uint8_t { opened, closed, disputed, settled };
    Kind kind = Kind::opened;
    BreakPlace place;
    Quantity stated;
    Quantity ours;
    Timestamp since{};
  };
  std::vector<Transition>& transitions() { return transitions_; }

  std::size_t memory_bytes() const;
  /// After loading: rebuilds the tables; false when the bytes were damaged.
  bool restore(std::size_t accounts, std::size_t instruments, std::size_t assets);

  template <class Archive>
  void archive(Archive& ar) {
    ar(places_, breaks_, open_count_);
  }

  static constexpr std::size_t closed_max = 256;

 private:
  struct Stated {
    BreakPlace place;
    Timestamp latest{};
    bool open = false;
    template <class Archive>
    void archive(Archive& ar) {
      ar(place, latest, open);
    }
  };
  struct PlaceHash {
    std::size_t operator()(const BreakPlace& place) const {
      return mix(mix(place.account.value, place.instrument.value), place.asset.value);
    }
  };
  const Stated* find(const BreakPlace& place) const;
  std::span<const Break> open() const { return breaks().first(open_count_); }
  std::size_t open_index(const BreakPlace& place) const;
  void note(Transition::Kind kind, const Break& what);
  void close(Stated& stated, std::size_t index, Timestamp t);
  void refresh_due();

  Duration grace_;
  std::vector<Stated> places_;
  std::vector<Break> breaks_;  // the first open_count_ are open
  std::uint32_t open_count_ = 0;
  std::optional<Timestamp> next_due_;
  std::vector<Transition> transitions_;
  FlatMap<BreakPlace, std::uint32_t, PlaceHash> index_;
};

}  // namespace ballast
