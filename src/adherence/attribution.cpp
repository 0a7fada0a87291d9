#include "adherence/attribution.hpp"

namespace ballast {
namespace {

Decimal saturating_sum(Decimal x, Decimal y) { return saturating_difference(x, -y); }

}  // namespace

std::array<Step, 2> split_target_step(const FactorState& before, const FactorState& after) {
  const Decimal move = saturating_difference(after.target, before.target);
  FactorState moved = after;
  moved.lower = saturating_sum(before.lower, move);
  moved.upper = saturating_sum(before.upper, move);
  return {{{moved, Cause::target}, {after, Cause::band}}};
}

void Attribution::apply(const Step& step) {
  if (!step.state.known) return;
  const Decimal distance = distance_outside(step.state);
  if (distance == distance_) return;  // nothing to attribute; in band, nothing to reset
  if (distance.zero()) {
    *this = {};
    return;
  }
  Decimal& part = parts_[static_cast<std::size_t>(step.cause)];
  part = saturating_sum(part, saturating_difference(distance, distance_));
  distance_ = distance;
}

Cause Attribution::dominant() const {
  Cause best = Cause::unknown;
  Int128 largest = 0;
  for (std::size_t i = 0; i < cause_count; ++i) {
    const Int128 toward = distance_.raw < 0 ? -parts_[i].raw : parts_[i].raw;
    if (toward > largest) {
      largest = toward;
      best = static_cast<Cause>(i);
    }
  }
  return best;
}

}  // namespace ballast
