#include "quant/control/avellaneda_stoikov.hpp"

#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {

Result<AvellanedaStoikov> avellaneda_stoikov(const AvellanedaStoikovInput& input) {
  BALLAST_CHECK(require_finite("mid", input.mid));
  BALLAST_CHECK(require_finite("q", input.q));
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_not_negative("sigma", input.sigma));
  BALLAST_CHECK(require_positive("k", input.k));
  BALLAST_CHECK(require_not_negative("horizon", input.horizon));
  const double risk = input.gamma * input.sigma * input.sigma * input.horizon;
  AvellanedaStoikov quote;
  quote.reservation = input.mid - input.q * risk;
  quote.spread = risk + 2.0 / input.gamma * std::log1p(input.gamma / input.k);
  quote.bid = quote.reservation - 0.5 * quote.spread;
  quote.ask = quote.reservation + 0.5 * quote.spread;
  return quote;
}

}  // namespace ballast
