// Why is the factor out of its band? Each change of the distance outside goes to exactly one cause.
//
// The contributions start from 0 at the last moment in band and sum to the signed distance exactly.
// A moment in band is any step that leaves the factor in band, however short. Unknown time freezes
// them: what the distance changed by in the dark goes to the step that made the factor known again.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "adherence/reading.hpp"
#include "base/decimal.hpp"
#include "model/event.hpp"

namespace ballast {

/// In the order that breaks ties between equal contributions.
enum class Cause : std::uint8_t {
  client,
  quote,
  hedge,
  rebalance,
  correction,
  unknown,  // fills of unknown origin
  market,   // re-pricing changed the exposure
  target,   // the target moved
  band,     // the band moved
};
inline constexpr std::array<std::string_view, 9> cause_names{
    "client", "quote", "hedge", "rebalance", "correction", "unknown", "market", "target", "band"};
constexpr std::size_t cause_count = cause_names.size();
constexpr std::string_view to_string(Cause cause) {
  return cause_names[static_cast<std::size_t>(cause)];
}

/// The cause of a change that a fill of this origin made.
constexpr Cause cause_of(Origin origin) {
  switch (origin) {
    case Origin::client:
      return Cause::client;
    case Origin::quote:
      return Cause::quote;
    case Origin::hedge:
      return Cause::hedge;
    case Origin::rebalance:
      return Cause::rebalance;
    case Origin::correction:
      return Cause::correction;
    case Origin::unknown:
      break;
  }
  return Cause::unknown;
}

/// One of the changes that an event made, in order, and the levels after it.
struct Step {
  FactorState state;
  Cause cause = Cause::unknown;
};

/// A target that moves and a band that moves relative to it are two changes: first the band goes
/// with the target (cause target), and what remains is the band's own (cause band).
std::array<Step, 2> split_target_step(const FactorState& before, const FactorState& after);

class Attribution {
 public:
  void apply(const Step& step);

  Decimal contribution(Cause cause) const { return parts_[static_cast<std::size_t>(cause)]; }
  /// The distance that the contributions sum to.
  Decimal distance() const { return distance_; }
  /// The largest contribution in the direction of the distance; `unknown` when there is none.
  Cause dominant() const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(parts_, distance_);
  }

 private:
  std::array<Decimal, cause_count> parts_{};
  Decimal distance_;
};

}  // namespace ballast
