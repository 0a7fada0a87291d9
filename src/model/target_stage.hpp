// What may move a factor's target, band and reach with the market: the stages behind its base
// model, in the order in which they work. Plain values; target/stage.hpp says what each does.
//
// Every stage that reads the market takes one number from it, its reading. When an input of the
// reading is unknown, the last good reading holds for `max_age`, and then `safe` stands for it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/timestamp.hpp"

namespace ballast {

struct Hold {
  Duration max_age = Duration::minutes(5);
  double safe = 0.0;  // in the reading's unit
  friend bool operator==(const Hold&, const Hold&) = default;
};

// ---- tilts: added to the target

/// Expected funding and basis against risk. Reading: the tilt, in the factor's unit.
struct CarryTilt {
  InstrumentId instrument;   // that pays and receives the carry
  InstrumentId against;      // what the holding is hedged with; invalid: held outright
  double gamma = 0.0;        // absolute risk aversion, 1 / reporting currency, > 0
  Duration horizon{};        // over which the carry is expected, > 0
  double convergence = 0.0;  // the share of the basis to `against` that closes over it, 0 to 1
  Hold hold;
  friend bool operator==(const CarryTilt&, const CarryTilt&) = default;
};
/// What a `drift` event expects of the factor's asset. Reading: the tilt, in the factor's unit.
struct DriftTilt {
  InstrumentId instrument;  // whose volatility counts
  double gamma = 0.0;       // 1 / reporting currency, > 0
  Hold hold;
  friend bool operator==(const DriftTilt&, const DriftTilt&) = default;
};
/// The factor's part of a joint target. Reading: the tilt, in the factor's unit.
struct JointTilt {
  std::uint16_t group = 0;  // of Desk::joint_targets
  Hold hold;
  friend bool operator==(const JointTilt&, const JointTilt&) = default;
};

// ---- scales: factors on the target

/// Money at risk a day at most `budget`. Reading: the largest holding, in the factor's unit.
struct VolBudgetScale {
  InstrumentId instrument;
  double budget = 0.0;  // reporting currency per square-root day, > 0
  Hold hold;
  friend bool operator==(const VolBudgetScale&, const VolBudgetScale&) = default;
};
struct RegimeLevel {
  double above = 0.0;       // volatility a square-root day, relative
  double scale = 1.0;       // on the target, >= 0
  double band_scale = 1.0;  // on the band's offsets, >= 0
  friend bool operator==(const RegimeLevel&, const RegimeLevel&) = default;
};
/// Multipliers by regime of volatility. Reading: volatility a square-root day.
struct RegimeScale {
  InstrumentId instrument;
  std::vector<RegimeLevel> levels;  // rising, the first at 0
  double hysteresis = 0.1;  // a regime ends below (1 - hysteresis) times where it began, [0, 1)
  Hold hold;
  friend bool operator==(const RegimeScale&, const RegimeScale&) = default;
};

// ---- bands: in place of the configured offsets, or factors on them

/// Narrower when volatility is high, so that the money at risk stays. Reading: volatility a
/// square-root day; the factor on the offsets is reference / reading, within [least, most].
struct VolBand {
  InstrumentId instrument;
  double reference = 0.0;  // > 0
  double least = 0.25;
  double most = 4.0;
  Hold hold;
  friend bool operator==(const VolBand&, const VolBand&) = default;
};
/// As wide as cost and risk make it best (quant/control/no_trade_band.hpp). Reading: the half
/// width, in the factor's unit.
struct NoTradeBandStage {
  InstrumentId instrument;                   // what would be traded to come back
  double gamma = 0.0;                        // 1 / reporting currency, > 0
  Duration half_life = Duration::hours(24);  // over which flow and target are watched
  double least = 0.0;                        // half widths, in the factor's unit
  double most = 0.0;                         // 0: no bound
  Hold hold;
  friend bool operator==(const NoTradeBandStage&, const NoTradeBandStage&) = default;
};
/// For the delta of a hedged option position. Reading: the half width, in the factor's unit.
struct WhalleyWilmottBand {
  InstrumentId instrument;
  double gamma = 0.0;           // 1 / reporting currency, > 0
  double position_gamma = 0.0;  // d delta / d price, units per price
  Hold hold;
  friend bool operator==(const WhalleyWilmottBand&, const WhalleyWilmottBand&) = default;
};

// ---- caps

/// At most what can be unwound in `horizon` by taking part of the volume. Reading: the largest
/// holding, in the factor's unit.
struct LiquidityCap {
  InstrumentId instrument;
  Duration horizon{};          // > 0
  double participation = 0.0;  // share of traded volume, in (0, 1]
  Hold hold;
  friend bool operator==(const LiquidityCap&, const LiquidityCap&) = default;
};

// ---- smoothing

/// Trade partially towards the aim (quant/control/aim_portfolio.hpp). Reading: the share of the way
/// that is gone in one `period`.
struct AimSmoothing {
  double gamma = 0.0;     // 1 / reporting currency, > 0
  double lambda = 0.0;    // cost against risk, 1 / reporting currency, > 0
  double discount = 0.0;  // a period, in [0, 1)
  Duration period = Duration::minutes(1);
  friend bool operator==(const AimSmoothing&, const AimSmoothing&) = default;
};

/// Targets of several factors at once: what maximises carry'q - gamma/2 q' Sigma q - costs within
/// their limits (quant/control/joint_target.hpp).
struct JointMember {
  FactorId factor;
  InstrumentId instrument;  // that would be traded: its risk, funding and cost count
  friend bool operator==(const JointMember&, const JointMember&) = default;
};
struct JointTargetConfig {
  std::string name;
  double gamma = 0.0;  // 1 / reporting currency, > 0
  Duration horizon{};  // over which carry is expected and costs are earned back, > 0
  std::vector<JointMember> members;
  friend bool operator==(const JointTargetConfig&, const JointTargetConfig&) = default;
};

/// In the order in which they work.
using TargetStage = std::variant<CarryTilt,
                                 DriftTilt,
                                 JointTilt,
                                 VolBudgetScale,
                                 RegimeScale,
                                 VolBand,
                                 NoTradeBandStage,
                                 WhalleyWilmottBand,
                                 LiquidityCap,
                                 AimSmoothing>;

/// What a stage is listed under in the configuration, and what it is called there.
struct TargetStageName {
  std::string_view part;
  std::string_view model;
};
inline constexpr std::array<TargetStageName, 10> target_stage_names{{{"tilts", "carry"},
                                                                     {"tilts", "drift"},
                                                                     {"tilts", "joint"},
                                                                     {"scales", "vol_budget"},
                                                                     {"scales", "regime"},
                                                                     {"band", "vol"},
                                                                     {"band", "no_trade"},
                                                                     {"band", "whalley_wilmott"},
                                                                     {"caps", "liquidity"},
                                                                     {"smoothing", "aim"}}};
static_assert(std::variant_size_v<TargetStage> == target_stage_names.size());

}  // namespace ballast
