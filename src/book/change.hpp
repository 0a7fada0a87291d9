// What one event did to the books: plain lists that the floors above read instead of comparing
// states.
//
// The lists belong to the Books that made them and hold until its next apply() or run_due().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

/// One position after one fill, correction or bust.
struct PositionChange {
  PositionId position;
  InstrumentId instrument;
  AccountId account;
  BookId book;
  Quantity qty_before;
  Quantity qty_after;
  Amount flow_change;  // of -sum value(trade), in the settlement asset
};

/// Why cash moved. All but `transfer` have their counterpart outside the desk.
enum class CashKind : std::uint8_t { trade, fee, funding, realized, deposit, transfer };
inline constexpr std::array<std::string_view, 6> cash_kind_names{"trade",    "fee",     "funding",
                                                                 "realized", "deposit", "transfer"};
inline constexpr std::size_t outside_kinds = 5;

struct CashChange {
  AccountId account;
  VenueId venue;
  AssetId asset;
  BookId book;              // invalid for deposits and transfers
  InstrumentId instrument;  // likewise
  Amount change;
  CashKind kind = CashKind::trade;
};

/// What is between two accounts.
struct FlightChange {
  AssetId asset;
  Amount change;
};

/// A break became old enough to make what depends on it unknown, or is settled again.
struct DisputeChange {
  AccountId account;
  InstrumentId instrument;  // valid, or else `asset` is
  AssetId asset;
  bool disputed = false;
};

/// Everything that the last event changed. Several cash changes may touch the same balance.
struct Changes {
  std::vector<PositionChange> positions;
  std::vector<CashChange> cash;
  std::vector<FlightChange> flights;
  std::vector<BreakChange> breaks;
  std::vector<DisputeChange> disputes;

  void clear() {
    positions.clear();
    cash.clear();
    flights.clear();
    breaks.clear();
    disputes.clear();
  }
};

enum class Verdict : std::uint8_t {
  applied,
  duplicate,  // the same event again: counted, nothing changed
  refused,    // `why` says what for: counted, nothing changed
};

struct Outcome {
  Verdict verdict = Verdict::applied;
  Refusal why = Refusal::invalid;   // of a refusal
  bool late = false;                // a fill that belongs before one already applied
  Origin origin = Origin::unknown;  // of the fill that was applied, corrected or busted
  Quantity signed_qty_change{};     // what that did to its position: + bought, - sold

  bool applied() const { return verdict == Verdict::applied; }
};

}  // namespace ballast
