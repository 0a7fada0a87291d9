#include "control/linear_skew.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control/fill_units.hpp"
#include "quant/control/domain.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const LinearSkew& model, const SkewInput& input) {
  BALLAST_CHECK(require_positive("half_spread", model.half_spread));
  BALLAST_CHECK(require_not_negative("price_skew", model.price_skew));
  if (!(model.size_skew >= 0.0 && model.size_skew <= 1.0)) {
    return fail(Errc::bad_input,
                fmt::format("size_skew is {}: it must be 0 to 1", model.size_skew));
  }
  BALLAST_CHECK(require_positive("mid", input.mid));
  BALLAST_CHECK(require_finite("z", input.z));
  const double half = model.half_spread * input.mid;
  const double shift = model.price_skew * half * std::clamp(input.z, -2.0, 2.0);
  BALLAST_TRY(quote, quote_at(half + shift, half - shift));
  const double across = model.size_skew * std::clamp(input.z, -1.0, 1.0);
  quote.bid_size = 1.0 - across;
  quote.ask_size = 1.0 + across;
  return quote;
}

}  // namespace ballast
