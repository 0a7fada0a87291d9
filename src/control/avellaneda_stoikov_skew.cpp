#include "control/avellaneda_stoikov_skew.hpp"

#include "control/aversion.hpp"
#include "quant/control/avellaneda_stoikov.hpp"
#include "quant/control/domain.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const AvellanedaStoikovSkew& model, const SkewInput& input) {
  AvellanedaStoikovInput market;  // at mid 0: depths are distances from it
  market.horizon = model.horizon.to_seconds();
  BALLAST_CHECK(require_positive("horizon", market.horizon));
  BALLAST_TRY(q, fills_held(input));
  BALLAST_TRY(sigma, required("sigma", input.sigma));
  BALLAST_TRY(k, required("k", input.k));
  BALLAST_TRY(gamma, gamma_of(model.aversion, input, sigma, k, [&](const HalfLifeInput& half_life) {
                return avellaneda_stoikov_half_life_gamma(half_life, market.horizon);
              }));
  market.q = q;
  market.gamma = gamma;
  market.sigma = sigma;
  market.k = k;
  BALLAST_TRY(quote, avellaneda_stoikov(market));
  return quote_at(-quote.bid, quote.ask);
}

}  // namespace ballast
