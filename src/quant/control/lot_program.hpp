// A hedge program in lots, with one price for all that it weighs: what lot_search.hpp minimises.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ballast {

/// Less by more than rounding.
inline bool clearly_below(double a, double b) {
  return a < b - 1e-12 * (std::fabs(a) + std::fabs(b));
}

/// A whole number of lots as an integer; what is beyond those that doubles count is their last.
std::int64_t whole_lots(double lots);

struct LotInstrument {
  double buy = 0.0;  // money per unit, net of carry, >= 0
  double sell = 0.0;
  double impact = 0.0;      // money per unit^2
  double order_cost = 0.0;  // money per order
  double buy_margin = 0.0;  // of the budget per unit
  double sell_margin = 0.0;
  double lot = 1.0;
  std::int64_t least = 0;  // lots: least <= 0 <= most
  std::int64_t most = 0;
  std::int64_t minimum = 1;  // lots of the smallest order, >= 1

  double cost(std::int64_t lots) const;
  /// Of the budget.
  double margin(std::int64_t lots) const {
    const double x = static_cast<double>(lots) * lot;
    return x > 0.0 ? buy_margin * x : -sell_margin * x;
  }
  /// The nearest permitted number of lots, by a rounding that never crosses 0.
  std::int64_t permitted(std::int64_t lots) const;
};

struct LotFactor {
  double deviation = 0.0;
  double lower = 0.0;
  double upper = 0.0;
  double outside = 0.0;    // how far the deviation is outside its band, and may at most end
  double size = 1.0;       // the deviation that counts as one
  double tolerance = 0.0;  // of rounding: nearer than this to the band is inside
  double price = 0.0;      // of a unit outside
  /// The part of `e` that is beyond the band, signed.
  double excess(double e) const;
};

struct LotProgram {
  std::span<const LotFactor> factors;
  std::span<const LotInstrument> instruments;
  std::span<const double> exposure;  // [j F + f]
  std::span<const double> risk;      // F x F: gamma horizon Sigma
  bool whole = false;                // risk of the whole deviation, not of the excess
  double charge = 0.0;               // of a factor that is outside at all
  double budget = 0.0;

  std::span<const double> exposure_of(std::size_t j) const {
    return exposure.subspan(j * factors.size(), factors.size());
  }
  double risk_cost(std::span<const double> e) const;
  /// Price and charge of a factor outside; further than permitted costs more than anything else, in
  /// degrees, so that a start that is not permitted can be mended.
  double excess_cost(std::size_t factor, double e) const;
  double budget_cost(double used) const;  // 0, or the same
};

}  // namespace ballast
