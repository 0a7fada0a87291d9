// What a target stage is: a plain struct in model/target_stage.hpp, and a few functions beside it
// in target/<part>_stages.{hpp,cpp}, found by their argument's type. target_stages.hpp lists them;
// each alternative of TargetStage is held to the concept and to the conformance tests.
//
// Stages work on doubles: they move with estimates. TargetPipeline crosses to exact levels once,
// behind the last of them.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/timestamp.hpp"
#include "market/learning.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"
#include "target/drifts.hpp"

namespace ballast {

/// Where the factor should be, so far: a target, and its band as offsets, lower <= 0 <= upper.
struct Draft {
  double target = 0.0;
  double lower = 0.0;
  double upper = 0.0;
  friend bool operator==(const Draft&, const Draft&) = default;
};

/// A number that a stage looked at.
using StageInput = Figure;

/// The inputs of one reading, in the order of the stage's input_names().
class StageInputs {
 public:
  static constexpr std::size_t capacity = 8;

  void clear() { size_ = 0; }
  std::optional<double> add(const StageInput& input) {
    StageInput& place = inputs_[size_++];
    // One by one: wide copies of what was just written in parts would wait for it.
    place.value = input.value;
    place.t = input.t;
    place.observations = input.observations;
    place.lack = input.lack;
    return input.given();
  }
  std::optional<double> add_unknown() { return add(StageInput{}); }
  std::optional<double> add(const Learned& learned) {
    const bool known = learned.lack == Lack::none;
    return add(StageInput{known ? learned.estimate.value : 0.0, learned.estimate.t,
                          learned.estimate.observations, learned.lack});
  }
  std::optional<double> add(const Quoted& price) {
    if (!price.present) return add_unknown();
    return add(StageInput{to_double(price.price), price.t, 0, Lack::none});
  }
  std::span<const StageInput> all() const { return {inputs_.data(), size_}; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(size_);
    if (size_ > capacity) {
      size_ = 0;
      ar.fail();
    }
    for (StageInput& input : inputs_) {
      std::optional<double> value = input.given();
      ar(value, input.t, input.observations, input.lack);
      input.value = value.value_or(0.0);
      if (value.has_value() != (input.lack == Lack::none)) input.lack = Lack::never;
    }
  }

 private:
  std::size_t size_ = 0;
  std::array<StageInput, capacity> inputs_{};
};

/// The share of a way that smoothing last took, which two numbers alone decide and which on a grid
/// is the same every time. No state: left out of snapshots.
struct TakenShare {
  double rate = 0.0;  // a period
  Duration time{};
  double share = 0.0;  // 1 - (1 - rate)^(time / period)
};

/// What a stage remembers from one time to the next.
struct StageMemory {
  double level = 0.0;
  double weight = 0.0;
  double last = 0.0;
  std::uint32_t count = 0;
  Timestamp t{};
  TakenShare taken;

  template <class Archive>
  void archive(Archive& ar) {
    ar(level, weight, last, count, t);
  }
};

/// A factor's part of a joint target.
struct JointShare {
  std::optional<double> units;  // in the factor's unit
  Timestamp t{};                // of its oldest input
};

/// What stages may look at. The money that one unit of the factor is worth is the price of its unit
/// in the reporting currency; its risk is that times the relative volatility of an instrument.
struct StageWorld {
  Timestamp now{};
  const Desk* desk = nullptr;
  const FactorConfig* factor = nullptr;
  const Market* market = nullptr;
  const MarketLearning* learning = nullptr;
  const Drifts* drifts = nullptr;
  JointShare joint;                    // of the group that the factor's joint tilt names
  std::optional<double> uncontrolled;  // exposure without hedges, in the factor's unit

  const Quoted& unit_price() const { return market->asset_price(factor->unit); }
  Figure figure(EstimateKind kind, InstrumentId instrument) const {
    return learning->figure(now, instrument, kind);
  }
};

template <class S>
concept IsTargetStage = std::regular<S> && requires(const S& stage,
                                                    const StageWorld& world,
                                                    const Draft& draft,
                                                    Draft& changed,
                                                    StageMemory& memory,
                                                    StageInputs& inputs) {
  /// The number that the stage takes from the world; nothing when an input is unknown. Adds every
  /// input, known or not.
  { read(stage, world, draft, memory, inputs) } -> std::same_as<std::optional<double>>;
  /// What the reading does to the draft.
  { act(stage, 1.0, world, memory, changed) } -> std::same_as<void>;
  { input_names(stage) } -> std::same_as<std::span<const std::string_view>>;
  /// How the reading follows from the inputs, for a person.
  { formula(stage) } -> std::same_as<std::string_view>;
  /// How long a reading holds, and what follows; nullptr when it needs no inputs.
  { hold(stage) } -> std::same_as<const Hold*>;
  /// Adds the instruments to learn from.
  { instruments(stage) } -> std::same_as<std::array<InstrumentId, 2>>;
};

}  // namespace ballast
