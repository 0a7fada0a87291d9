#include "quant/pricing/svi_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_least_squares.hpp"

namespace ballast {
namespace {

constexpr std::size_t grid_points = 49;
constexpr int iterations_max = 100;
constexpr double wing_max = 2.0;  // Lee

/// Quotes and years checked; what all fits need of them.
struct Chain {
  std::span<const SmileQuote> quotes;
  double years = 0.0;
  double weight_sum = 0.0;  // of two-sided quotes
  double low = 0.0;         // the least and greatest k
  double high = 0.0;
};

Result<Chain> chain_of(std::span<const SmileQuote> quotes, double years) {
  BALLAST_CHECK(require_positive("years", years));
  Chain chain{.quotes = quotes, .years = years};
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
  }
  std::sort(strikes.begin(), strikes.end());
  const auto distinct = std::unique(strikes.begin(), strikes.end()) - strikes.begin();
  if (static_cast<std::size_t>(distinct) < least_strikes) {
    return fail(Errc::infeasible, fmt::format("{} strikes have two sides: a smile needs {}",
                                              distinct, least_strikes));
  }
  return chain;
}

/// Model less market in vols: the middle of two sides, the violation of one.
double miss_of(const SmileQuote& quote, double vol) {
  if (quote.bid && quote.ask) return vol - 0.5 * (*quote.bid + *quote.ask);
  if (quote.bid) return std::min(0.0, vol - *quote.bid);
  return std::max(0.0, vol - *quote.ask);
}

double vol_of(double total_variance, double years) {
  return std::sqrt(std::max(0.0, total_variance) / years);
}

template <class W>
SmileResiduals residuals_of(std::span<const SmileQuote> quotes, double years, const W& w) {
  SmileResiduals residuals;
  double square_sum = 0.0;
  for (const SmileQuote& quote : quotes) {
    const double vol = vol_of(w(quote.log_strike), years);
    const double miss = miss_of(quote, vol);
    residuals.vols.push_back(miss);
    if (quote.bid && quote.ask) {
      ++residuals.two_sided;
      square_sum += miss * miss;
      if (vol < *quote.bid || vol > *quote.ask) ++residuals.outside_spread;
    } else {
      ++residuals.one_sided;
      constexpr double visible = 1e-6;
      if (std::fabs(miss) > visible) ++residuals.one_sided_violated;
    }
  }
  residuals.rmse_vol = std::sqrt(square_sum / static_cast<double>(residuals.two_sided));
  return residuals;
}

// ---- one expiry

/// Unbounded coordinates of the smiles that check_svi allows: the logarithms of the least variance,
/// of b and of sigma, the inverse hyperbolic tangent of rho, and m.
RawSvi svi_at(std::span<const double> x) {
  const double rho = std::tanh(x[2]);
  const double b = std::exp(x[1]);
  const double sigma = std::exp(x[4]);
  return {.a = std::exp(x[0]) - b * sigma * std::sqrt(1.0 - rho * rho),
          .b = b,
          .rho = rho,
          .m = x[3],
          .sigma = sigma};
}
std::vector<double> coordinates_of(const RawSvi& svi) {
  constexpr double rho_most = 0.999;
  const double rho = std::clamp(svi.rho, -rho_most, rho_most);
  const double least = svi.a + svi.b * svi.sigma * std::sqrt(1.0 - rho * rho);
  constexpr double tiny = 1e-10;
  return {std::log(std::max(least, tiny)), std::log(std::max(svi.b, tiny)), std::atanh(rho), svi.m,
          std::log(svi.sigma)};
}

struct Start {
  RawSvi svi;
  double cost = std::numeric_limits<double>::infinity();
};

/// The best a, b and rho for a given m and sigma, in total variance: w = a + c y + b root.
void try_start(const Chain& chain, double m, double sigma, Start& best) {
  std::array<double, 9> matrix{};
  std::array<double, 3> right{};
  for (const SmileQuote& quote : chain.quotes) {
    if (!quote.bid || !quote.ask) continue;
    const double middle = 0.5 * (*quote.bid + *quote.ask);
    const double y = quote.log_strike - m;
    const std::array row{1.0, y, std::hypot(y, sigma)};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j)
        matrix[3 * i + j] += quote.weight * row[i] * row[j];
      right[i] += quote.weight * row[i] * middle * middle * chain.years;
    }
  }
  constexpr double ridge = 1e-9;
  for (std::size_t i = 0; i < 3; ++i)
    matrix[4 * i] *= 1.0 + ridge;
  if (!detail::solve_definite(matrix, right)) return;
  constexpr double least_b = 1e-6;
  const double b = std::clamp(right[2], least_b, wing_max);
  constexpr double rho_most = 0.95;
  RawSvi svi{right[0], b, std::clamp(right[1] / b, -rho_most, rho_most), m, sigma};
  const double floor = -b * sigma * std::sqrt(1.0 - svi.rho * svi.rho);
  svi.a = std::max(svi.a, floor + 1e-8);
  double cost = 0.0;
  for (const SmileQuote& quote : chain.quotes) {
    const double miss =
        miss_of(quote, vol_of(svi_total_variance(svi, quote.log_strike), chain.years));
    cost += quote.weight * miss * miss;
  }
  if (cost < best.cost) best = {svi, cost};
}

RawSvi start_of(const Chain& chain) {
  Start best;
  const double span = std::max(chain.high - chain.low, 1e-3);
  for (const double place : {0.2, 0.35, 0.5, 0.65, 0.8})
    for (const double width : {0.02, 0.06, 0.15, 0.4, 1.0})
      try_start(chain, chain.low + place * span, width * span, best);
  return best.svi;
}

/// Residuals of the quotes, then of what would be arbitrage.
class SviProblem {
 public:
  SviProblem(const Chain& chain, const RawSvi* earlier) : chain_(chain), earlier_(earlier) {
    const double span = chain.high - chain.low;
    for (std::size_t i = 0; i < grid_points; ++i) {
      const double share = static_cast<double>(i) / (grid_points - 1);
      grid_[i] = chain.low - span + 3.0 * span * share;
    }
  }

  std::size_t count() const { return chain_.quotes.size() + 2 * grid_points + 4; }

  void residuals(std::span<const double> x, double penalty, std::span<double> out) const {
    const RawSvi svi = svi_at(x);
    std::size_t at = 0;
    for (const SmileQuote& quote : chain_.quotes) {
      const double vol = vol_of(svi_total_variance(svi, quote.log_strike), chain_.years);
      out[at++] = std::sqrt(quote.weight) * miss_of(quote, vol);
    }
    const double factor = penalty * std::sqrt(chain_.weight_sum);
    for (const double k : grid_)
      out[at++] = factor * std::max(0.0, g_margin - g_at(svi, k));
    const SviSlopes slopes = svi_slopes(svi);
    const SviSlopes least = earlier_ == nullptr ? SviSlopes{} : svi_slopes(*earlier_);
    for (const auto& [slope, from] :
         {std::pair(slopes.left, least.left), std::pair(slopes.right, least.right)}) {
      out[at++] = factor * std::max(0.0, slope - wing_max * (1.0 - margin));
      out[at++] = factor * std::max(0.0, from * (1.0 + margin) - slope);
    }
    for (const double k : grid_) {
      double gap = 0.0;
      if (earlier_ != nullptr) {
        const double before = svi_total_variance(*earlier_, k) * (1.0 + margin);
        gap = vol_of(before, chain_.years) - vol_of(svi_total_variance(svi, k), chain_.years);
      }
      constexpr double as_vols = 10.0;
      out[at++] = as_vols * factor * std::max(0.0, gap);
    }
  }

 private:
  // Penalties act a little within what they guard, so that small violations of them are none.
  static constexpr double margin = 1e-4;
  static constexpr double g_margin = 2e-3;

  static double g_at(const RawSvi& svi, double k) {
    const SviDerivatives d = svi_derivatives(svi, k);
    const double w = std::max(d.w, 1e-12);
    const double lean = 1.0 - 0.5 * k * d.by_k / w;
    return lean * lean - 0.25 * d.by_k * d.by_k * (1.0 / w + 0.25) + 0.5 * d.by_k_twice;
  }

  const Chain& chain_;
  const RawSvi* earlier_;
  std::array<double, grid_points> grid_{};
};

// ---- all expiries

struct SsviCoordinates {
  Ssvi ssvi;
  std::vector<double> thetas;
};
/// rho by its inverse hyperbolic tangent, eta by its logarithm, gamma by its logit, the thetas by
/// the logarithms of their growth.
SsviCoordinates ssvi_at(std::span<const double> x) {
  SsviCoordinates at{{std::tanh(x[0]), std::exp(x[1]), 1.0 / (1.0 + std::exp(-x[2]))}, {}};
  double theta = 0.0;
  for (const double growth : x.subspan(3))
    at.thetas.push_back(theta += std::exp(growth));
  return at;
}

double at_the_money(const Chain& chain) {
  const SmileQuote* nearest = nullptr;
  for (const SmileQuote& quote : chain.quotes) {
    if (!quote.bid || !quote.ask) continue;
    if (nearest == nullptr || std::fabs(quote.log_strike) < std::fabs(nearest->log_strike))
      nearest = &quote;
  }
  const double vol = 0.5 * (*nearest->bid + *nearest->ask);
  return vol * vol * chain.years;
}

void ssvi_residuals(std::span<const Chain> chains,
                    std::span<const double> x,
                    std::span<double> out) {
  const SsviCoordinates at = ssvi_at(x);
  std::size_t next = 0;
  for (std::size_t e = 0; e < chains.size(); ++e) {
    const RawSvi slice = ssvi_slice(at.ssvi, at.thetas[e]);
    for (const SmileQuote& quote : chains[e].quotes) {
      const double vol = vol_of(svi_total_variance(slice, quote.log_strike), chains[e].years);
      out[next++] = std::sqrt(quote.weight) * miss_of(quote, vol);
    }
    const SsviConditions conditions = ssvi_conditions(at.ssvi, at.thetas[e]);
    constexpr double most = 4.0 - 1e-3;
    const double factor = 10.0 * std::sqrt(chains[e].weight_sum);
    out[next++] = factor * std::max(0.0, conditions.first - most);
    out[next++] = factor * std::max(0.0, conditions.second - most);
  }
}

}  // namespace

Result<SviFit> fit_svi(std::span<const SmileQuote> quotes, double years, const RawSvi* earlier) {
  BALLAST_TRY(chain, chain_of(quotes, years));
  if (earlier != nullptr) BALLAST_CHECK(check_svi(*earlier));
  const SviProblem problem(chain, earlier);
  std::vector<double> x = coordinates_of(start_of(chain));
  SviFit fit;
  constexpr int tightenings_max = 5;
  double penalty = 1.0;
  for (int tightening = 0; tightening < tightenings_max; ++tightening, penalty *= 10.0) {
    const detail::LeastSquares solved =
        detail::least_squares([&](std::span<const double> at,
                                  std::span<double> out) { problem.residuals(at, penalty, out); },
                              problem.count(), x, iterations_max);
    if (!std::isfinite(solved.cost))
      return fail(Errc::no_convergence, "the fit of the smile is not finite");
    fit.iterations += solved.iterations;
    x = solved.at;
    fit.svi = svi_at(x);
    BALLAST_TRY(butterfly, check_butterfly(fit.svi));
    fit.butterfly = butterfly;
    if (earlier != nullptr) fit.calendar = check_calendar(*earlier, fit.svi);
    if (fit.butterfly.is_free && (!fit.calendar || fit.calendar->is_free)) break;
  }
  fit.residuals =
      residuals_of(quotes, years, [&](double k) { return svi_total_variance(fit.svi, k); });
  return fit;
}

Result<SsviFit> fit_ssvi(std::span<const SmileExpiry> expiries) {
  if (expiries.empty()) return fail(Errc::bad_input, "there is no expiry to fit");
  std::vector<Chain> chains;
  std::vector<double> x{std::atanh(-0.2), 0.0, 0.0};
  std::size_t count = 0;
  double before = 0.0;
  for (const SmileExpiry& expiry : expiries) {
    BALLAST_TRY(chain, chain_of(expiry.quotes, expiry.years));
    if (!chains.empty() && !(expiry.years > chains.back().years)) {
      return fail(Errc::bad_input,
                  fmt::format("years of {} come after {}: expiries must stand in their order",
                              expiry.years, chains.back().years));
    }
    const double theta = at_the_money(chain);
    x.push_back(std::log(std::max(theta - before, 0.01 * theta)));
    before = std::max(theta, before + 0.01 * theta);
    count += expiry.quotes.size() + 2;
    chains.push_back(chain);
  }
  const detail::LeastSquares solved = detail::least_squares(
      [&](std::span<const double> at, std::span<double> out) { ssvi_residuals(chains, at, out); },
      count, x, iterations_max);
  if (!std::isfinite(solved.cost))
    return fail(Errc::no_convergence, "the fit of the surface is not finite");
  const SsviCoordinates at = ssvi_at(solved.at);
  SsviFit fit;
  fit.ssvi = at.ssvi;
  fit.thetas = at.thetas;
  fit.is_free = true;
  fit.iterations = solved.iterations;
  for (std::size_t e = 0; e < chains.size(); ++e) {
    const RawSvi slice = ssvi_slice(at.ssvi, at.thetas[e]);
    fit.residuals.push_back(residuals_of(chains[e].quotes, chains[e].years,
                                         [&](double k) { return svi_total_variance(slice, k); }));
    fit.is_free = fit.is_free && ssvi_conditions(at.ssvi, at.thetas[e]).hold;
  }
  return fit;
}

Result<SmileSurface> SmileSurface::create(std::vector<SmileSlice> slices) {
  if (slices.empty()) return fail(Errc::bad_input, "a surface needs an expiry");
  for (std::size_t i = 0; i < slices.size(); ++i) {
    BALLAST_CHECK(require_positive("years", slices[i].years));
    BALLAST_CHECK(check_svi(slices[i].svi));
    if (i > 0 && !(slices[i].years > slices[i - 1].years)) {
      return fail(Errc::bad_input,
                  fmt::format("years of {} come after {}: expiries must stand in their order",
                              slices[i].years, slices[i - 1].years));
    }
  }
  return SmileSurface(std::move(slices));
}

double SmileSurface::total_variance(double k, double years) const {
  const auto later =
      std::lower_bound(slices_.begin(), slices_.end(), years,
                       [](const SmileSlice& slice, double at) { return slice.years < at; });
  if (later == slices_.begin() || later == slices_.end()) {
    const SmileSlice& nearest = later == slices_.end() ? slices_.back() : slices_.front();
    return svi_total_variance(nearest.svi, k) * (years / nearest.years);
  }
  const SmileSlice& earlier = *(later - 1);
  const double share = (years - earlier.years) / (later->years - earlier.years);
  return std::lerp(svi_total_variance(earlier.svi, k), svi_total_variance(later->svi, k), share);
}

double SmileSurface::vol(double k, double years) const {
  return vol_of(total_variance(k, years), years);
}

double SmileSurface::vol_after_move(double strike,
                                    double years,
                                    double forward_then,
                                    double forward_now,
                                    SmileDynamics dynamics) const {
  const double forward = dynamics == SmileDynamics::sticky_strike ? forward_then : forward_now;
  return vol(std::log(strike / forward), years);
}

}  // namespace ballast
