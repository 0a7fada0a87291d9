#include "control/fill_units.hpp"

#include <cmath>

#include <fmt/format.h>

#include "quant/control/domain.hpp"

namespace ballast {

Result<double> required(std::string_view name, const std::optional<double>& input) {
  if (!input) return fail(Errc::stale_data, fmt::format("{} is not known", name));
  BALLAST_CHECK(require_positive(name, *input));
  return *input;
}

Result<double> per_fill(double gamma, const SkewInput& input) {
  BALLAST_CHECK(require_positive("gamma", gamma));
  BALLAST_CHECK(require_positive("money", input.money));
  BALLAST_CHECK(require_positive("fill", input.fill));
  const double scaled = gamma * input.money * input.fill;
  BALLAST_CHECK(require_positive("gamma times the money of a fill", scaled));
  return scaled;
}

Result<double> fills_held(const SkewInput& input) {
  BALLAST_CHECK(require_finite("deviation", input.deviation));
  BALLAST_CHECK(require_positive("fill", input.fill));
  return input.deviation / input.fill;
}

Result<SkewedQuote> quote_at(double bid_depth, double ask_depth) {
  if (!std::isfinite(bid_depth) || !std::isfinite(ask_depth)) {
    return fail(Errc::overflow,
                fmt::format("the depths {} and {} are more than a double holds: the skew's inputs "
                            "are out of all proportion",
                            bid_depth, ask_depth));
  }
  return SkewedQuote{bid_depth, ask_depth};
}

}  // namespace ballast
