// The discrete half of a hedge program: whole lots, minimum orders and fixed costs.
//
// From a continuous solution: round it, exchange lots of single instruments and of pairs for as
// long as the objective falls, then search the combinations that the continuous program's prices do
// not exclude. By weak duality trades k cost at least
//   rest + sum_j phi_j(k_j),   phi_j(k) = cost_j(k) + (pull_j +- shadow margin_j) k lot_j,
// so any number of lots whose phi is dearer than its instrument's cheapest by more than the
// incumbent is above that bound is in no better solution. Where the search ends within its nodes,
// its result is proven. Deterministic; never worse than no trades at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ballast {

struct LotInstrument {
  double buy = 0.0;  // money per unit, net of carry, >= 0
  double sell = 0.0;
  double impact = 0.0;      // money per unit^2
  double order_cost = 0.0;  // money per order
  double margin = 0.0;      // of the budget per unit either way
  double lot = 1.0;
  std::int64_t least = 0;  // lots: least <= 0 <= most
  std::int64_t most = 0;
  std::int64_t minimum = 1;  // lots of the smallest order, >= 1

  double cost(std::int64_t lots) const;
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

/// What the continuous program says.
struct LotPrices {
  std::span<const double> trades;  // its solution
  std::span<const double> pull;    // per unit of each instrument: what its exposure is worth
  double shadow = 0.0;             // of a unit of the budget
  double rest = 0.0;               // of the bound: all but the instruments
};

class LotSearch {
 public:
  static constexpr std::int64_t nodes_max = 4000;

  void run(const LotProgram& program, const LotPrices& prices);

  std::span<const std::int64_t> lots() const { return best_; }
  bool proven() const { return proven_; }

 private:
  struct Change {
    std::size_t instrument = 0;
    std::int64_t lots = 0;
  };
  struct Exposure {
    std::size_t factor = 0;
    double value = 0.0;
  };
  struct Window {
    std::size_t instrument = 0;
    std::size_t begin = 0;  // of choices_
    std::size_t end = 0;
    double size = 0.0;  // what a lot moves
  };
  struct Choice {
    std::int64_t lots = 0;
    double dearer = 0.0;  // phi less the instrument's least phi
  };

  void prepare();
  void set(std::span<const std::int64_t> lots);
  double with(std::span<const Change> changes);
  double risk_change(std::span<const Change> changes) const;
  double moved(const Change& change) const;
  void expect();
  void consider(std::span<const Change> changes);
  bool apply_best();
  void singles();
  void pairs();
  void replacements();
  void rank();
  void descend(std::int64_t evaluations_max);
  void keep();

  double phi(std::size_t j, std::int64_t lots) const;
  double cheapest(std::size_t j) const;
  bool window(std::size_t j, double least, double slack);
  void search();
  void visit(std::size_t depth, double dearer, double cost, double used);
  bool hopeless(std::size_t depth, double cost) const;

  std::span<const Exposure> exposures(std::size_t j) const {
    return std::span(exposures_).subspan(begins_[j], begins_[j + 1] - begins_[j]);
  }

  const LotProgram* program_ = nullptr;
  LotPrices prices_;
  std::vector<std::int64_t> lots_, best_, start_;
  // Exposures that are not 0, by instrument, and Sigma B and B' Sigma B of each.
  std::vector<Exposure> exposures_;
  std::vector<std::size_t> begins_;
  std::vector<double> risk_exposure_, own_risk_;
  // Where the search stands: deviations, the same in the making, what each factor's excess costs,
  // and the slope of risk by instrument.
  std::vector<double> e_, trial_, excess_costs_, slope_;
  double cost_ = 0.0, used_ = 0.0, risk_cost_ = 0.0, total_ = 0.0, best_total_ = 0.0;
  std::size_t outside_ = 0;
  std::vector<Change> best_change_;
  double best_change_total_ = 0.0;
  double worthwhile_ = 0.0;
  std::vector<std::size_t> active_;
  std::vector<double> rank_;

  std::vector<Window> windows_;
  std::vector<Choice> choices_;
  std::vector<double> least_, reach_low_, reach_high_, path_;
  std::vector<std::int64_t> chosen_;
  double bound_ = 0.0;
  std::int64_t evaluations_ = 0;
  std::int64_t nodes_ = 0;
  bool proven_ = false;
};

}  // namespace ballast
