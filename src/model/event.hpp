// Everything that can happen to a desk. An Event is a plain value: time is on it, it is never
// mutated, and Engine::step is a function of nothing else.
//
// Assets, venues, instruments, factors and rules are named by their index in the Desk; accounts and
// books, which appear as they trade, by name. docs/events.md describes the text form of each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"

namespace ballast {

using AccountName = Text<63>;  // holds a 42-character wallet address
using BookName = Text<39>;
using TradeId = Text<79>;  // holds a 66-character transaction hash and a suffix
using OrderId = Text<63>;
using Note = Text<95>;

enum class Side : std::uint8_t { buy, sell };
constexpr std::string_view to_string(Side side) { return side == Side::buy ? "buy" : "sell"; }
constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }

enum class Origin : std::uint8_t { unknown, client, quote, hedge, rebalance, correction };
inline constexpr std::array<std::string_view, 6> origin_names{"unknown", "client",    "quote",
                                                              "hedge",   "rebalance", "correction"};
constexpr std::string_view to_string(Origin origin) {
  return origin_names[static_cast<std::size_t>(origin)];
}

enum class Liquidity : std::uint8_t { unknown, maker, taker };

/// Where something sits: an account at a venue.
struct Place {
  VenueId venue;
  AccountName account;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A fill is identified, once and for ever, by (venue, account, instrument, id, leg).
struct FillKey {
  Place place;
  InstrumentId instrument;
  TradeId id;
  std::uint16_t leg = 0;
  friend bool operator==(const FillKey&, const FillKey&) = default;
};

struct Fee {
  Amount amount;  // + paid, - rebate
  AssetId asset;
  friend bool operator==(const Fee&, const Fee&) = default;
};

struct Fill {
  FillKey key;
  BookName book;
  Side side = Side::buy;
  Quantity qty;  // > 0, in the instrument's quantity unit (base asset, or contracts)
  Price price;   // > 0
  std::optional<Fee> fee;
  Origin origin = Origin::unknown;
  Liquidity liquidity = Liquidity::unknown;
  OrderId order;
  friend bool operator==(const Fill&, const Fill&) = default;
};

/// Replaces what a known fill said; absent fields keep their old value. `t` on the event is when
/// the correction was made: the fill keeps its own time.
struct Correct {
  FillKey key;
  std::optional<Side> side;
  std::optional<Quantity> qty;
  std::optional<Price> price;
  std::optional<Amount> fee;  // in the fee asset of the fill, or in `fee_asset`
  std::optional<AssetId> fee_asset;
  friend bool operator==(const Correct&, const Correct&) = default;
};

/// The fill never happened.
struct Bust {
  FillKey key;
  friend bool operator==(const Bust&, const Bust&) = default;
};

/// A deposit (+), withdrawal (-), opening balance, or an explicit adjustment that closes a break.
struct BalanceChange {
  Place place;
  AssetId asset;
  Amount qty;
  TradeId id;  // empty: never deduplicated
  Note reason;
  friend bool operator==(const BalanceChange&, const BalanceChange&) = default;
};

enum class TransferState : std::uint8_t { sent, arrived, failed };
struct Transfer {
  TradeId id;
  AssetId asset;
  Amount qty;  // > 0
  Place from;
  Place to;
  TransferState state = TransferState::sent;
  friend bool operator==(const Transfer&, const Transfer&) = default;
};

/// A funding payment on a position: + received, - paid.
struct FundingPayment {
  TradeId id;
  Place place;
  BookName book;
  InstrumentId instrument;
  Amount amount;
  AssetId asset;
  friend bool operator==(const FundingPayment&, const FundingPayment&) = default;
};

/// A venue's statement for reconciliation: of a position (instrument set), or of a balance (asset
/// set). A derivative position is the sum over the account's books. A spot position is the
/// account's balance of the base asset: that is all a venue can state of it.
struct Statement {
  Place place;
  InstrumentId instrument;  // valid: a position statement
  AssetId asset;            // valid: a balance statement
  Quantity qty;
  friend bool operator==(const Statement&, const Statement&) = default;
};

/// A price: of an instrument, or of an asset in another asset.
struct Mark {
  InstrumentId instrument;  // valid, or else asset and quote are
  AssetId asset;
  AssetId quote;
  Price price;  // > 0
  friend bool operator==(const Mark&, const Mark&) = default;
};

/// Best bid and ask. A side without orders has quantity zero.
struct Top {
  InstrumentId instrument;
  Price bid;
  Quantity bid_qty;
  Price ask;
  Quantity ask_qty;
  friend bool operator==(const Top&, const Top&) = default;
};

/// A public print.
struct Trade {
  InstrumentId instrument;
  Price price;
  Quantity qty;
  Side side = Side::buy;  // the aggressor
  friend bool operator==(const Trade&, const Trade&) = default;
};

struct FundingRate {
  InstrumentId instrument;
  Decimal rate;        // per interval, as a decimal
  Decimal interval_h;  // hours, > 0
  friend bool operator==(const FundingRate&, const FundingRate&) = default;
};

/// Implied volatility of one expiry: flat, by strike, or SVI parameters (a, b, rho, m, sigma).
struct Surface {
  AssetId underlying;
  Timestamp expiry;
  std::optional<double> vol;
  std::vector<double> strikes;
  std::vector<double> vols;
  std::optional<std::array<double, 5>> svi;
  friend bool operator==(const Surface&, const Surface&) = default;
};

struct Range {
  Decimal lower;
  Decimal upper;
  friend bool operator==(const Range&, const Range&) = default;
};

/// Overrides a factor's configured target model, until `until` or until one with `clear`.
/// Fields that are absent keep what was in force (band and limit levels are absolute).
struct TargetOverride {
  FactorId factor;
  std::optional<Decimal> target;
  std::optional<Range> band;
  std::optional<Range> limit;
  std::optional<Timestamp> until;
  bool clear = false;
  friend bool operator==(const TargetOverride&, const TargetOverride&) = default;
};

/// A person has seen a firing alert.
struct Acknowledge {
  RuleId rule;
  FactorId factor;  // invalid for rules on the desk's adherence
  Note by;
  friend bool operator==(const Acknowledge&, const Acknowledge&) = default;
};

/// No notifications of a rule until a time; its state is still kept. A past time ends the shelving.
struct Shelve {
  RuleId rule;
  Timestamp until;
  Note by;
  friend bool operator==(const Shelve&, const Shelve&) = default;
};

/// Nothing but the passing of time.
struct Tick {
  friend bool operator==(const Tick&, const Tick&) = default;
};

using EventBody = std::variant<Fill,
                               Correct,
                               Bust,
                               BalanceChange,
                               Transfer,
                               FundingPayment,
                               Statement,
                               Mark,
                               Top,
                               Trade,
                               FundingRate,
                               Surface,
                               TargetOverride,
                               Acknowledge,
                               Shelve,
                               Tick>;

/// The names of the bodies in the text form, in the order of EventBody.
inline constexpr std::array<std::string_view, 16> event_type_names{
    "fill", "correct", "bust",         "balance", "transfer", "funding",     "position", "mark",
    "top",  "trade",   "funding_rate", "surface", "target",   "acknowledge", "shelve",   "time"};
static_assert(std::variant_size_v<EventBody> == event_type_names.size());

struct Event {
  Timestamp t;
  EventBody body;
  std::string_view type() const { return event_type_names[body.index()]; }
  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace ballast
