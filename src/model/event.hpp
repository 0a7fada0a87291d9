// Everything that can happen to a desk. An Event is a plain value: time is on it, it is never
// mutated, and Engine::step is a function of nothing else.
//
// Assets, venues, instruments, factors and rules are named by their index in the Desk; accounts and
// books, which appear as they trade, by name. docs/events.md describes the text form of each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
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
  Price price;   // > 0; of an option >= 0: coins, where it is paid in coin
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
  RouteId route{};  // the configured way it takes; invalid: not said
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

/// One price of an order book and the whole quantity there.
struct BookLevel {
  Price price;
  Quantity qty;
  friend bool operator==(const BookLevel&, const BookLevel&) = default;
};

/// The best levels of an order book, best first: all that is known of it now.
struct Depth {
  InstrumentId instrument;
  std::vector<BookLevel> bids;  // falling prices, quantities > 0
  std::vector<BookLevel> asks;  // rising prices, quantities > 0
  friend bool operator==(const Depth&, const Depth&) = default;
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

/// What somebody expects of an asset's price, as an input of target stages: replaces what was said
/// of the asset before, holds until `until` or until one with `clear`.
struct Drift {
  AssetId asset;
  Decimal rate;       // expected relative return a day
  Decimal std_error;  // of that expectation, >= 0
  std::optional<Timestamp> until;
  bool clear = false;
  friend bool operator==(const Drift&, const Drift&) = default;
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

// ---- control

enum class OrderState : std::uint8_t {
  sent,       // it left us; nothing is known of it yet
  working,    // the venue has it
  filled,     // wholly; its fills are events of their own
  cancelled,  // what was not filled is gone
  rejected,   // the venue never took it
  unknown,    // the venue does not answer: it may have traded or not
};
inline constexpr std::array<std::string_view, 6> order_state_names{
    "sent", "working", "filled", "cancelled", "rejected", "unknown"};
constexpr std::string_view to_string(OrderState state) {
  return order_state_names[static_cast<std::size_t>(state)];
}
constexpr bool ended(OrderState state) {
  return state == OrderState::filled || state == OrderState::cancelled ||
         state == OrderState::rejected;
}

/// One of our own orders, as far as we know of it. `filled` is what the venue says it traded;
/// positions move with its `fill` events, which name it.
struct Order {
  OrderId id;
  Place place;
  BookName book;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity qty;                // > 0
  std::optional<Price> price;  // limit; absent: at the market
  Quantity filled;             // 0 to qty
  OrderState state = OrderState::working;
  Origin origin = Origin::unknown;
  TradeId proposal;  // the proposal that it carries out; empty: none
  Note reason;       // of a rejection or cancellation, in the venue's words
  friend bool operator==(const Order&, const Order&) = default;
};

/// A named number that a decision rests on.
struct DecisionInput {
  Text<39> name;
  double value = 0.0;
  friend bool operator==(const DecisionInput&, const DecisionInput&) = default;
};

/// What the desk quotes in an instrument from now on; a side of quantity zero is pulled.
struct Quote {
  InstrumentId instrument;
  Price bid;
  Quantity bid_qty;
  Price ask;
  Quantity ask_qty;
  Note reason;  // why a side is pulled
  std::vector<DecisionInput> inputs;
  friend bool operator==(const Quote&, const Quote&) = default;
};

enum class Action : std::uint8_t { wait, skew, hedge, transfer };
inline constexpr std::array<std::string_view, 4> action_names{"wait", "skew", "hedge", "transfer"};
constexpr std::string_view to_string(Action action) {
  return action_names[static_cast<std::size_t>(action)];
}

enum class ProposalState : std::uint8_t {
  advised,   // for a person to carry out
  waiting,   // for a person's approval
  approved,  // by a person, and being carried out
  acting,    // being carried out
  blocked,   // a guard rail held it back
  rejected,  // by a person
  expired,   // nobody approved in time
  verified,  // the deviation went as promised
  failed,    // it did not
  withdrawn  // overtaken: the deviation was gone before anything was done
};
inline constexpr std::array<std::string_view, 10> proposal_state_names{
    "advised",  "waiting", "approved", "acting", "blocked",
    "rejected", "expired", "verified", "failed", "withdrawn"};
constexpr std::string_view to_string(ProposalState state) {
  return proposal_state_names[static_cast<std::size_t>(state)];
}

/// What the engine decided about a factor, and on which numbers. Written down by whoever carries it
/// out; when the engine reads it back it holds it against its own decision.
struct Decision {
  TradeId id;  // of the proposal
  FactorId factor;
  Action action = Action::wait;
  ProposalState state = ProposalState::advised;
  Note reason;
  std::vector<DecisionInput> inputs;
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// A person's answer to a proposal that waits for one.
struct Approve {
  TradeId id;
  bool accept = true;
  Note by;
  Note reason;
  friend bool operator==(const Approve&, const Approve&) = default;
};

/// What a kill switch stops.
enum class ScopeKind : std::uint8_t { desk, venue, account, book, factor };
inline constexpr std::array<std::string_view, 5> scope_kind_names{"desk", "venue", "account",
                                                                  "book", "factor"};
struct Scope {
  ScopeKind kind = ScopeKind::desk;
  Place place;      // venue, account
  BookName book;    // book
  FactorId factor;  // factor: its breaker
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// Stops quoting, hedging and transfers in a scope until it is armed again.
struct Kill {
  Scope scope;
  Note by;
  Note reason;
  friend bool operator==(const Kill&, const Kill&) = default;
};

/// Lifts a kill switch, or closes a factor's breaker again: never without a reason.
struct Rearm {
  Scope scope;
  Note by;
  Note reason;
  friend bool operator==(const Rearm&, const Rearm&) = default;
};

/// What stands on our side of a channel, as its node says.
struct ChannelBalance {
  ChannelId channel;
  Amount balance;  // 0 to the channel's capacity
  friend bool operator==(const ChannelBalance&, const ChannelBalance&) = default;
};

inline constexpr std::size_t audit_text_max = std::size_t{64} << 10U;
inline constexpr std::size_t receipt_answer_max = std::size_t{4} << 20U;

/// Who changed what, written right behind the event that changed it. The engine does not act on it:
/// it is there so that the journal's chain holds it.
/// The strings hold at most `audit_text_max` bytes each.
struct Audit {
  Note by;             // a token's name, or who started the service
  Text<15> role;       // as it was then
  Text<39> action;     // "target.set", "kill", "token.create", "config.reload"
  Text<95> subject;    // what was changed: "delta:BTC", "venue:deribit"
  std::string before;  // JSON, or empty: there was nothing
  std::string after;   // JSON, or empty: there is nothing
  std::string reason;
  std::uint64_t event = 0;  // the changing event's number; 0: the change is no event
  friend bool operator==(const Audit&, const Audit&) = default;
};

/// A batch of events was taken under a key, so that the same request is not taken twice.
struct Receipt {
  Note by;
  Text<255> key;
  std::uint64_t request = 0;  // hash of the request
  std::string answer;         // JSON: what was answered; at most `receipt_answer_max` bytes
  friend bool operator==(const Receipt&, const Receipt&) = default;
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
                               Tick,
                               Depth,
                               Drift,
                               Order,
                               Quote,
                               Decision,
                               Approve,
                               Kill,
                               Rearm,
                               ChannelBalance,
                               Audit,
                               Receipt>;

/// The names of the bodies in the text form, in the order of EventBody.
inline constexpr std::array<std::string_view, 27> event_type_names{
    "fill",    "correct", "bust",  "balance",      "transfer", "funding", "position",
    "mark",    "top",     "trade", "funding_rate", "surface",  "target",  "acknowledge",
    "shelve",  "time",    "depth", "drift",        "order",    "quote",   "decision",
    "approve", "kill",    "rearm", "channel",      "audit",    "receipt"};
static_assert(std::variant_size_v<EventBody> == event_type_names.size());

struct Event {
  Timestamp t;
  EventBody body;
  std::string_view type() const { return event_type_names[body.index()]; }
  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace ballast
