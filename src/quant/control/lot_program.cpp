#include "quant/control/lot_program.hpp"

#include <algorithm>
#include <cmath>

namespace ballast {

std::int64_t whole_lots(double lots) {
  constexpr double most = 9e15;  // doubles count to there
  return static_cast<std::int64_t>(std::clamp(lots, -most, most));
}

double LotInstrument::cost(std::int64_t lots) const {
  if (lots == 0) return 0.0;
  const double x = static_cast<double>(lots) * lot;
  return (x > 0.0 ? buy * x : -sell * x) + impact * x * x + order_cost;
}

std::int64_t LotInstrument::permitted(std::int64_t lots) const {
  lots = std::clamp(lots, least, most);
  return std::abs(lots) < minimum ? 0 : lots;
}

double LotFactor::excess(double e) const {
  if (e > upper + tolerance) return e - upper;
  if (e < lower - tolerance) return e - lower;
  return 0.0;
}

double LotProgram::risk_cost(std::span<const double> e) const {
  const std::size_t F = factors.size();
  double sum = 0.0;
  for (std::size_t f = 0; f < F; ++f) {
    const double counted = whole ? e[f] : factors[f].excess(e[f]);
    if (counted == 0.0) continue;
    double row = 0.0;
    for (std::size_t g = 0; g < f; ++g)
      row += risk[f * F + g] * (whole ? e[g] : factors[g].excess(e[g]));
    sum += counted * (row + 0.5 * risk[f * F + f] * counted);
  }
  return sum;
}

double LotProgram::excess_cost(std::size_t factor, double e) const {
  const LotFactor& here = factors[factor];
  const double excess = std::fabs(here.excess(e));
  if (excess == 0.0) return 0.0;
  const double further = excess - here.outside;
  const double forbidden =
      further > here.tolerance ? charge * (1e3 + 1e6 * further / here.size) : 0.0;
  return forbidden + charge + here.price * excess;
}

double LotProgram::budget_cost(double used) const {
  if (used <= budget * (1.0 + 1e-9)) return 0.0;
  return charge * (1e3 + 1e6 * (budget > 0.0 ? used / budget - 1.0 : 1.0 + used));
}

}  // namespace ballast
