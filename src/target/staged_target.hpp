// The stages of one factor's target, worked out together on the retarget grid.
//
//   base -> tilts -> scales -> band -> caps -> smoothing
//
// Between two times on the grid the answer stands. A stage whose input is unknown takes its last
// good reading for `max_age`, then its safe value, and says so. Levels are exact behind the last
// stage, rounded half to even at 1e-9 of the factor's unit. Not thread-safe; advance() allocates
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "target/stage.hpp"

namespace ballast {

/// A target and its band as offsets around it, exact.
struct Aimed {
  Decimal target;
  Range offsets;
  friend bool operator==(const Aimed&, const Aimed&) = default;
};

enum class StageStatus : std::uint8_t {
  fresh,  // read now
  held,   // the last good reading
  safe,   // the configured safe value
};
inline constexpr std::array<std::string_view, 3> stage_status_names{"fresh", "held", "safe"};

/// What one stage did when it last worked.
struct StageTrace {
  std::string_view part;
  std::string_view model;
  StageStatus status = StageStatus::safe;
  double reading = 0.0;
  std::optional<Timestamp> good_at;  // of the last good reading
  Draft before;
  Draft after;
  std::string_view formula;
  std::span<const std::string_view> input_names;
  std::span<const StageInput> inputs;
};

class StagedTarget {
 public:
  explicit StagedTarget(const FactorConfig& factor);

  /// Works every stage out from the base; an unknown base makes the target unknown.
  void advance(const StageWorld& world, const std::optional<Aimed>& base);
  /// The last answer; nothing when it is unknown or out of the decimal range.
  const std::optional<Aimed>& aimed() const { return aimed_; }
  Timestamp worked_at() const { return worked_at_; }
  /// The joint target that a tilt takes part in; nothing without one.
  std::optional<std::uint16_t> joint() const;
  std::vector<StageTrace> trace() const;

  template <class Archive>
  void archive(Archive& ar) {
    for (Stage& stage : stages_) {
      ar(stage.memory, stage.inputs, stage.status, stage.reading, stage.good, stage.good_at);
      ar(stage.before.target, stage.before.lower, stage.before.upper);
      ar(stage.after.target, stage.after.lower, stage.after.upper);
    }
    bool known = aimed_.has_value();
    ar(known);
    if (known && !aimed_) aimed_.emplace();
    if (known) ar(aimed_->target, aimed_->offsets.lower, aimed_->offsets.upper);
    ar(worked_at_);
  }

 private:
  struct Stage {
    TargetStage config;
    StageMemory memory;
    StageStatus status = StageStatus::safe;
    double reading = 0.0;
    bool good = false;    // there has been a good reading
    Timestamp good_at{};  // the last
    Draft before;
    Draft after;
    StageInputs inputs;  // last: mostly empty, and then no memory is touched for it
  };
  static double settle(Stage& stage,
                       const Hold* hold,
                       std::optional<double> reading,
                       Timestamp now);

  std::vector<Stage> stages_;
  std::optional<Aimed> aimed_;
  Timestamp worked_at_{};
};

}  // namespace ballast
