// What trading an option does to a factor, from the greeks of one contract as the desk's surfaces
// have them now (portfolio/option_desk.hpp), in the units in which factors count options:
//
//   delta, delta_net, delta_equity   coins. delta_equity takes off the premium, at what the option
//                                    is worth: it is paid when the option trades
//   gamma   coins per 1 % of the forward      vega   quote per volatility point
//   theta   quote per day
//   cash    the premium, at the ask where there is one: what is sold brings a spread less
#pragma once

#include <optional>
#include <string>

#include "control/situation.hpp"

namespace ballast {

/// Whether the option is among those that the factor counts, as far as its asset and its time to
/// expiry say. One that has expired is of the factors of its asset, and adds nothing to them.
bool counts_option(const Situation& situation,
                   const FactorConfig& factor,
                   const Instrument& option);

/// What buying one contract adds to a factor, in its unit; 0 where it does not touch it, and from
/// the expiry on. Nothing when a forward, a volatility or a price is missing.
std::optional<double> option_per_quantity(const Situation& situation,
                                          FactorId factor,
                                          InstrumentId option,
                                          const Place& place);

/// Why an option cannot be traded for the factor now; empty when it can. Greeks are as old as the
/// surface that they rest on, which the factor's max_age bounds.
std::string option_lack(const Situation& situation, FactorId factor, InstrumentId option);

}  // namespace ballast
