// From a deviation to the orders that bring it back at least cost: the hedge program
// (quant/control/hedge_program.hpp) on the desk's instruments, with prices, fees, impact and
// funding as they are known now.
//
// All controlled factors that the instruments touch are in the program together, so that a hedge of
// one does not push another out of its band. Options touch several at once; where one may be
// traded, instruments that move only the others come along, so that delta, gamma and vega are
// brought back by one plan. An instrument whose price, top, account or greeks are not known, or is
// stopped, is left out, and the candidate says so. Orders are immediate-or-cancel at
// the best price of the other side, within lots, minimum sizes, position limits and margin.
#pragma once

#include <vector>

#include "control/candidate.hpp"
#include "control/hedge_terms.hpp"
#include "control/kill_switches.hpp"
#include "control/open_orders.hpp"
#include "control/situation.hpp"
#include "quant/control/hedge_program.hpp"

namespace ballast {

/// The deviation of a factor with what is in flight; nothing while it, or its risk, is unknown.
std::optional<Deviation> deviation_of(const Situation& situation,
                                      FactorId factor,
                                      const OpenOrders& orders);

class Hedging {
 public:
  /// @param prefix  of the ids of its orders: "p7" gives "p7-1", "p7-2".
  Candidate candidate(const Situation& situation,
                      const ControlConfig& control,
                      const OpenOrders& orders,
                      const KillSwitches& switches,
                      const Deviation& deviation,
                      const TradeId& proposal);

 private:
  struct Usable {
    const HedgeConfig* config = nullptr;
    double buy = 0.0;  // cost of one unit of quantity, funding counted, reporting currency
    double sell = 0.0;
    double trading = 0.0;     // half spread and fee of one unit
    std::size_t weighed = 0;  // its place in the candidate's list
  };
  static bool moves(const Situation& situation, FactorId factor, const HedgeConfig& hedge);
  static std::string_view unanswered(const Situation& situation,
                                     const ControlConfig& control,
                                     const OpenOrders& orders,
                                     const HedgeConfig& hedge,
                                     const Deviation& deviation);
  void weigh(const Situation& situation,
             const ControlConfig& control,
             const OpenOrders& orders,
             const KillSwitches& switches,
             std::uint32_t index,
             Candidate& candidate);
  void add_companions(const Situation& situation,
                      const ControlConfig& control,
                      const OpenOrders& orders,
                      const KillSwitches& switches,
                      Candidate& candidate);
  void count_margin(const FreeMargin& margin);
  void price_orders();
  void rank_gifts(HedgeStop aim);
  bool add_factors(const Situation& situation,
                   const ControlConfig& control,
                   const OpenOrders& orders);

  HedgeProgram program_;
  // Scratch, kept so that repeated looks allocate nothing.
  std::vector<FactorId> factor_ids_;
  std::vector<HedgeFactor> factors_;
  std::vector<double> covariance_;
  std::vector<Usable> usable_;
  std::vector<HedgeInstrument> instruments_;
  std::vector<double> exposure_;
  std::vector<FreeMargin> margins_;  // of the accounts, each once
};

}  // namespace ballast
