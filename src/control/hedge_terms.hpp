// What trading one hedge instrument costs and how much of it may be traded now: the top of its
// book, fees, impact and funding; lots, minimum sizes, position limits and margin.
#pragma once

#include <optional>

#include "control/candidate.hpp"
#include "control/open_orders.hpp"
#include "control/situation.hpp"
#include "quant/control/hedge_program.hpp"

namespace ballast {

inline double signed_quantity(Side side, double qty) { return side == Side::buy ? qty : -qty; }

/// Whether the market has shown itself since the last order of ours that met this side of it.
bool answered(const Situation& situation,
              const OpenOrders& orders,
              InstrumentId instrument,
              Side side);

struct HedgeTerms {
  HedgeInstrument program;  // by unit of the instrument's quantity, reporting currency
  double trading = 0.0;     // half spread and fee of a unit
};

/// @param per_quantity  units of the factor in question for one of the instrument's quantity. 0:
///                      the instrument moves other factors only, and what it costs is stated for a
///                      unit of its quantity.
/// @param weighed       what a person is shown of it; why it is left out, where nothing returns.
std::optional<HedgeTerms> hedge_terms(const Situation& situation,
                                      const ControlConfig& control,
                                      const OpenOrders& orders,
                                      const HedgeConfig& hedge,
                                      double per_quantity,
                                      Weighed& weighed);

/// What an account that a hedge trades in has free, reporting currency.
struct FreeMargin {
  const MarginConfig* account = nullptr;  // nullptr: its margin is not configured
  double free = 0.0;                      // >= 0
};

/// Sets what a unit bought and sold takes of the account's free margin: what the largest trade that
/// its bounds allow would take, by unit. Margin grows faster than a trade, so a smaller one takes
/// no more by unit; what a trade sets free is not counted. Errors: stale_data.
Result<FreeMargin> set_margin(const Situation& situation,
                              const OpenOrders& orders,
                              const HedgeConfig& hedge,
                              HedgeInstrument& program);

}  // namespace ballast
