#include "quant/pricing/merton.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_black.hpp"

namespace ballast {

Result<double> merton_price(OptionRight right, const MertonInput& input) {
  BALLAST_CHECK(require_positive("forward", input.forward));
  BALLAST_CHECK(require_positive("discount", input.discount));
  BALLAST_CHECK(require_positive("strike", input.strike));
  BALLAST_CHECK(require_positive("years", input.years));
  BALLAST_CHECK(require_not_negative("sigma", input.sigma));
  BALLAST_CHECK(require_not_negative("lambda", input.lambda));
  BALLAST_CHECK(require_finite("jump_mean", input.jump_mean));
  BALLAST_CHECK(require_not_negative("jump_sd", input.jump_sd));
  const double jump_variance = input.jump_sd * input.jump_sd;
  const double log_growth = input.jump_mean + 0.5 * jump_variance;  // ln(1 + k)
  const double expected = input.lambda * input.years;
  // Weighted by the forward, jumps come at lambda (1 + k).
  const double expected_of_forward = expected * std::exp(log_growth);
  const double most = std::max(expected, expected_of_forward);
  constexpr double deviations = 40.0;
  constexpr double margin = 60.0;
  constexpr double terms_max = 1e6;
  const double first = std::max(
      0.0, std::floor(std::min(expected, expected_of_forward) - deviations * std::sqrt(most)));
  const double last = std::ceil(most + deviations * std::sqrt(most) + margin);
  if (!(last - first <= terms_max)) {
    return fail(Errc::no_convergence,
                fmt::format("{} jumps are expected: the sum over their number is too long", most));
  }
  const double log_expected = expected > 0.0 ? std::log(expected) : 0.0;
  const double drift = -expected * std::expm1(log_growth);
  double sum = 0.0;
  for (double n = first; n <= (expected > 0.0 ? last : 0.0); ++n) {
    const double log_weight = n * log_expected - expected - std::lgamma(n + 1.0);
    constexpr double log_nothing = -745.0;
    if (std::max(log_weight, log_weight + drift + n * log_growth) < log_nothing) continue;
    const double log_forward = std::log(input.forward) + drift + n * log_growth;
    const double stdev = std::sqrt(input.sigma * input.sigma * input.years + n * jump_variance);
    constexpr double log_most = 600.0;  // beyond, one of forward and strike is nothing to the other
    if (std::fabs(log_forward) < log_most) {
      sum += std::exp(log_weight) *
             detail::black_price(right, std::exp(log_forward), input.strike, stdev);
    } else if ((log_forward > 0.0) == (right == OptionRight::call)) {
      sum += log_forward > 0.0 ? std::exp(log_weight + log_forward)
                               : std::exp(log_weight) * input.strike;
    }
  }
  const double price = input.discount * sum;
  if (!std::isfinite(price)) return fail(Errc::overflow, "the price is not finite");
  return price;
}

}  // namespace ballast
