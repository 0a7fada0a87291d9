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
//   inputs    prices, forwards, volatilities; where the configuration has a max_age, one that is
//             older makes all of it unknown
//
// Charges for open orders, spot and market maker protection, which Deribit adds, are not counted.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "control/open_orders.hpp"
#include "control/situation.hpp"
#include "quant/margin/deribit_portfolio.hpp"

namespace ballast {

struct AccountMargin {
  double initial = 0.0;      // what a new position must leave
  double maintenance = 0.0;  // below which liquidation begins
  double equity = 0.0;
  double free() const { return equity - initial; }
};

/// A position as the venue margins it.
struct PositionMargin {
  InstrumentId instrument;
  double coins = 0.0;                   // short below 0
  std::optional<DeribitMargin> margin;  // standard margin: what it asks for by itself
};

/// All of a coin under portfolio margin.
struct CoinMargin {
  AssetId coin;
  DeribitMargin margin;
  DeribitScenario worst;  // the first that loses most, where one loses anything
  double loss = 0.0;      // in it; this and the next two in the currency, >= 0
  double delta_shock = 0.0;
  double roll_shock = 0.0;
};

/// What an account's margin is made of.
struct MarginDetail : AccountMargin {
  std::vector<PositionMargin> positions;  // as the desk's instruments
  std::vector<CoinMargin> coins;          // portfolio margin
  std::optional<Timestamp> oldest_input;  // absent: it rests on none that ages
};

/// A trade to come.
struct MarginChange {
  InstrumentId instrument;
  double qty = 0.0;             // sold below 0
  std::optional<double> price;  // of an option: its premium; absent: its mark
};

/// Whether the account margins what it holds of the instrument.
bool margined_in(const MarginConfig& config, const Instrument& traded);

/// That of the account for what settles in the instrument's asset; nullptr where none is
/// configured.
const MarginConfig* margin_of(const Desk& desk, const Place& place, InstrumentId instrument);

/// What is in flight in the account, as if all of it filled at the best price of the other side.
std::vector<MarginChange> changes_in_flight(const Situation& situation,
                                            const OpenOrders& orders,
                                            const MarginConfig& config);

/// With the changes made. Errors: stale_data, naming what is missing or too old.
Result<MarginDetail> margin_detail(const Situation& situation,
                                   const MarginConfig& config,
                                   std::span<const MarginChange> changes = {});
/// The sums alone.
Result<AccountMargin> account_margin(const Situation& situation,
                                     const MarginConfig& config,
                                     std::span<const MarginChange> changes = {});

}  // namespace ballast
