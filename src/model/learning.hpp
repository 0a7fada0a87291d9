// What is learnt from the market: how it is configured, what the estimates are called, and what one
// of them says, or why it says nothing. docs/learning.md has the formulas.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast {

struct LearningConfig {
  Duration grid = Duration::seconds(1);  // returns are taken from step to step of it; <= max_age
  Duration volatility_half_life = Duration::hours(1);
  Duration covariance_half_life = Duration::hours(24);
  Duration liquidity_half_life = Duration::minutes(10);
  Duration intensity_half_life = Duration::hours(1);
  Duration funding_half_life = Duration::days(7);
  double shrinkage = 0.1;               // of covariances to their mean correlation, in [0, 1]
  double depth_distance = 0.001;        // of the mid: how far from it book depth is counted, > 0
  std::uint32_t min_observations = 30;  // an estimate of fewer is not given
  Duration max_age = Duration::minutes(5);  // nor one whose last input is older

  friend bool operator==(const LearningConfig&, const LearningConfig&) = default;
};

/// An error that names the first field outside its domain.
inline Result<void> check(const LearningConfig& config) {
  const std::array<std::pair<std::string_view, Duration>, 7> spans{
      {{"grid", config.grid},
       {"volatility_half_life", config.volatility_half_life},
       {"covariance_half_life", config.covariance_half_life},
       {"liquidity_half_life", config.liquidity_half_life},
       {"intensity_half_life", config.intensity_half_life},
       {"funding_half_life", config.funding_half_life},
       {"max_age", config.max_age}}};
  for (const auto& [name, span] : spans) {
    if (span.ns > 0) continue;
    return fail(Errc::bad_input,
                fmt::format("{} is {}: it must be above 0", name, to_string(span)));
  }
  if (config.grid > config.max_age) {
    return fail(Errc::bad_input, fmt::format("grid is {}: it must not be above max_age, {}",
                                             to_string(config.grid), to_string(config.max_age)));
  }
  if (!(config.shrinkage >= 0.0 && config.shrinkage <= 1.0)) {
    return fail(Errc::bad_input,
                fmt::format("shrinkage is {}: it must be in [0, 1]", config.shrinkage));
  }
  if (!(config.depth_distance > 0.0 && config.depth_distance < 1.0)) {
    return fail(Errc::bad_input,
                fmt::format("depth_distance is {}: it must be in (0, 1)", config.depth_distance));
  }
  return {};
}

/// What is learnt of one instrument.
enum class EstimateKind : std::uint8_t {
  volatility,
  bipower_volatility,
  jump_share,
  half_spread,
  relative_half_spread,
  top_depth,
  book_depth,
  trade_rate,
  traded_volume,
  intensity_a,
  intensity_k,
  funding,
  funding_mean,
  funding_half_life_days,
};
struct EstimateInfo {
  std::string_view name;
  std::string_view unit;
  std::string_view about;
};
inline constexpr std::array<EstimateInfo, 14> estimate_infos{{
    {"volatility", "1/sqrt(day)", "of log returns, jumps included"},
    {"bipower_volatility", "1/sqrt(day)", "of log returns, without jumps"},
    {"jump_share", "1", "the share of variance that jumps made"},
    {"half_spread", "price", "half of ask less bid, over time"},
    {"relative_half_spread", "1", "the half spread against the present mid"},
    {"top_depth", "quantity", "at the best price, mean of both sides, over time"},
    {"book_depth", "quantity", "within depth_distance of the mid, mean of both sides, over time"},
    {"trade_rate", "1/s", "prints"},
    {"traded_volume", "quantity/s", "quantity of prints"},
    {"intensity_a", "1/s", "A of the fill rate A exp(-k depth) of one side's quote"},
    {"intensity_k", "1/price", "k of the fill rate A exp(-k depth)"},
    {"funding", "1/day", "the latest rate"},
    {"funding_mean", "1/day", "what the rate reverts to"},
    {"funding_half_life_days", "day", "of the rate's distance from its mean"},
}};
constexpr std::string_view to_string(EstimateKind kind) {
  return estimate_infos[static_cast<std::size_t>(kind)].name;
}
constexpr EstimateKind estimate_kind(std::size_t index) { return static_cast<EstimateKind>(index); }

struct Estimate {
  double value = 0.0;
  std::optional<double> std_error;  // absent where none is meaningful
  std::uint32_t observations = 0;   // an effective count: what is forgotten counts less
  Timestamp t;                      // of the last input
};

/// Why an estimate is not given, the first that applies.
enum class Lack : std::uint8_t {
  none,          // it is given
  never,         // there was no input
  too_old,       // the last input is older than allowed
  too_few,       // fewer observations than needed
  undetermined,  // what was observed does not determine it (no reversion, no print past the spread)
};
inline constexpr std::array<std::string_view, 5> lack_names{"none", "never", "too_old", "too_few",
                                                            "undetermined"};
constexpr std::string_view to_string(Lack lack) {
  return lack_names[static_cast<std::size_t>(lack)];
}

/// An estimate, or why there is none. given() is what decisions may rest on; `estimate` holds as
/// much as is known in any case, for explanations.
struct Learned {
  Estimate estimate;
  Lack lack = Lack::never;
  std::uint32_t needed = 0;  // observations
  Duration age;              // of the last input
  Duration allowed;          // age

  std::optional<Estimate> given() const {
    return lack == Lack::none ? std::optional(estimate) : std::nullopt;
  }
};

/// A number that decisions rest on, or why there is none to rest on.
struct Figure {
  double value = 0.0;              // 0 where something is lacking
  Timestamp t{};                   // of its last input
  std::uint32_t observations = 0;  // 0: it is not an estimate
  Lack lack = Lack::never;

  std::optional<double> given() const {
    return lack == Lack::none ? std::optional(value) : std::nullopt;
  }
};

/// "too few: 12 of 30", "too old: 6m, at most 5m", "never", "undetermined"; empty when given.
inline std::string lack_text(const Learned& learned) {
  switch (learned.lack) {
    case Lack::none:
      return {};
    case Lack::never:
      return "never";
    case Lack::too_old:
      return fmt::format("too old: {}, at most {}", to_string(learned.age),
                         to_string(learned.allowed));
    case Lack::too_few:
      return fmt::format("too few: {} of {}", learned.estimate.observations, learned.needed);
    case Lack::undetermined:
      break;
  }
  return "undetermined";
}

}  // namespace ballast
