// What venues ask for a desk's positions, account by account, as plain values: what the service,
// the report and the command line tell of each [[margins]]. engine/margin_views.hpp fills them.
//
// Model values, so doubles, in the account's currency. Where one input is missing or too old, all
// figures of an account are absent, with the reason beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "quant/margin/deribit_portfolio.hpp"

namespace ballast {

/// How equity stands to what is asked for.
enum class MarginState : std::uint8_t {
  unknown,
  covered,            // equity is at least the initial margin
  below_initial,      // nothing new can be opened
  below_maintenance,  // liquidation begins
};
/// "below_initial": as a field has it.
std::string_view to_string(MarginState state);
/// "up", "same", "down".
std::string_view to_string(DeribitVolShock shock);

struct MarginFigures {
  double equity = 0.0;
  double initial = 0.0;
  double maintenance = 0.0;
  double free = 0.0;                          // equity less initial margin: what is left
  std::optional<double> use = {};             // initial margin over equity; absent without equity
  std::optional<double> free_in_flight = {};  // as if all orders in flight filled
  std::optional<double> age_seconds = {};     // of the oldest input; absent where none ages
};

struct MarginPosition {
  std::string instrument;
  double coins = 0.0;  // short below 0
  // Standard margin: what it asks for by itself.
  std::optional<double> initial, maintenance;
};

/// Of the scenarios of one coin under portfolio margin, the one that loses most.
struct WorstScenario {
  double price_move = 0.0;  // share of the price
  DeribitVolShock vol = DeribitVolShock::same;
  double vol_move = 0.0;  // share of the volatility of an option with 30 days left
  bool extended = false;  // of the table of far moves
};

struct CoinMarginView {
  std::string coin;
  double initial = 0.0;
  double maintenance = 0.0;
  std::optional<WorstScenario> worst = {};  // absent: none loses anything
  double loss = 0.0;                        // in it, >= 0
  double delta_shock = 0.0;                 // what is added to it, >= 0
  double roll_shock = 0.0;
};

struct MarginView {
  std::string venue, account, currency;
  std::string model;               // "standard", "portfolio"
  std::vector<std::string> coins;  // whose derivatives are settled in the currency there
  Timestamp as_of;
  MarginState state = MarginState::unknown;
  std::string unknown_reason;  // empty with figures
  std::optional<MarginFigures> figures;
  std::vector<MarginPosition> positions;  // as the desk's instruments
  std::vector<CoinMarginView> by_coin;    // portfolio margin
};

}  // namespace ballast
