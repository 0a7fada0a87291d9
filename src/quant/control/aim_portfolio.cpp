#include "quant/control/aim_portfolio.hpp"

#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

Result<void> check(const AimInput& input) {
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_positive("lambda", input.lambda));
  BALLAST_CHECK(require_not_negative("discount", input.discount));
  if (input.discount < 1.0) return {};
  return fail(Errc::bad_input, fmt::format("discount is {}: it must be below 1", input.discount));
}

}  // namespace

Result<double> trading_rate(const AimInput& input) {
  BALLAST_CHECK(check(input));
  // The paper's root, multiplied out so that nothing cancels, and in units of lambda.
  const double keep = 1.0 - input.discount;
  const double risk = input.gamma / input.lambda;
  const double b = risk * keep + input.discount;
  return 2.0 * risk * keep / (b + std::sqrt(b * b + 4.0 * risk * keep * keep));
}

Result<double> aim_position(const AimInput& input,
                            double variance,
                            std::span<const Signal> signals) {
  BALLAST_TRY(rate, trading_rate(input));
  BALLAST_CHECK(require_positive("variance", variance));
  double expected = 0.0;
  for (const Signal& signal : signals) {
    BALLAST_CHECK(require_finite("expected_return", signal.expected_return));
    BALLAST_CHECK(require_not_negative("decay", signal.decay));
    expected += signal.expected_return / (1.0 + rate * input.lambda / input.gamma * signal.decay);
  }
  return expected / (input.gamma * variance);
}

}  // namespace ballast
