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

#include "quant/control/lot_program.hpp"

namespace ballast {

/// What the continuous program says.
struct LotPrices {
  std::span<const double> trades;      // its solution
  std::span<const double> pull;        // per unit of each instrument: what its exposure is worth
  double shadow = 0.0;                 // of a unit of the budget
  double rest = 0.0;                   // of the bound: all but the instruments
  std::span<const double> inner = {};  // trades that may be rounded to the nearest; empty: none
};

class LotSearch {
 public:
  static constexpr std::int64_t nodes_max = 3000;

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

  void start_near(std::span<const double> trades, double up);
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
  void measure_reach();
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
