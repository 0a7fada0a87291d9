// What a target model is: a plain struct in model/desk.hpp that says where a factor should be, and
// three pure functions beside it in target/<name>_target.{hpp,cpp}, found by their argument's type.
// target_models.hpp lists them; every alternative of TargetModel is held to the concept and to the
// conformance test. Values are in the factor's unit, exact. Nothing here keeps state.
#pragma once

#include <concepts>
#include <optional>
#include <string>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

/// What a model may look at.
struct Inventory {
  Timestamp now;
  std::optional<Decimal> price;  // of one unit of the factor, in reporting currency, > 0 when known
  std::optional<Decimal> net_asset_value;  // of the desk, in reporting currency
  std::optional<Decimal> said{};           // by a `target` event that holds
};

/// What a model answers: a target in the factor's unit and a factor (>= 0) on the band's offsets.
struct Aim {
  Decimal target;
  Decimal band_scale = Decimal::whole(1);
  friend bool operator==(const Aim&, const Aim&) = default;
};

template <class M>
concept IsTargetModel = std::regular<M> &&
    requires(const M& model, const Inventory& inventory, Timestamp now) {
  /// Nothing when an input is missing or the answer leaves the decimal range: the target is
  /// unknown, and so is the factor's adherence.
  { aim(model, inventory) } -> std::same_as<std::optional<Aim>>;
  /// The first instant after `now` at which the answer changes by time alone.
  { next_change(model, now) } -> std::same_as<std::optional<Timestamp>>;
  /// Does the answer depend on price or net asset value? If not, only time and overrides move it.
  { reads_value(model) } -> std::same_as<bool>;
  /// One line for a person: how the answer came about, or why there is none.
  { describe(model, inventory) } -> std::same_as<std::string>;
};

}  // namespace ballast
