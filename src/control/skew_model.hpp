// What a skew model is: a plain struct in model/control.hpp that says how a two-sided quote leans
// against a factor's deviation from its target, and functions beside it in control/<name>_skew.*,
// found by their argument's type. skew_models.hpp lists them; every alternative of SkewModel is
// held to the concept and to the conformance tests. Nothing here keeps state.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/control.hpp"

namespace ballast {

/// What a model may look at. Prices are in the instrument's quote, money in the reporting currency.
struct SkewInput {
  double mid = 0.0;        // > 0
  double deviation = 0.0;  // of the factor from its target, in units of the instrument's quantity:
                           // + when the desk holds too much
  double z = 0.0;          // the same in band half widths, clamped to +-1e6
  double fill = 0.0;       // quantity of one side of the quote, > 0
  double room_up = 0.0;    // how many units more may be held before the limit, >= 0
  double room_down = 0.0;  // how many fewer, >= 0
  double money = 0.0;      // reporting currency for one unit of the quote asset, times the units of
                           // base in one of the instrument's quantity: turns price * quantity into
                           // money, > 0
  std::optional<double> sigma;      // price per square-root second, > 0
  std::optional<double> fill_rate;  // A: fills a second at depth 0, > 0
  std::optional<double> k;          // decay of the fill rate with depth, 1 / price, > 0
  /// What all quotes together say of this one, in prices, for the models of several assets and of
  /// options: how far its middle moves down, and its half spread.
  std::optional<double> joint_skew;
  std::optional<double> joint_half_spread;
  std::optional<double> vol_points;  // joint_skew of an option as points of its volatility
};

/// Depths of both sides from the mid, in prices, may be negative; factors on their sizes.
struct SkewedQuote {
  double bid_depth = 0.0;
  double ask_depth = 0.0;
  double bid_size = 1.0;  // in [0, 2]
  double ask_size = 1.0;
  friend bool operator==(const SkewedQuote&, const SkewedQuote&) = default;
};

template <class M>
concept IsSkewModel = std::regular<M> && requires(const M& model, const SkewInput& input) {
  /// An error that names the input when one is missing or out of its domain.
  { skewed(model, input) } -> std::same_as<Result<SkewedQuote>>;
};

}  // namespace ballast
