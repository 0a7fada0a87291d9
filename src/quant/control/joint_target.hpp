// The holdings of several factors that carry, risk and the cost of getting there make best
// together:
//
//   maximise   carry' q  -  gamma/2 q' Sigma q  -  cost' |q - q0|      over  lower <= q <= upper
//
// Costs leave a region of no trade around the frictionless holdings (gamma Sigma)^-1 carry: a
// factor whose marginal gain is below its cost stays where it is. For one factor that region is
//   (carry - cost) / (gamma sigma^2) <= q0 <= (carry + cost) / (gamma sigma^2),
// and from outside it is traded to its nearer edge.
//
// Merton (1969) with constant absolute risk aversion; costs as in one period of Davis and Norman
// (1990), "Portfolio selection with transaction costs", Mathematics of Operations Research 15(4).
// Method: box_program.hpp; `gap` is its certificate. Singular covariances are welcome.
// Tests: the two limits above; the conditions of optimality on random programs; invariants.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "quant/control/box_program.hpp"

namespace ballast {

struct JointTargetFactor {
  double current = 0.0;  // q0, units
  double carry = 0.0;    // earned by a unit held over the horizon, money
  double cost = 0.0;     // of trading a unit either way, money, >= 0
  double lower = 0.0;    // units, finite: lower <= upper; from outside, trading to them is a must
  double upper = 0.0;
};

struct JointTargetInput {
  std::span<const JointTargetFactor> factors;
  std::span<const double> covariance;  // Sigma over the horizon, money^2, F x F, semidefinite
  double gamma = 0.0;                  // absolute risk aversion, 1 / money, >= 0
};

/// `holdings` are the program's own, and valid until its next solve.
struct JointTarget {
  std::span<const double> holdings;  // q, units; exactly q0 where nothing is traded
  double objective = 0.0;            // money
  double gap = 0.0;                  // no holdings are better by more, >= 0
};

/// A workspace that solves one program after another.
class JointTargetProgram {
 public:
  static constexpr std::size_t factors_max = 64;

  /// Errors: bad_input names the parameter; no_convergence where rounding leaves a gap above 1e-6
  /// of the amounts at stake.
  Result<JointTarget> solve(const JointTargetInput& input);

 private:
  BoxProgram program_;
  std::vector<double> root_, holdings_;
};

}  // namespace ballast
