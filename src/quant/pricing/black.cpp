#include "quant/pricing/black.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "quant/control/domain.hpp"
#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast {
namespace {

constexpr double exponent_max = 700.0;

double sign_of(OptionRight right) { return right == OptionRight::call ? 1.0 : -1.0; }

BALLAST_KERNEL kernel::BlackState state_of(const Black76Input& input) {
  using kernel::Fused;
  const double rate =
      input.discount == 1.0 ? 0.0 : kernel::log_ratio<Fused>(1.0, input.discount) / input.years;
  return kernel::black_state<Fused>(sign_of(input.right), input.forward, input.strike, input.years,
                                    input.vol, input.discount, rate);
}

BALLAST_KERNEL kernel::SpotState state_of(const BlackScholesInput& input) {
  return kernel::spot_state<kernel::Fused>(sign_of(input.right), input.spot, input.strike,
                                           input.years, input.vol, input.rate, input.yield);
}

template <class Input>
BALLAST_KERNEL BlackGreeks greeks_of(const Input& input) {
  const auto state = state_of(input);
  return {.price = kernel::price_of(state),
          .delta = kernel::delta_of(state),
          .gamma = kernel::gamma_of(state),
          .vega = kernel::vega_of(state),
          .theta = kernel::theta_of(state),
          .rho = kernel::rho_of(state),
          .vanna = kernel::vanna_of(state),
          .volga = kernel::volga_of(state),
          .charm = kernel::charm_of(state),
          .speed = kernel::speed_of(state),
          .color = kernel::color_of(state),
          .zomma = kernel::zomma_of(state),
          .ultima = kernel::ultima_of(state)};
}

#if defined(__x86_64__)
template <class Function>
[[gnu::target(BALLAST_AVX2)]] auto by_instruction(const Function& function) {
  return function();
}
#endif

/// What the function, which is inlined, gives: with the processor's instruction for a fused product
/// and sum where it has one.
template <class Function>
auto fused(const Function& function) {
#if defined(__x86_64__)
  if (has_vector_path(VectorPath::avx2)) [[likely]]
    return by_instruction(function);
#endif
  return function();
}

template <class Input>
Result<double> price(const Input& input) {
  const double price =
      fused([&]() __attribute__((always_inline)) { return kernel::price_of(state_of(input)); });
  if (std::isfinite(price)) return price;
  return fail(Errc::overflow, "price is no finite number for these arguments");
}

template <class Input>
Result<BlackGreeks> greeks(const Input& input) {
  const BlackGreeks greeks =
      fused([&]() __attribute__((always_inline)) { return greeks_of(input); });
  BALLAST_CHECK(check(greeks));
  return greeks;
}

bool above_0(double value) { return value > 0.0 && std::isfinite(value); }
bool at_least_0(double value) { return value >= 0.0 && std::isfinite(value); }

Result<void> check_option(double strike, double years, double vol) {
  BALLAST_CHECK(require_not_negative("strike", strike));
  BALLAST_CHECK(require_not_negative("years", years));
  return require_not_negative("vol", vol);
}

Result<void> check_exponent(std::string_view name, double exponent) {
  if (kernel::magnitude(exponent) <= exponent_max) return {};
  return fail(Errc::overflow,
              fmt::format("{} is {}: it must be within +-{}", name, exponent, exponent_max));
}

}  // namespace

Result<void> check(const Black76Input& input) {
  if (above_0(input.forward) && at_least_0(input.strike) && above_0(input.years) &&
      at_least_0(input.vol) && above_0(input.discount)) [[likely]]
    return {};
  BALLAST_CHECK(require_positive("forward", input.forward));
  BALLAST_CHECK(check_option(input.strike, input.years, input.vol));
  BALLAST_CHECK(require_positive("discount", input.discount));
  if (input.years == 0.0 && input.discount != 1.0) {
    return fail(Errc::bad_input,
                fmt::format("discount is {}: without time left it must be 1", input.discount));
  }
  return {};
}

Result<void> check(const BlackScholesInput& input) {
  BALLAST_CHECK(require_positive("spot", input.spot));
  BALLAST_CHECK(check_option(input.strike, input.years, input.vol));
  BALLAST_CHECK(require_finite("rate", input.rate));
  BALLAST_CHECK(require_finite("yield", input.yield));
  BALLAST_CHECK(check_exponent("rate * years", input.rate * input.years));
  BALLAST_CHECK(check_exponent("(rate - yield) * years", (input.rate - input.yield) * input.years));
  const double forward = input.spot * kernel::exp((input.rate - input.yield) * input.years);
  if (forward > 0.0 && std::isfinite(forward)) return {};
  return fail(Errc::overflow,
              fmt::format("the forward of spot {} is no finite number above 0", input.spot));
}

Result<void> check(const BlackGreeks& greeks) {
  // x - x is 0, unless x is no finite number.
  const double zero = (greeks.price - greeks.price) + (greeks.delta - greeks.delta) +
                      (greeks.gamma - greeks.gamma) + (greeks.vega - greeks.vega) +
                      (greeks.theta - greeks.theta) + (greeks.rho - greeks.rho) +
                      (greeks.vanna - greeks.vanna) + (greeks.volga - greeks.volga) +
                      (greeks.charm - greeks.charm) + (greeks.speed - greeks.speed) +
                      (greeks.color - greeks.color) + (greeks.zomma - greeks.zomma) +
                      (greeks.ultima - greeks.ultima);
  if (zero == 0.0) [[likely]]
    return {};
  const std::array<std::pair<std::string_view, double>, 13> all{{{"price", greeks.price},
                                                                 {"delta", greeks.delta},
                                                                 {"gamma", greeks.gamma},
                                                                 {"vega", greeks.vega},
                                                                 {"theta", greeks.theta},
                                                                 {"rho", greeks.rho},
                                                                 {"vanna", greeks.vanna},
                                                                 {"volga", greeks.volga},
                                                                 {"charm", greeks.charm},
                                                                 {"speed", greeks.speed},
                                                                 {"color", greeks.color},
                                                                 {"zomma", greeks.zomma},
                                                                 {"ultima", greeks.ultima}}};
  for (const auto& [name, value] : all) {
    if (!std::isfinite(value))
      return fail(Errc::overflow, fmt::format("{} is no finite number for these arguments", name));
  }
  return {};
}

Result<double> black76_price(const Black76Input& input) {
  BALLAST_CHECK(check(input));
  return price(input);
}

Result<BlackGreeks> black76(const Black76Input& input) {
  BALLAST_CHECK(check(input));
  return greeks(input);
}

Result<double> black_scholes_price(const BlackScholesInput& input) {
  BALLAST_CHECK(check(input));
  return price(input);
}

Result<BlackGreeks> black_scholes(const BlackScholesInput& input) {
  BALLAST_CHECK(check(input));
  return greeks(input);
}

}  // namespace ballast
