// TargetPipeline: where one factor should be now, and why, each step of which can explain itself:
//
//   model     the configured target model, with the factor's band around it and its limit
//   stages    what moves them with the market, if the factor has any (target/staged_target.hpp):
//             worked out by retarget(), and standing until the next
//   override  what `target` events replaced, until they end
//   limit     target and band brought inside the hard limit, which therefore stays hard
//
// Invariant of a plan: limit.lower <= band.lower <= target <= band.upper <= limit.upper. All levels
// are absolute, exact, in the factor's unit. Not thread-safe; depends on nothing but its arguments.
//
// Overrides. Fields that an event leaves out keep what was in force, `until` among them; it ends
// what its event sets, target and band together, and the limit apart: a trader's target may end
// while a risk manager's limit stays. A target alone moves an overridden band along with it; a band
// alone keeps the target, overridden or modelled. While a model's target wanders past an overridden
// band, it is held at the band's edge: the person who set the band spoke later. `clear` ends what
// was in force; fields beside it start afresh. With the model `event`, the target of an event is
// the base that the stages work on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"
#include "target/staged_target.hpp"
#include "target/target_model.hpp"

namespace ballast {

struct Plan {
  Decimal target;
  Range band;
  Range limit;
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// What became of a `target` event; everything but `applied` left the state as it was.
enum class OverrideAnswer : std::uint8_t {
  applied,
  reversed_range,       // a band or limit whose lower end is above its upper
  target_outside_band,  // the target in force and the band in force would contradict each other
  already_over,         // `until` is not after now
  says_nothing,         // no field that changes anything
  overflow,             // a moved band would leave the decimal range
};
constexpr std::string_view to_string(OverrideAnswer answer) {
  constexpr std::string_view names[] = {"applied",      "reversed_range", "target_outside_band",
                                        "already_over", "says_nothing",   "overflow"};
  return names[static_cast<std::size_t>(answer)];
}

/// One step of an explanation: what it did, and the plan after it (absent: unknown).
struct PlanStage {
  std::string_view name;
  std::string text;
  std::optional<Plan> plan;
};

class TargetPipeline {
 public:
  /// What `target` events replaced.
  struct Override {
    std::optional<Decimal> target;
    std::optional<Range> band;
    std::optional<Range> limit;
    std::optional<Timestamp> until;        // of target and band
    std::optional<Timestamp> limit_until;  // of the limit
    Timestamp set_at;                      // target and band

    bool empty() const { return !target && !band && !limit; }
    template <class Archive>
    void archive(Archive& ar) {
      ar(target, band, limit, until, limit_until, set_at);
    }
  };

  explicit TargetPipeline(const FactorConfig& factor);

  /// Whether the target follows the market: then retarget() is called on the grid.
  bool staged() const { return staged_.has_value(); }
  const StagedTarget* stages() const { return staged_ ? &*staged_ : nullptr; }
  /// Works the stages out anew. Requires staged().
  void retarget(const Inventory& inventory, const StageWorld& world);

  /// Nothing when the model's target is unknown and not overridden, or out of the decimal range.
  std::optional<Plan> plan(const Inventory& inventory) const;
  /// `change.factor` is the caller's business.
  OverrideAnswer apply(const TargetOverride& change, const Inventory& inventory);

  /// The first instant after `now` at which the plan may change by time alone.
  std::optional<Timestamp> next_change(Timestamp now) const;
  /// May the plan change with price or net asset value? If not, there is no need to ask again on
  /// marks.
  bool reads_value(Timestamp now) const;
  /// When the override in force was last set, for judging its age; nothing without one, or when it
  /// says until when it holds.
  std::optional<Timestamp> overridden_at(Timestamp now) const;

  /// Without what has ended; nothing when nothing is overridden.
  std::optional<Override> in_force(Timestamp now) const;

  /// Hints the memory system that plan() is about to be asked.
  void prefetch() const {
    __builtin_prefetch(&model_);
    __builtin_prefetch(&band_);
    __builtin_prefetch(&override_);
  }

  std::vector<PlanStage> explain(const Inventory& inventory) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(override_);
    if (staged_) ar(*staged_);
  }

 private:
  struct Steps {
    std::optional<Plan> modelled;
    std::optional<Plan> staged;
    std::optional<Plan> overridden;
    std::optional<Plan> limited;
  };

  Steps step_by_step(const Inventory& inventory) const;
  std::optional<Aimed> modelled(const Inventory& inventory) const;
  std::optional<Aimed> aimed(const Inventory& inventory) const;
  void impose(const Override& override, const Range& offsets, std::optional<Plan>& plan) const;
  bool base_by_event() const { return std::holds_alternative<EventTarget>(model_); }
  std::optional<Decimal> said(Timestamp now) const;
  static void bring_inside_limit(Plan& plan);
  std::optional<Plan> around(Decimal target, const Range& offsets) const;

  TargetModel model_;
  Range band_;
  std::optional<Range> limit_;
  Override override_;
  std::optional<StagedTarget> staged_;  // absent: the model's target stands as it is
};

}  // namespace ballast
