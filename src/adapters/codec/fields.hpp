// The schema of the text form: the name of every field, and which fields each type of event has.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "model/event.hpp"

namespace ballast {

enum class Field : std::uint8_t {
  t,
  type,
  id,
  leg,
  venue,
  account,
  book,
  instrument,
  side,
  qty,
  price,
  fee,
  fee_asset,
  origin,
  liquidity,
  order,
  asset,
  quote,
  reason,
  from,
  to,
  state,
  amount,
  bid,
  bid_qty,
  ask,
  ask_qty,
  rate,
  interval_h,
  underlying,
  expiry,
  vol,
  strikes,
  vols,
  svi,
  factor,
  target,
  band,
  limit,
  until,
  clear,
  rule,
  by,
  bids,
  bid_qtys,
  asks,
  ask_qtys,
  std_error,
  filled,
  proposal,
  action,
  inputs,
  accept,
  scope,
  route,
  channel,
  balance,
  role,
  subject,
  before,
  after,
  event,
  request,
  answer,
};
inline constexpr std::array<std::string_view, 64> field_names{
    "t",          "type",       "id",       "leg",     "venue",    "account",   "book",
    "instrument", "side",       "qty",      "price",   "fee",      "fee_asset", "origin",
    "liquidity",  "order",      "asset",    "quote",   "reason",   "from",      "to",
    "state",      "amount",     "bid",      "bid_qty", "ask",      "ask_qty",   "rate",
    "interval_h", "underlying", "expiry",   "vol",     "strikes",  "vols",      "svi",
    "factor",     "target",     "band",     "limit",   "until",    "clear",     "rule",
    "by",         "bids",       "bid_qtys", "asks",    "ask_qtys", "std_error", "filled",
    "proposal",   "action",     "inputs",   "accept",  "scope",    "route",     "channel",
    "balance",    "role",       "subject",  "before",  "after",    "event",     "request",
    "answer"};
static_assert(static_cast<std::size_t>(Field::answer) + 1 == field_names.size());
static_assert(field_names.size() <= 64, "a FieldSet has one bit each");
constexpr std::string_view to_string(Field field) {
  return field_names[static_cast<std::size_t>(field)];
}

/// A set of fields, one bit each.
class FieldSet {
 public:
  constexpr FieldSet() = default;
  constexpr FieldSet(std::initializer_list<Field> fields) {
    for (const Field field : fields)
      bits_ |= bit(field);
  }
  constexpr bool has(Field field) const { return (bits_ & bit(field)) != 0; }
  constexpr void add(Field field) { bits_ |= bit(field); }
  constexpr void clear() { bits_ = 0; }
  constexpr bool empty() const { return bits_ == 0; }
  /// Of a set that is not empty.
  constexpr Field first() const { return static_cast<Field>(__builtin_ctzll(bits_)); }
  constexpr FieldSet without(FieldSet other) const { return FieldSet(bits_ & ~other.bits_); }
  constexpr FieldSet with(FieldSet other) const { return FieldSet(bits_ | other.bits_); }

 private:
  constexpr explicit FieldSet(std::uint64_t bits) : bits_(bits) {}
  static constexpr std::uint64_t bit(Field field) {
    return std::uint64_t{1} << static_cast<unsigned>(field);
  }
  std::uint64_t bits_ = 0;
};

struct Schema {
  FieldSet required;
  FieldSet optional;
  constexpr FieldSet allowed() const { return required.with(optional); }
};

/// In the order of EventBody. `t` and `type` are required of all.
inline constexpr auto schemas = [] {
  using enum Field;
  std::array<Schema, std::variant_size_v<EventBody>> all{{
      /* fill */ {{id, venue, account, book, instrument, side, qty, price},
                  {fee, fee_asset, origin, liquidity, order, leg}},
      // The book is not part of a fill's identity, but whoever corrects a fill may repeat it.
      /* correct */
      {{id, venue, account, instrument}, {leg, book, side, qty, price, fee, fee_asset}},
      /* bust */ {{id, venue, account, instrument}, {leg, book}},
      /* balance */ {{venue, account, asset, qty}, {id, reason}},
      /* transfer */ {{id, asset, qty, from, to, state}, {route}},
      /* funding */ {{id, venue, account, book, instrument, amount, asset}, {}},
      /* position */ {{venue, account, qty}, {instrument, asset}},
      /* mark */ {{price}, {instrument, asset, quote}},
      /* top */ {{instrument, bid, bid_qty, ask, ask_qty}, {}},
      /* trade */ {{instrument, price, qty, side}, {}},
      /* funding_rate */ {{instrument, rate, interval_h}, {}},
      /* surface */ {{underlying, expiry}, {vol, strikes, vols, svi}},
      /* target */ {{factor}, {book, target, band, limit, until, clear}},
      /* acknowledge */ {{rule}, {factor, book, by}},
      /* shelve */ {{rule, until}, {by}},
      /* time */ {{}, {}},
      /* depth */ {{instrument, bids, bid_qtys, asks, ask_qtys}, {}},
      /* drift */ {{asset}, {rate, std_error, until, clear}},
      /* order */
      {{id, venue, account, book, instrument, side, qty, state},
       {price, filled, origin, proposal, reason}},
      /* quote */ {{instrument, bid, bid_qty, ask, ask_qty}, {reason, inputs}},
      /* decision */ {{id, factor, action, state}, {book, reason, inputs}},
      /* approve */ {{id, by}, {accept, reason}},
      /* kill */ {{scope, by, reason}, {}},
      /* rearm */ {{scope, by, reason}, {}},
      /* channel */ {{channel, balance}, {}},
      /* audit */ {{by, action, subject}, {role, before, after, reason, event}},
      /* receipt */ {{by, id, request, answer}, {}},
  }};
  for (Schema& schema : all)
    schema.required = schema.required.with({t, type});
  return all;
}();

inline constexpr std::array<std::string_view, 5> svi_names{"a", "b", "rho", "m", "sigma"};
inline constexpr std::array<std::string_view, 2> side_names{"buy", "sell"};
inline constexpr std::array<std::string_view, 3> liquidity_names{"unknown", "maker", "taker"};
inline constexpr std::array<std::string_view, 3> transfer_state_names{"sent", "arrived", "failed"};

}  // namespace ballast
