// What the engine decides: values that the shell acts on after the event that caused them is
// durable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

/// An event (or part of it) that was not applied, and why. Nothing that was good is lost.
enum class Refusal : std::uint8_t {
  conflicting_body,  // a known key with a different body
  unknown_fill,      // a correction or bust of a fill that is not known
  busted_fill,       // a correction of a fill that was busted
  duplicate_state,   // a transfer that already arrived or failed, or moves backwards
  conflicting_transfer,
  overflow,  // a number left the decimal range
  invalid,   // anything else; should not pass the reader
};
inline constexpr std::array<std::string_view, 7> refusal_names{
    "conflicting_body",     "unknown_fill", "busted_fill", "duplicate_state",
    "conflicting_transfer", "overflow",     "invalid"};

/// The reason as a sentence for a person, with what to do about it.
constexpr std::string_view refusal_text(Refusal why) {
  switch (why) {
    case Refusal::conflicting_body:
      return "its key is known with a different body; send a `correct` event to change a fill";
    case Refusal::unknown_fill:
      return "no fill with that key is known; check id, account and leg";
    case Refusal::busted_fill:
      return "the fill was busted before";
    case Refusal::duplicate_state:
      return "the transfer had already ended, or would move backwards";
    case Refusal::conflicting_transfer:
      return "a transfer with that id is known with another asset, amount or accounts";
    case Refusal::overflow:
      return "a sum would leave the decimal range of +-1.7e20";
    case Refusal::invalid:
      return "it contradicts the present state (a reversed range, a target outside its band, an "
             "`until` that has passed, an alert that does not fire, a proposal that does not wait, "
             "a "
             "balance beyond its channel)";
  }
  return "";
}

struct Refused {
  Refusal why = Refusal::invalid;
  TradeId id;
};

/// The same event again: counted, not applied.
struct Duplicate {
  TradeId id;
};

enum class AlertState : std::uint8_t { ok, pending, firing, acknowledged };
inline constexpr std::array<std::string_view, 4> alert_state_names{"ok", "pending", "firing",
                                                                   "acknowledged"};

/// One transition of one alert. (rule, factor, episode, state) names it for ever: replay yields the
/// same.
struct AlertTransition {
  RuleId rule;  // or, when `objective` is set, the index of the objective
  bool objective = false;
  FactorId factor;            // invalid: the desk, or `scope`
  Scope scope;                // of a kill switch: what it stops
  std::uint32_t episode = 0;  // 1, 2, ...
  AlertState state = AlertState::ok;
  bool repeat = false;  // a reminder of a state that still holds
  bool notify = true;   // false: shelved, or held back by flood control (state is never lost)
  Severity severity = Severity::warning;
  Timestamp since;     // when this state began
  double value = 0.0;  // the measure at the transition
  std::string reason;  // of a breaker or kill switch: why, and who rearmed it
};

/// At the end of a minute in which flood control held notifications back: how many.
struct FloodSummary {
  std::uint32_t held_back = 0;
};

enum class BreakState : std::uint8_t { open, closed };
/// A venue's statement differs from our books, or agrees again.
struct BreakChange {
  BreakState state = BreakState::open;
  VenueId venue;
  AccountId account;
  InstrumentId instrument;  // valid, or else `asset` is
  AssetId asset;
  Quantity stated;
  Quantity ours;
  Timestamp since;
};

struct TransferOverdue {
  TradeId id;
  AssetId asset;
  Amount qty;
  Timestamp sent;
};

// ---- what control wants done: for whoever executes, once the events behind it are durable

/// Something about a proposal was decided: to be written down as an event.
struct Decided {
  Decision decision;
};
/// Send this order: immediate or cancel, at its limit price. `state` is `sent`.
struct OrderRequest {
  Order order;
};
struct CancelRequest {
  OrderId id;
  Place place;
  InstrumentId instrument;
};
/// Replace what we quote in an instrument; its orders rest (post-only where so configured).
struct QuoteRequest {
  Quote quote;
  Place place;
  BookName book;
  bool post_only = true;
};
/// Start a transfer; `state` is `sent`.
struct TransferRequest {
  Transfer transfer;
};
/// A factor's control stopped itself after too many failures; only a `rearm` starts it again.
struct BreakerTripped {
  FactorId factor;
  std::uint32_t failures = 0;
  Note reason;  // of the last failure
};

using EffectBody = std::variant<Refused,
                                Duplicate,
                                AlertTransition,
                                FloodSummary,
                                BreakChange,
                                TransferOverdue,
                                Decided,
                                OrderRequest,
                                CancelRequest,
                                QuoteRequest,
                                TransferRequest,
                                BreakerTripped>;

struct Effect {
  Timestamp t;
  EffectBody body;
};

}  // namespace ballast
