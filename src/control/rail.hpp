// What a guard rail is: a check of one order, or one side of a quote, that looks at nothing but
// this input, and blocks when what it needs is missing. rails.hpp lists them; every one is held to
// the concept and to the conformance tests.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"
#include "model/control.hpp"
#include "model/event.hpp"

namespace ballast {

/// What is about to be sent and what is known. Money in the reporting currency, signed where a
/// position is. What is absent is not known.
struct RailInput {
  Timestamp now{};
  Side side = Side::buy;
  bool rests = false;              // a quote's side, not an order that takes
  double qty = 0.0;                // > 0
  std::optional<double> price;     // the limit price; an order without one takes any
  std::optional<double> notional;  // of the order
  std::optional<double> mark;      // the instrument's, in its own quote
  std::optional<Timestamp> mark_at;
  std::optional<Timestamp> top_at;        // when the top that the order rests on came
  std::optional<double> sent_today;       // notional of all orders of this UTC day before this one
  std::optional<std::uint32_t> messages;  // orders and quotes in the second before this one
  std::optional<double> position;         // notional now, signed
  std::optional<double> working;          // notional of open orders on the same side, >= 0
  std::optional<double> own_bid;          // the price at which we ourselves bid in the instrument
  std::optional<double> own_ask;
  bool margined = true;               // false: no margin of the account is configured
  std::optional<double> equity;       // of the account with this order, in its currency
  std::optional<double> margin;       // initial, with this order
  std::optional<double> free_before;  // equity less initial margin without it
  std::string margin_lack;            // why they are not known
  bool quotes_known = true;           // whether own_bid and own_ask say all there is
  std::optional<std::string> killed;  // the kill switch that covers this order, and why
};

/// Passes, or says why not.
struct RailVerdict {
  bool pass = true;
  std::string why;  // empty when it passes
};

template <class R>
concept IsRail = requires(const RailsConfig& config, const RailInput& input) {
  { R::name } -> std::convertible_to<std::string_view>;
  { R::watches(config) } -> std::same_as<bool>;  // configured, or always on
  { R::check(config, input) } -> std::same_as<RailVerdict>;
};

}  // namespace ballast
