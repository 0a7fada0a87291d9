#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_smile_chain.hpp"

namespace ballast {
namespace detail {
namespace {

SmileTarget target_of(const SmileQuote& quote) {
  const double root = std::sqrt(quote.weight);
  if (quote.bid && quote.ask)
    return {quote.log_strike, 0.5 * (*quote.bid + *quote.ask), root, SmileSide::both};
  if (quote.bid) return {quote.log_strike, *quote.bid, root, SmileSide::bid};
  return {quote.log_strike, *quote.ask, root, SmileSide::ask};
}

}  // namespace

Result<SmileChain> smile_chain(std::span<const SmileQuote> quotes, double years) {
  BALLAST_CHECK(require_positive("years", years));
  SmileChain chain{.years = years};
  constexpr std::size_t least_strikes = 5;  // one for each parameter
  std::vector<double> strikes;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const SmileQuote& quote = quotes[i];
    BALLAST_CHECK(require_finite("log_strike", quote.log_strike));
    BALLAST_CHECK(require_positive("weight", quote.weight));
    if (quote.bid) BALLAST_CHECK(require_positive("bid", *quote.bid));
    if (quote.ask) BALLAST_CHECK(require_positive("ask", *quote.ask));
    if (!quote.bid && !quote.ask)
      return fail(Errc::bad_input, fmt::format("quote {} has neither bid nor ask", i));
    if (quote.bid && quote.ask) {
      if (*quote.bid > *quote.ask) {
        return fail(Errc::bad_input, fmt::format("quote {} is crossed: bid {} and ask {}", i,
                                                 *quote.bid, *quote.ask));
      }
      strikes.push_back(quote.log_strike);
      chain.weight_sum += quote.weight;
    }
    chain.low = i == 0 ? quote.log_strike : std::min(chain.low, quote.log_strike);
    chain.high = i == 0 ? quote.log_strike : std::max(chain.high, quote.log_strike);
    chain.targets.push_back(target_of(quote));
  }
  std::sort(strikes.begin(), strikes.end());
  const auto distinct = std::unique(strikes.begin(), strikes.end()) - strikes.begin();
  if (static_cast<std::size_t>(distinct) < least_strikes) {
    return fail(Errc::infeasible, fmt::format("{} strikes have two sides: a smile needs {}",
                                              distinct, least_strikes));
  }
  return chain;
}

}  // namespace detail

SmileResiduals smile_residuals(std::span<const SmileQuote> quotes, std::span<const double> vols) {
  BALLAST_ASSERT(quotes.size() == vols.size());
  SmileResiduals residuals;
  residuals.vols.reserve(quotes.size());
  double square_sum = 0.0;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const SmileQuote& quote = quotes[i];
    const double miss = detail::target_of(quote).miss(vols[i]);
    residuals.vols.push_back(miss);
    if (quote.bid && quote.ask) {
      ++residuals.two_sided;
      square_sum += miss * miss;
      if (vols[i] < *quote.bid || vols[i] > *quote.ask) ++residuals.outside_spread;
    } else {
      ++residuals.one_sided;
      constexpr double visible = 1e-6;
      if (std::fabs(miss) > visible) ++residuals.one_sided_violated;
    }
  }
  if (residuals.two_sided > 0)
    residuals.rmse_vol = std::sqrt(square_sum / static_cast<double>(residuals.two_sided));
  return residuals;
}

}  // namespace ballast
