#include "quant/pricing/svi_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_least_squares.hpp"

namespace ballast {
namespace {

constexpr std::size_t grid_points = 49;
constexpr std::size_t bend_points = 101;
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
  std::vector<double> vols;
  for (const SmileQuote& quote : quotes)
    vols.push_back(vol_of(w(quote.log_strike), years));
  return smile_residuals(quotes, vols);
}

// ---- one expiry

/// A coordinate without bounds, for a value within two.
double within(double x, double low, double high) {
  constexpr double far = 16.0;
  return low + (high - low) / (1.0 + std::exp(-std::clamp(x, -far, far)));
}
double place_within(double value, double low, double high) {
  constexpr double edge = 1e-6;
  const double share = std::clamp((value - low) / (high - low), edge, 1.0 - edge);
  return std::log(share / (1.0 - share));
}

/// Unbounded coordinates of smiles that check_svi allows, that keep to the bounds of slopes, and
/// whose bend is not far from the quotes: the logarithm of the least variance, the slopes of both
/// wings, m, and the logarithm of sigma.
class SviCoordinates {
 public:
  SviCoordinates(const Chain& chain, const RawSvi* earlier) {
    const double span = std::max(chain.high - chain.low, 1e-3);
    m_low_ = chain.low - span;
    m_high_ = chain.high + span;
    constexpr double sharpest = 0.005;
    constexpr double flattest = 10.0;
    sigma_low_ = std::log(sharpest * span);
    sigma_high_ = std::log(flattest * span);
    double least_vol = std::numeric_limits<double>::infinity();
    for (const SmileQuote& quote : chain.quotes)
      if (quote.bid && quote.ask) least_vol = std::min(least_vol, 0.5 * (*quote.bid + *quote.ask));
    constexpr double share =
        1e-3;  // of what is quoted; a smile that touches 0 has no density there
    floor_ = share * least_vol * least_vol * chain.years;
    if (earlier == nullptr) return;
    constexpr double steeper = 1.0 + 1e-6;
    constexpr double room = 1.0 - 1e-6;
    const SviSlopes before = svi_slopes(*earlier);
    left_low_ = std::min(before.left * steeper, wing_max * room);
    right_low_ = std::min(before.right * steeper, wing_max * room);
  }

  RawSvi svi(std::span<const double> x) const {
    const double left = within(x[1], left_low_, wing_max);
    const double right = within(x[2], right_low_, wing_max);
    const double b = 0.5 * (left + right);
    const double rho = (right - left) / (right + left);
    const double sigma = std::exp(within(x[4], sigma_low_, sigma_high_));
    const double least = floor_ + std::exp(std::clamp(x[0], -40.0, 10.0));
    return {.a = least - sigma * std::sqrt(left * right),
            .b = b,
            .rho = rho,
            .m = within(x[3], m_low_, m_high_),
            .sigma = sigma};
  }
  std::vector<double> place(const RawSvi& svi) const {
    const double least = svi.a + svi.b * svi.sigma * std::sqrt(1.0 - svi.rho * svi.rho);
    const SviSlopes slopes = svi_slopes(svi);
    return {std::log(std::max(least - floor_, 0.1 * floor_)),
            place_within(slopes.left, left_low_, wing_max),
            place_within(slopes.right, right_low_, wing_max), place_within(svi.m, m_low_, m_high_),
            place_within(std::log(svi.sigma), sigma_low_, sigma_high_)};
  }

 private:
  double floor_ = 0.0;
  double left_low_ = 0.0;
  double right_low_ = 0.0;
  double m_low_ = 0.0;
  double m_high_ = 0.0;
  double sigma_low_ = 0.0;
  double sigma_high_ = 0.0;
};

struct Start {
  RawSvi svi;
  double cost = std::numeric_limits<double>::infinity();
};

/// The best a, b and rho for a given m and sigma, in total variance: w = a + c y + b root.
void try_start(const Chain& chain, double m, double sigma, std::vector<Start>& starts) {
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
  starts.push_back({svi, cost});
}

/// The most promising, best first; a smile has several local best fits where quotes are few.
std::vector<Start> starts_of(const Chain& chain) {
  std::vector<Start> starts;
  const double span = std::max(chain.high - chain.low, 1e-3);
  for (const double place : {0.2, 0.35, 0.5, 0.65, 0.8})
    for (const double width : {0.02, 0.06, 0.15, 0.4, 1.0})
      try_start(chain, chain.low + place * span, width * span, starts);
  std::stable_sort(starts.begin(), starts.end(),
                   [](const Start& a, const Start& b) { return a.cost < b.cost; });
  constexpr std::size_t tried = 3;
  starts.resize(std::min(starts.size(), tried));
  return starts;
}

/// Residuals of the quotes, then of what would be arbitrage.
class SviProblem {
 public:
  SviProblem(const Chain& chain, const RawSvi* earlier, std::span<const VarianceCeiling> ceilings)
      : chain_(chain), earlier_(earlier), ceilings_(ceilings), coordinates_(chain, earlier) {
    const double span = chain.high - chain.low;
    for (std::size_t i = 0; i < grid_points; ++i) {
      const double share = static_cast<double>(i) / (grid_points - 1);
      grid_[i] = chain.low - span + 3.0 * span * share;
    }
  }

  const SviCoordinates& coordinates() const { return coordinates_; }
  std::size_t count() const {
    return chain_.quotes.size() + ceilings_.size() + 2 * grid_points + 3 * bend_points;
  }

  void residuals(std::span<const double> x, double penalty, std::span<double> out) const {
    const RawSvi svi = coordinates_.svi(x);
    std::size_t at = 0;
    for (const SmileQuote& quote : chain_.quotes) {
      const double vol = vol_of(svi_total_variance(svi, quote.log_strike), chain_.years);
      out[at++] = std::sqrt(quote.weight) * miss_of(quote, vol);
    }
    const double like_quotes =
        std::sqrt(chain_.weight_sum / static_cast<double>(chain_.quotes.size()));
    for (const VarianceCeiling& ceiling : ceilings_) {
      const double most = vol_of(ceiling.total_variance, chain_.years);
      const double vol = vol_of(svi_total_variance(svi, ceiling.log_strike), chain_.years);
      out[at++] = like_quotes * std::max(0.0, vol - most);
    }
    const double factor = penalty * std::sqrt(chain_.weight_sum);
    const auto butterfly = [&](double k) {
      return factor * std::max(0.0, g_margin - g_at(svi, k));
    };
    const auto calendar = [&](double k) {
      if (earlier_ == nullptr) return 0.0;
      const double before = svi_total_variance(*earlier_, k) * (1.0 + margin);
      const double gap =
          vol_of(before, chain_.years) - vol_of(svi_total_variance(svi, k), chain_.years);
      constexpr double as_vols = 10.0;
      return as_vols * factor * std::max(0.0, gap);
    };
    for (const double k : grid_) {
      out[at++] = butterfly(k);
      out[at++] = calendar(k);
    }
    for (std::size_t i = 0; i < bend_points; ++i) {
      const double k = bend_point(svi, i);
      out[at++] = butterfly(k);
      out[at++] = calendar(k);
      out[at++] = earlier_ == nullptr ? 0.0 : calendar(bend_point(*earlier_, i));
    }
  }

 private:
  // Penalties act a little within what they guard, so that small violations of them are none.
  static constexpr double margin = 1e-4;
  static constexpr double g_margin = 2e-3;

  /// Close where a smile bends, where dips of g are narrow, and far out in its wings.
  static double bend_point(const RawSvi& svi, std::size_t i) {
    constexpr double widest = 7.0;
    constexpr double linear = 0.35;
    const double u = 2.0 * static_cast<double>(i) / (bend_points - 1) - 1.0;
    return svi.m + svi.sigma * std::sinh(widest * u * (linear + (1.0 - linear) * u * u));
  }

  static double g_at(const RawSvi& svi, double k) {
    const SviDerivatives d = svi_derivatives(svi, k);
    const double w = std::max(d.w, 1e-12);
    const double lean = 1.0 - 0.5 * k * d.by_k / w;
    return lean * lean - 0.25 * d.by_k * d.by_k * (1.0 / w + 0.25) + 0.5 * d.by_k_twice;
  }

  const Chain& chain_;
  const RawSvi* earlier_;
  std::span<const VarianceCeiling> ceilings_;
  SviCoordinates coordinates_;
  std::array<double, grid_points> grid_{};
};

/// Moves the smile up by what it lacks over the expiry before: the wings are as steep already.
void lift(const RawSvi& earlier, SviFit& fit) {
  if (fit.calendar->gap_min >= 0.0) return;
  constexpr double enough = 1.0 + 1e-6;
  SviFit lifted = fit;
  lifted.svi.a += enough * -fit.calendar->gap_min + std::numeric_limits<double>::epsilon();
  const auto butterfly = check_butterfly(lifted.svi);
  if (!butterfly || (fit.butterfly.is_free && !butterfly->is_free)) return;
  fit.svi = lifted.svi;
  fit.butterfly = *butterfly;
  fit.calendar = check_calendar(earlier, fit.svi);
}

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

SmileResiduals smile_residuals(std::span<const SmileQuote> quotes, std::span<const double> vols) {
  BALLAST_ASSERT(quotes.size() == vols.size());
  SmileResiduals residuals;
  double square_sum = 0.0;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const SmileQuote& quote = quotes[i];
    const double miss = miss_of(quote, vols[i]);
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

Result<SviFit> fit_svi(std::span<const SmileQuote> quotes,
                       double years,
                       const RawSvi* earlier,
                       std::span<const VarianceCeiling> ceilings) {
  BALLAST_TRY(chain, chain_of(quotes, years));
  if (earlier != nullptr) BALLAST_CHECK(check_svi(*earlier));
  for (const VarianceCeiling& ceiling : ceilings) {
    BALLAST_CHECK(require_finite("log_strike", ceiling.log_strike));
    BALLAST_CHECK(require_positive("total_variance", ceiling.total_variance));
  }
  const SviProblem problem(chain, earlier, ceilings);
  SviFit fit;
  const auto solve = [&](std::vector<double> from, double penalty) {
    auto solved =
        detail::least_squares([&](std::span<const double> at,
                                  std::span<double> out) { problem.residuals(at, penalty, out); },
                              problem.count(), std::move(from), iterations_max);
    fit.iterations += solved.iterations;
    return solved;
  };
  detail::LeastSquares best{.at = {}, .cost = std::numeric_limits<double>::infinity()};
  for (const Start& start : starts_of(chain)) {
    detail::LeastSquares solved = solve(problem.coordinates().place(start.svi), 1.0);
    if (solved.cost < best.cost) best = std::move(solved);
  }
  if (!std::isfinite(best.cost))
    return fail(Errc::no_convergence, "the fit of the smile is not finite");
  constexpr double penalty_max = 1e5;
  for (double penalty = 1.0;; best = solve(std::move(best.at), penalty)) {
    fit.svi = problem.coordinates().svi(best.at);
    BALLAST_TRY(butterfly, check_butterfly(fit.svi));
    fit.butterfly = butterfly;
    if (earlier != nullptr) fit.calendar = check_calendar(*earlier, fit.svi);
    if (fit.butterfly.is_free && (!fit.calendar || fit.calendar->is_free)) break;
    if ((penalty *= 10.0) > penalty_max) break;
  }
  if (earlier != nullptr) lift(*earlier, fit);
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

}  // namespace ballast
