#include <algorithm>
#include <array>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_least_squares.hpp"
#include "quant/pricing/detail_smile_chain.hpp"

namespace ballast {
namespace {

using detail::SmileChain;
using detail::SmileTarget;

constexpr std::size_t shared = 3;  // rho, eta and gamma stand before the thetas' growths

struct SsviPoint {
  Ssvi ssvi;
  std::vector<double> thetas;
  std::array<double, shared> by_coordinate;
};
/// rho by its inverse hyperbolic tangent, eta by its logarithm, gamma by its logit, the thetas by
/// the logarithms of their growth.
SsviPoint ssvi_at(std::span<const double> x) {
  const Ssvi ssvi{std::tanh(x[0]), std::exp(x[1]), 1.0 / (1.0 + std::exp(-x[2]))};
  SsviPoint at{ssvi, {}, {1.0 - ssvi.rho * ssvi.rho, ssvi.eta, ssvi.gamma * (1.0 - ssvi.gamma)}};
  double theta = 0.0;
  for (const double growth : x.subspan(shared))
    at.thetas.push_back(theta += std::exp(growth));
  return at;
}

/// Total variance at the money.
double at_the_money(const SmileChain& chain) {
  const SmileTarget* nearest = nullptr;
  for (const SmileTarget& target : chain.targets) {
    if (target.side != detail::SmileSide::both) continue;
    if (nearest == nullptr || std::fabs(target.log_strike) < std::fabs(nearest->log_strike))
      nearest = &target;
  }
  return nearest->level * nearest->level * chain.years;
}

/// Of one expiry: sums of products of derivatives by rho, eta, gamma and its theta.
class ExpirySums {
 public:
  using Four = std::array<double, 4>;

  void add(double residual, const Four& by) {
    square_ += residual * residual;
    for (std::size_t i = 0; i < by.size(); ++i) {
      right_[i] -= by[i] * residual;
      for (std::size_t j = 0; j <= i; ++j)
        products_[i][j] += by[i] * by[j];
    }
  }

  /// Adds them by coordinates. `growths` are of theta up to this expiry's: all move it alike.
  void add_to(detail::NormalEquations& out,
              const std::array<double, shared>& by_coordinate,
              std::span<const double> growths) const {
    const std::size_t n = out.right.size();
    out.cost += 0.5 * square_;
    for (std::size_t i = 0; i < shared; ++i) {
      out.right[i] += right_[i] * by_coordinate[i];
      for (std::size_t j = 0; j <= i; ++j)
        out.matrix[i * n + j] += products_[i][j] * by_coordinate[i] * by_coordinate[j];
    }
    for (std::size_t e = 0; e < growths.size(); ++e) {
      const std::size_t row = shared + e;
      out.right[row] += right_[shared] * growths[e];
      for (std::size_t j = 0; j < shared; ++j)
        out.matrix[row * n + j] += products_[shared][j] * by_coordinate[j] * growths[e];
      for (std::size_t other = 0; other <= e; ++other) {
        out.matrix[row * n + shared + other] +=
            products_[shared][shared] * growths[e] * growths[other];
      }
    }
  }

 private:
  double square_ = 0.0;
  Four right_{};
  std::array<Four, 4> products_{};
};

ExpirySums sums_of(const SmileChain& chain, const Ssvi& ssvi, double theta) {
  ExpirySums sums;
  const double phi = ssvi_phi(ssvi, theta);
  // By rho, eta, gamma, theta.
  const ExpirySums::Four phi_by{0.0, phi / ssvi.eta, phi * std::log1p(1.0 / theta),
                                -phi * (ssvi.gamma + theta) / (theta * (1.0 + theta))};
  for (const SmileTarget& target : chain.targets) {
    const double k = target.log_strike;
    const double y = phi * k;
    const double root = std::sqrt(y * y + 2.0 * ssvi.rho * y + 1.0);
    const double w = 0.5 * theta * (1.0 + ssvi.rho * y + root);
    const double vol = detail::smile_vol(std::max(w, 1e-12), chain.years);
    const double miss = target.miss(vol);
    if (target.side != detail::SmileSide::both && miss == 0.0) continue;
    const double by_w = target.root_weight * 0.5 / (vol * chain.years);
    const double w_by_phi = 0.5 * theta * k * (ssvi.rho + (y + ssvi.rho) / root);
    sums.add(target.root_weight * miss,
             {by_w * 0.5 * theta * (y + y / root), by_w * w_by_phi * phi_by[1],
              by_w * w_by_phi * phi_by[2], by_w * (w / theta + w_by_phi * phi_by[3])});
  }
  const SsviConditions conditions = ssvi_conditions(ssvi, theta);
  constexpr double most = 4.0 - 1e-3;
  const double factor = 10.0 * std::sqrt(chain.weight_sum);
  const double lean = 1.0 + std::fabs(ssvi.rho);
  const double by_rho = ssvi.rho < 0.0 ? -1.0 / lean : 1.0 / lean;
  const auto hold = [&](double value, double power) {  // value is theta phi^power lean
    if (value <= most) return;
    const double by_phi = factor * value * power / phi;
    sums.add(factor * (value - most),
             {factor * value * by_rho, by_phi * phi_by[1], by_phi * phi_by[2],
              factor * value / theta + by_phi * phi_by[3]});
  };
  hold(conditions.first, 1.0);
  hold(conditions.second, 2.0);
  return sums;
}

void ssvi_equations(std::span<const SmileChain> chains,
                    std::span<const double> x,
                    detail::NormalEquations& out) {
  const SsviPoint at = ssvi_at(x);
  const std::size_t n = x.size();
  std::vector<double> growths;
  for (const double growth : x.subspan(shared))
    growths.push_back(std::exp(growth));
  out.cost = 0.0;
  std::fill(out.matrix.begin(), out.matrix.end(), 0.0);
  std::fill(out.right.begin(), out.right.end(), 0.0);
  for (std::size_t e = 0; e < chains.size(); ++e) {
    sums_of(chains[e], at.ssvi, at.thetas[e])
        .add_to(out, at.by_coordinate, std::span(growths).first(e + 1));
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j)
      out.matrix[j * n + i] = out.matrix[i * n + j];
}

}  // namespace

Result<SsviFit> fit_ssvi(std::span<const SmileExpiry> expiries) {
  if (expiries.empty()) return fail(Errc::bad_input, "there is no expiry to fit");
  std::vector<SmileChain> chains;
  std::vector<double> x{std::atanh(-0.2), 0.0, 0.0};
  double before = 0.0;
  for (const SmileExpiry& expiry : expiries) {
    BALLAST_TRY(chain, detail::smile_chain(expiry.quotes, expiry.years));
    if (!chains.empty() && !(expiry.years > chains.back().years)) {
      return fail(Errc::bad_input,
                  fmt::format("years of {} come after {}: expiries must stand in their order",
                              expiry.years, chains.back().years));
    }
    const double theta = at_the_money(chain);
    x.push_back(std::log(std::max(theta - before, 0.01 * theta)));
    before = std::max(theta, before + 0.01 * theta);
    chains.push_back(std::move(chain));
  }
  constexpr int iterations_max = 100;
  const detail::LeastSquares solved =
      detail::least_squares([&](std::span<const double> at,
                                detail::NormalEquations& out) { ssvi_equations(chains, at, out); },
                            x, iterations_max);
  if (!std::isfinite(solved.cost))
    return fail(Errc::no_convergence, "the fit of the surface is not finite");
  const SsviPoint at = ssvi_at(solved.at);
  SsviFit fit;
  fit.ssvi = at.ssvi;
  fit.thetas = at.thetas;
  fit.is_free = true;
  fit.iterations = solved.iterations;
  for (std::size_t e = 0; e < chains.size(); ++e) {
    const RawSvi slice = ssvi_slice(at.ssvi, at.thetas[e]);
    fit.residuals.push_back(
        detail::residuals_of(expiries[e].quotes, expiries[e].years,
                             [&](double k) { return svi_total_variance(slice, k); }));
    fit.is_free = fit.is_free && ssvi_conditions(at.ssvi, at.thetas[e]).hold;
  }
  return fit;
}

}  // namespace ballast
