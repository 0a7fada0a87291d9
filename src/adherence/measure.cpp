#include "adherence/measure.hpp"

#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr double ns_per_second = 1e9;

using View = SlidingWindows::View;

/// What is averaged or integrated is over known time, and absent without any.
std::optional<double> share(const Times& times, std::int64_t ns) {
  if (times.known() == 0) return std::nullopt;
  return static_cast<double>(ns) / static_cast<double>(times.known());
}

std::optional<double> mean(const View& window, Integral i) {
  const std::int64_t known = window.times().known();
  if (known == 0) return std::nullopt;
  return window.integral(i).to_double() / static_cast<double>(known);
}

std::optional<double> integral_seconds(const View& window, Integral i) {
  if (window.times().known() == 0) return std::nullopt;
  return window.integral(i).to_double() / ns_per_second;
}

std::optional<double> unknown_fraction(const View& window) {
  const std::int64_t length = (window.to() - window.from()).ns;
  if (length == 0) return std::nullopt;
  return static_cast<double>(window.times().unknown()) / static_cast<double>(length);
}

std::optional<double> max_abs_z(const View& window) {
  if (window.times().known() == 0) return std::nullopt;
  return window.spans().max_abs_z;
}

}  // namespace

std::optional<double> measured(const View& window, Measure measure) {
  BALLAST_ASSERT(windowed(measure));
  const auto region_share = [&](Region region) {
    const Times times = window.times();
    return share(times, times.in(region));
  };
  switch (measure) {
    case Measure::adherence:
      return mean(window, Integral::alpha);
    case Measure::time_in_band:
      return region_share(Region::in_band);
    case Measure::time_above:
      return region_share(Region::above);
    case Measure::time_below:
      return region_share(Region::below);
    case Measure::time_past_limit: {
      const Times times = window.times();
      return share(times, times.past_limit);
    }
    case Measure::unknown_fraction:
      return unknown_fraction(window);
    case Measure::bias:
      return mean(window, Integral::z);
    case Measure::rms_z: {
      const auto square = mean(window, Integral::z_squared);
      return square ? std::optional(std::sqrt(*square)) : std::nullopt;
    }
    case Measure::max_abs_z:
      return max_abs_z(window);
    case Measure::iae:
      return integral_seconds(window, Integral::abs_deviation);
    case Measure::ise:
      return integral_seconds(window, Integral::deviation_squared);
    case Measure::excursions:
      return static_cast<double>(window.spans().count);
    case Measure::longest_excursion_seconds:
      return Duration{window.spans().longest}.to_seconds();
    default:
      return std::nullopt;
  }
}

std::optional<double> mean_weight(const View& window) {
  const std::int64_t weighted = window.times().weighted;
  if (weighted == 0) return std::nullopt;
  return window.integral(Integral::weight).to_double() / static_cast<double>(weighted);
}

}  // namespace ballast
