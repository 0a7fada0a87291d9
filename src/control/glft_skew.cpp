#include "control/glft_skew.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/aversion.hpp"
#include "quant/control/domain.hpp"
#include "quant/control/glft.hpp"

namespace ballast {
namespace {

constexpr int limit_max = 500;  // of glft_stationary

/// Q of the header.
Result<int> limit_in_fills(const SkewInput& input) {
  for (const auto& [name, room] :
       {std::pair("room_up", input.room_up), std::pair("room_down", input.room_down)}) {
    if (!(room >= 0.0)) {  // a desk without a limit has infinite room
      return fail(Errc::bad_input, fmt::format("{} is {}: it must be 0 or above", name, room));
    }
  }
  const double farther =
      std::max(input.deviation + input.room_up, input.room_down - input.deviation);
  const double fills = std::floor(farther / input.fill);
  if (fills < 1.0) {
    return fail(Errc::no_convergence,
                fmt::format("the limits are {:.6g} from the target, less than one fill of {:.6g}: "
                            "quote less, or widen the limit",
                            farther, input.fill));
  }
  return static_cast<int>(std::min<double>(fills, limit_max));
}

}  // namespace

Result<SkewedQuote> skewed(const GlftSkew& model, const SkewInput& input) {
  BALLAST_TRY(q, fills_held(input));
  BALLAST_TRY(sigma, required("sigma", input.sigma));
  BALLAST_TRY(k, required("k", input.k));
  BALLAST_TRY(fill_rate, required("fill_rate", input.fill_rate));
  BALLAST_TRY(gamma, gamma_of(model.aversion, input, sigma, k, glft_half_life_gamma));
  GlftInput market{.gamma = gamma, .sigma = sigma, .k = k, .fill_rate = fill_rate};
  if (model.method == GlftMethod::closed_form) {
    BALLAST_TRY(depths, glft_closed_form(market, q));
    return quote_at(*depths.bid, *depths.ask);
  }
  BALLAST_TRY(limit, limit_in_fills(input));
  if (std::fabs(q) > limit_max) {
    return fail(Errc::no_convergence,
                fmt::format("the deviation is {:.6g} fills: the stationary solution goes to {}; "
                            "quote more, or use closed_form",
                            q, limit_max));
  }
  market.limit = limit;
  BALLAST_TRY(depths, glft_stationary_between(market, q));
  return quote_at(*depths.bid, *depths.ask);
}

}  // namespace ballast
