#include "quant/control/joint_target.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/control/semidefinite.hpp"

namespace ballast {
namespace {

Result<void> check(const JointTargetInput& input, std::size_t most) {
  const std::size_t F = input.factors.size();
  if (F > most) {
    return fail(Errc::bad_input,
                fmt::format("factors has {} rows: it may have at most {}", F, most));
  }
  if (input.covariance.size() != F * F) {
    return fail(Errc::bad_input, fmt::format("covariance has {} numbers: {} factors need {}",
                                             input.covariance.size(), F, F * F));
  }
  BALLAST_CHECK(require_not_negative("gamma", input.gamma));
  for (const JointTargetFactor& factor : input.factors) {
    BALLAST_CHECK(require_finite("current", factor.current));
    BALLAST_CHECK(require_finite("carry", factor.carry));
    BALLAST_CHECK(require_not_negative("cost", factor.cost));
    BALLAST_CHECK(require_finite("lower", factor.lower));
    BALLAST_CHECK(require_finite("upper", factor.upper));
    BALLAST_CHECK(require_not_negative("upper - lower", factor.upper - factor.lower));
  }
  return {};
}

/// What a factor by itself would hold or trade, to scale by.
double typical_size(const JointTargetFactor& factor, double curvature) {
  const double width = factor.upper - factor.lower;
  const double size = (std::fabs(factor.carry) + factor.cost) / curvature +
                      std::fabs(std::clamp(factor.current, factor.lower, factor.upper));
  if (std::isfinite(size) && size > 0.0 && (size < width || width <= 0.0)) return size;
  return width > 0.0 ? width : 1.0;
}

}  // namespace

/// As a program of what is bought and sold from the point of the box that is nearest to q0: getting
/// there is a must.
Result<JointTarget> JointTargetProgram::solve(const JointTargetInput& input) {
  BALLAST_CHECK(check(input, factors_max));
  const std::size_t F = input.factors.size();
  root_.resize(F * F);
  BALLAST_CHECK(semidefinite_factor("covariance", input.covariance, F, root_));
  for (double& entry : root_)
    entry *= std::sqrt(input.gamma);

  const auto begin_at = [](const JointTargetFactor& factor) {
    return std::clamp(factor.current, factor.lower, factor.upper);
  };
  const auto typical = [&](std::size_t f) {
    return typical_size(input.factors[f], input.gamma * input.covariance[f * F + f]);
  };
  double money = 0.0;
  double musts = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    const JointTargetFactor& factor = input.factors[f];
    const double risk = input.gamma * input.covariance[f * F + f] * typical(f) * typical(f);
    money = std::max({money, (std::fabs(factor.carry) + factor.cost) * typical(f), risk});
    musts += factor.cost * std::fabs(begin_at(factor) - factor.current) -
             factor.carry * begin_at(factor);
  }
  if (money <= 0.0) money = 1.0;
  program_.begin(F, money);
  for (std::size_t f = 0; f < F; ++f) {
    const JointTargetFactor& factor = input.factors[f];
    for (const double sign : {1.0, -1.0}) {
      const double bound = sign > 0.0 ? factor.upper : factor.lower;
      program_.add({.linear = factor.cost - sign * factor.carry,
                    .upper = std::fabs(bound - begin_at(factor)),
                    .typical = typical(f)});
      for (std::size_t k = 0; k <= f; ++k)
        program_.entry(k, -sign * root_[f * F + k]);
    }
  }
  for (std::size_t k = 0; k < F; ++k) {
    double size = 0.0;
    double begin = 0.0;
    for (std::size_t f = k; f < F; ++f) {
      size = std::max(size, std::fabs(root_[f * F + k]) * typical(f));
      begin += root_[f * F + k] * begin_at(input.factors[f]);
    }
    if (size <= 0.0) continue;
    program_.right_side(k, begin);
    program_.add({.quadratic = 1.0, .typical = size, .free = true});
    program_.entry(k, 1.0);
  }
  program_.solve();

  holdings_.resize(F);
  double objective = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    const JointTargetFactor& factor = input.factors[f];
    holdings_[f] = std::clamp(begin_at(factor) + program_.value(2 * f) - program_.value(2 * f + 1),
                              factor.lower, factor.upper);
    double covariance = 0.0;
    for (std::size_t g = 0; g < f; ++g)
      covariance += input.covariance[f * F + g] * holdings_[g];
    covariance += 0.5 * input.covariance[f * F + f] * holdings_[f];
    objective += factor.carry * holdings_[f] - input.gamma * covariance * holdings_[f] -
                 factor.cost * std::fabs(holdings_[f] - factor.current);
  }
  const double gap = std::max(0.0, -(program_.bound() + musts) - objective);
  if (gap <= 1e-6 * (money + std::fabs(objective))) return JointTarget{holdings_, objective, gap};
  return fail(Errc::no_convergence,
              fmt::format("after {} steps holdings might be better by {} than {}",
                          program_.iterations(), gap, objective));
}

}  // namespace ballast
