// What a venue asks for an account's positions, and what the account has for it, in the account's
// currency: Deribit's standard and portfolio margin (quant/margin) on the positions, prices,
// forwards and volatilities of now. Worked out when asked; nothing here keeps state.
//
//   equity    standard: cash and the unrealised profit of futures and perpetuals, in which premiums
//             count as paid and received; portfolio: also what the options are worth
//   positions net over all books of the account, of what is settled in the currency, coin by coin;
//             an option that has expired asks for nothing
//   marks     of an option: the instrument's price, where it has one; else what it is worth
//
// Charges for open orders, spot and market maker protection, which Deribit adds, are not counted.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "control/open_orders.hpp"
#include "control/situation.hpp"

namespace ballast {

struct AccountMargin {
  double initial = 0.0;      // what a new position must leave
  double maintenance = 0.0;  // below which liquidation begins
  double equity = 0.0;
  double free() const { return equity - initial; }
};

/// A trade to come.
struct MarginChange {
  InstrumentId instrument;
  double qty = 0.0;             // sold below 0
  std::optional<double> price;  // of an option: its premium; absent: its mark
};

/// That of the account for what settles in the instrument's asset; nullptr where none is
/// configured.
const MarginConfig* margin_of(const Desk& desk, const Place& place, InstrumentId instrument);

/// What is in flight in the account, as if all of it filled at the best price of the other side.
std::vector<MarginChange> changes_in_flight(const Situation& situation,
                                            const OpenOrders& orders,
                                            const MarginConfig& config);

/// With the changes made. Errors: stale_data, naming what is missing.
Result<AccountMargin> account_margin(const Situation& situation,
                                     const MarginConfig& config,
                                     std::span<const MarginChange> changes = {});

}  // namespace ballast
