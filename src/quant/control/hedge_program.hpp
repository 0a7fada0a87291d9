// The hedge program: which trades bring factors back inside their bands at least cost.
//
// With e = d + B x the deviations after trades x of N instruments, in units of F factors, and z the
// part of e beyond its band [lower, upper]:
//
//   minimise   gamma/2 horizon r' Sigma r  +  sum_j cost_j(x_j)  +  excess price
//   r = z (aim near_edge: back to the band, not to its middle) or r = e (aim target)
//   cost_j(x) = (half spread + fee) |x| + impact x^2 + carry x + order_cost [x != 0]
//
// subject to  no factor ends further outside its band than it began, so one inside stays inside;
//             least_j <= x_j <= most_j, x_j a multiple of lot_j, x_j = 0 or |x_j| >= minimum_j;
//             sum_j margin_j |x_j| <= budget, margin_j that of the side of the trade.
//
// The band is a constraint where it can be met: a unit outside it costs far more than any trade,
// and so does each factor that is outside at all, however little; where not every factor can be
// brought inside, as many as possible are, and the others as near as possible. x = 0 is always
// feasible. Carry is earned on a hedge that is needed, never its reason: a side's carry counts at
// most for as much as its spread and fee (what is worth holding for its carry belongs into the
// target).
//
// Proportional costs say where to trade to (the edge), impact how to share a trade: Barzykin,
// Bergault and Guéant (2023), "Algorithmic market making in dealer markets with hedging and market
// impact", Mathematical Finance 33(1).
//
// Method: the continuous program by box_program.hpp, whose prices bound what any trades could
// reach; then rounding, exchanges of single lots and of pairs, and a search that leaves out
// whatever the prices exclude. Where that ends far from the bound, as where several edges leave no
// exchange of two, it starts once more from the program whose bands are narrower by what rounding
// may move. All are bounded in steps and deterministic, and nothing is allocated
// once a program of the same size was solved. Tests: every combination of lots on small programs; a
// simplex on linear ones; certificates and invariants on large random ones; hand-computed
// scenarios.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "quant/control/box_program.hpp"
#include "quant/control/lot_search.hpp"

namespace ballast {

enum class HedgeAim : std::uint8_t { near_edge, target };

struct HedgeFactor {
  double deviation = 0.0;  // d: actual less target, in the factor's unit
  double lower = 0.0;      // band edges as offsets from the target: lower <= 0 <= upper
  double upper = 0.0;
};

struct HedgeInstrument {
  double buy_cost = 0.0;   // half spread and fee, money per unit, >= 0
  double sell_cost = 0.0;  // the same of a sale
  double impact = 0.0;     // eta, money per unit^2, >= 0
  double carry = 0.0;      // expected over the horizon, money per unit held; a cost is positive
  double lot = 1.0;        // units, > 0
  double minimum = 0.0;    // the smallest order, units, >= 0
  double least = 0.0;      // bounds of the trade, units, finite: least <= 0 <= most
  double most = 0.0;
  double order_cost = 0.0;  // money per order, >= 0
  double buy_margin = 0.0;  // of the budget, per unit bought, >= 0
  double sell_margin = 0.0;
};

struct HedgeInput {
  std::span<const HedgeFactor> factors;
  std::span<const HedgeInstrument> instruments;
  std::span<const double> exposure;    // B by instrument: [j F + f], factor units per unit traded
  std::span<const double> covariance;  // Sigma, F x F, symmetric, semidefinite: money^2 a day per
                                       // unit of one factor and unit of the other
  double gamma = 0.0;                  // risk aversion, 1 / money, >= 0
  double horizon_days = 1.0;           // >= 0
  double budget = std::numeric_limits<double>::infinity();  // >= 0, in the unit of margin
  HedgeAim aim = HedgeAim::near_edge;
};

/// Why a factor is left outside its band.
enum class HedgeObstacle : std::uint8_t {
  none,         // every factor is inside
  lots,         // fractions of lots, or orders below the minimum, would do
  budget,       // a larger budget would do
  bounds,       // larger bounds of trades would do
  instruments,  // no trades of these instruments would do without pushing another factor out
};
std::string_view to_string(HedgeObstacle obstacle);

struct HedgeCost {
  double risk = 0.0;  // of what the aim counts: the excess, or the deviation
  double spread_and_fees = 0.0;
  double impact = 0.0;
  double carry = 0.0;   // as counted: at least -spread_and_fees of the side
  double orders = 0.0;  // order_cost of each
  double excess = 0.0;  // the price of being outside bands: 0 where all are inside
  double total() const { return risk + spread_and_fees + impact + carry + orders + excess; }
};

/// Spans are the program's own, and valid until its next solve.
struct HedgePlan {
  std::span<const std::int64_t> lots;    // per instrument, signed
  std::span<const double> trades;        // lots * lot
  std::span<const double> residual;      // d + B x per factor
  std::span<const std::uint8_t> inside;  // per factor: 1 where the residual is within the band
  HedgeCost before;                      // of doing nothing
  HedgeCost after;
  double bound = 0.0;  // no trades, not even fractions of lots, have a lower total
  HedgeObstacle obstacle = HedgeObstacle::none;
  bool proven = false;  // no multiples of lots have a lower total
  double gap() const { return after.total() - bound; }
};

/// A workspace that solves one program after another.
class HedgeProgram {
 public:
  static constexpr std::size_t factors_max = 64;
  static constexpr std::size_t instruments_max = 1024;

  /// Errors: bad_input names the parameter.
  Result<HedgePlan> solve(const HedgeInput& input);

 private:
  /// What the continuous program keeps of the whole: to find the obstacle, less and less.
  struct Kept {
    bool costs = true;
    bool budget = true;
    bool bounds = true;
    bool room = false;  // bands and budget narrower, by what rounding to lots may move
  };
  static Result<void> check(const HedgeInput& input);
  Result<void> prepare(const HedgeInput& input);
  void price();
  void relax(Kept kept);
  void take_prices();
  void search();
  double room_of(std::size_t factor) const;
  double relaxed_excess() const;
  bool relaxed_inside(Kept kept);
  HedgeObstacle obstacle();
  double unavoidable() const;
  HedgeCost cost_of(std::span<const std::int64_t> lots);

  LotProgram program_;
  std::span<const HedgeInstrument> given_;
  std::vector<LotFactor> factors_;
  std::vector<LotInstrument> instruments_;
  std::vector<double> risk_;  // gamma horizon Sigma, and its factor
  std::vector<double> root_;
  std::vector<double> weight_;   // per factor: the risk of a unit, or 1 / size where there is none
  std::vector<double> typical_;  // per instrument: the trade that moves a factor by its size
  double money_ = 1.0;           // what a hedge may cost

  BoxProgram relaxation_;
  std::vector<std::size_t> excess_columns_;
  std::vector<double> relaxed_trades_, pull_, inner_trades_;
  LotPrices prices_;
  double bound_ = 0.0;
  bool can_all_be_inside_ = true;  // with fractions of lots

  LotSearch search_;
  std::vector<std::int64_t> lots_;
  std::vector<double> trades_, residual_;
  std::vector<std::uint8_t> inside_;
};

}  // namespace ballast
