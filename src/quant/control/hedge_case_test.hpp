// Hedge programs as values, random ones, and what the tests do with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/contract.hpp"
#include "base/rng.hpp"
#include "quant/control/hedge_program.hpp"

namespace ballast {

struct HedgeCase {
  std::vector<HedgeFactor> factors;
  std::vector<HedgeInstrument> instruments;
  std::vector<double> exposure;
  std::vector<double> covariance;
  double gamma = 0.0;
  double budget = std::numeric_limits<double>::infinity();
  HedgeAim aim = HedgeAim::near_edge;

  HedgeInput input() const {
    return {.factors = factors,
            .instruments = instruments,
            .exposure = exposure,
            .covariance = covariance,
            .gamma = gamma,
            .horizon_days = 1.0,
            .budget = budget,
            .aim = aim};
  }
};

/// A plan that outlives its program.
struct Solved {
  std::vector<std::int64_t> lots;
  std::vector<double> trades, residual;
  std::vector<bool> inside;
  HedgeCost before, after;
  double bound = 0.0;
  double gap = 0.0;
  HedgeObstacle obstacle{};
  bool proven = false;
};

inline Solved solved(HedgeProgram& program, const HedgeCase& given) {
  const auto plan = program.solve(given.input());
  BALLAST_ASSERT(plan);
  return {{plan->lots.begin(), plan->lots.end()},
          {plan->trades.begin(), plan->trades.end()},
          {plan->residual.begin(), plan->residual.end()},
          {plan->inside.begin(), plan->inside.end()},
          plan->before,
          plan->after,
          plan->bound,
          plan->gap(),
          plan->obstacle,
          plan->proven};
}

inline Solved solved(const HedgeCase& given) {
  HedgeProgram program;
  return solved(program, given);
}

/// A covariance of full rank, or of less.
inline std::vector<double> random_covariance(Rng& rng, std::size_t n, std::size_t rank) {
  std::vector<double> loads(n * rank);
  for (double& load : loads)
    load = rng.normal();
  std::vector<double> covariance(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < rank; ++k)
        covariance[i * n + j] += loads[i * rank + k] * loads[j * rank + k];
    }
  }
  return covariance;
}

/// A desk: each instrument moves one factor by 1 a unit and, as options do, some others by less.
/// Bounds are wide and lots small, or, `coarse`, few lots make the whole trade.
inline HedgeCase random_desk(Rng& rng, std::size_t factors, std::size_t instruments, bool coarse) {
  HedgeCase given;
  for (std::size_t f = 0; f < factors; ++f) {
    const double band = rng.chance(0.1) ? 0.0 : 0.5 + 2.0 * rng.uniform();
    given.factors.push_back(
        {.deviation = rng.chance(0.3) ? band * (2.0 * rng.uniform() - 1.0) : 4.0 * rng.normal(),
         .lower = -band * (rng.chance(0.8) ? 1.0 : rng.uniform()),
         .upper = band});
  }
  given.covariance = random_covariance(rng, factors, rng.chance(0.2) ? 1 : factors);
  given.gamma = rng.chance(0.1) ? 0.0 : 0.2 * rng.uniform();
  given.aim = rng.chance(0.5) ? HedgeAim::target : HedgeAim::near_edge;
  for (std::size_t j = 0; j < instruments; ++j) {
    HedgeInstrument instrument;
    instrument.buy_cost = rng.chance(0.1) ? 0.0 : 0.1 * rng.uniform();
    instrument.sell_cost = rng.chance(0.5) ? instrument.buy_cost : 0.1 * rng.uniform();
    instrument.impact = rng.chance(0.4) ? 0.0 : 0.02 * rng.uniform();
    instrument.carry = rng.chance(0.5) ? 0.0 : 0.02 * rng.normal();
    instrument.lot = coarse ? 0.5 + 0.5 * static_cast<double>(rng.below(4)) : 0.01;
    const auto side = [&] {
      return instrument.lot * static_cast<double>(coarse ? rng.below(7) : 100 * rng.below(20));
    };
    instrument.most = side();
    instrument.least = -side();
    instrument.minimum = rng.chance(0.7) ? 0.0 : instrument.lot * 2.0;
    instrument.order_cost = rng.chance(0.7) ? 0.0 : 0.1 * rng.uniform();
    instrument.buy_margin = rng.chance(0.5) ? 1.0 : rng.uniform();
    instrument.sell_margin = instrument.buy_margin;
    given.instruments.push_back(instrument);
    const std::size_t main = rng.below(factors);
    for (std::size_t f = 0; f < factors; ++f) {
      given.exposure.push_back(f == main ? 1.0 : (rng.chance(0.25) ? 0.5 * rng.normal() : 0.0));
    }
  }
  if (rng.chance(0.2)) given.budget = 4.0 * static_cast<double>(factors) * rng.uniform();
  return given;
}

}  // namespace ballast
