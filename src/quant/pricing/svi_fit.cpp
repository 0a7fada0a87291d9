#include "quant/pricing/svi_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_least_squares.hpp"
#include "quant/pricing/detail_smile_chain.hpp"
#include "quant/pricing/detail_svi_problem.hpp"

namespace ballast {
namespace {

using detail::LeastSquares;
using detail::SmileChain;
using detail::SmileSide;
using detail::SmileTarget;
using detail::SviProblem;

constexpr int iterations_max = 100;
constexpr double wing_max = 2.0;  // Lee

struct SviStart {
  RawSvi svi;
  double cost = std::numeric_limits<double>::infinity();
};

/// The best a, b and rho for a given m and sigma, in total variance: w = a + c y + b root.
void try_start(const SmileChain& chain, double m, double sigma, std::vector<SviStart>& starts) {
  std::array<double, 9> matrix{};
  std::array<double, 3> right{};
  for (const SmileTarget& target : chain.targets) {
    if (target.side != SmileSide::both) continue;
    const double weight = target.root_weight * target.root_weight;
    const double y = target.log_strike - m;
    const double root = std::sqrt(y * y + sigma * sigma);
    const double w = weight * target.level * target.level * chain.years;
    matrix[0] += weight;
    matrix[1] += weight * y;
    matrix[2] += weight * root;
    matrix[4] += weight * y * y;
    matrix[5] += weight * y * root;
    right[0] += w;
    right[1] += w * y;
    right[2] += w * root;
  }
  matrix[8] = matrix[4] + sigma * sigma * matrix[0];
  matrix[3] = matrix[1];
  matrix[6] = matrix[2];
  matrix[7] = matrix[5];
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
  for (const SmileTarget& target : chain.targets) {
    const double w = svi_total_variance(svi, target.log_strike);
    const double miss = target.root_weight * target.miss(detail::smile_vol(w, chain.years));
    cost += miss * miss;
  }
  starts.push_back({svi, cost});
}

/// The most promising, best first; a smile has several local best fits where quotes are few.
std::vector<SviStart> starts_of(const SmileChain& chain) {
  std::vector<SviStart> starts;
  const double span = std::max(chain.high - chain.low, 1e-3);
  for (const double place : {0.2, 0.35, 0.5, 0.65, 0.8})
    for (const double width : {0.02, 0.06, 0.15, 0.4, 1.0})
      try_start(chain, chain.low + place * span, width * span, starts);
  std::stable_sort(starts.begin(), starts.end(),
                   [](const SviStart& a, const SviStart& b) { return a.cost < b.cost; });
  constexpr std::size_t tried = 3;
  starts.resize(std::min(starts.size(), tried));
  return starts;
}

/// The smile at `x`, checked.
Result<SviFit> checked_smile(const RawSvi& svi, const RawSvi* earlier) {
  SviFit fit;
  fit.svi = svi;
  BALLAST_TRY(butterfly, check_butterfly(svi));
  fit.butterfly = butterfly;
  if (earlier != nullptr) fit.calendar = check_calendar(*earlier, svi);
  return fit;
}

bool is_free(const SviFit& fit) {
  return fit.butterfly.is_free && (!fit.calendar || fit.calendar->is_free);
}

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

}  // namespace

Result<SviFit> fit_svi(std::span<const SmileQuote> quotes,
                       double years,
                       const RawSvi* earlier,
                       std::span<const VarianceCeiling> ceilings) {
  BALLAST_TRY(chain, detail::smile_chain(quotes, years));
  if (earlier != nullptr) BALLAST_CHECK(check_svi(*earlier));
  for (const VarianceCeiling& ceiling : ceilings) {
    BALLAST_CHECK(require_finite("log_strike", ceiling.log_strike));
    BALLAST_CHECK(require_positive("total_variance", ceiling.total_variance));
  }
  const std::vector<SviStart> starts = starts_of(chain);
  const SviProblem problem(std::move(chain), earlier, ceilings);
  int iterations = 0;
  const auto solve = [&](std::vector<double> from, double penalty) {
    LeastSquares solved = detail::least_squares(
        [&](std::span<const double> at, detail::NormalEquations& out) {
          problem.equations(at, penalty, out);
        },
        std::move(from), iterations_max);
    iterations += solved.iterations;
    return solved;
  };
  const auto smile_at = [&](const LeastSquares& solved) {
    return problem.coordinates().shape(solved.at).raw();
  };
  const auto best_from_starts = [&](LeastSquares best, double penalty) {
    for (const SviStart& start : starts) {
      LeastSquares solved = solve(problem.coordinates().place(start.svi), penalty);
      if (solved.cost < best.cost) best = std::move(solved);
    }
    return best;
  };
  // Mostly the quotes' own best smile is free of arbitrage; only if not, penalties hold it off.
  LeastSquares best =
      best_from_starts({.at = {}, .cost = std::numeric_limits<double>::infinity()}, 0.0);
  if (!std::isfinite(best.cost))
    return fail(Errc::no_convergence, "the fit of the smile is not finite");
  SviFit fit;
  const auto unheld = checked_smile(smile_at(best), earlier);
  if (unheld && is_free(*unheld)) {
    fit = *unheld;
  } else {
    best = best_from_starts(solve(std::move(best.at), 1.0), 1.0);
    constexpr double penalty_max = 1e5;
    for (double penalty = 1.0;; best = solve(std::move(best.at), penalty)) {
      BALLAST_TRY(held, checked_smile(smile_at(best), earlier));
      fit = held;
      if (is_free(fit)) break;
      if ((penalty *= 10.0) > penalty_max) break;
    }
  }
  if (earlier != nullptr) lift(*earlier, fit);
  fit.iterations = iterations;
  fit.residuals =
      detail::residuals_of(quotes, years, [&](double k) { return svi_total_variance(fit.svi, k); });
  return fit;
}

}  // namespace ballast
