// Deribit's portfolio margin of one currency pair: the worst loss over a matrix of scenarios, and
// what is added to it.
//
//   standard table   price moves of -range..range in 2 buckets_count + 1 steps, each with
//   volatility
//                    up, the same and down
//   extended table   far moves m with volatility up. Of the profit, the fraction
//                    extended_table_factor range / |m| counts, in coin also times
//                    (1 + m) / (1 +- range): the edge of the standard table prices it. So a future
//                    alone has the profit of the edge.
//   profit           coin: size m / (1 + m), options size (V'/F' - V/F) with F' = F (1 + m) and
//                    Black's V in quote; quote: size F m, options size (V' - V)
//   volatility       up max(vol (1 + up w), min_volatility_for_shock_up), down vol (1 - down w),
//   not
//                    below 0; w = (vega_days / max(days, days_min))^power, power short_term below
//                    vega_days, else long_term
//   charged          of the book's profit in a scenario: gains count pnl_offset, and no more than
//                    max_offsetable_pnl; in the extended table gains and losses then come nearer to
//                    0 by (|m| / range - 1) extended_dampener, in coin over index (1 +- range)
//   delta shock      D min(max_delta_shock, m_inc max(D - threshold / index, 0)) coins, where D is
//                    the delta of futures and short options, less what long options offset of it
//   roll shock       per expiry, |delta| max(min_annualised_move, annualised_move_risk years);
//                    perpetuals are of years 0
//   contingencies    of the model before this one, 0 since: a share of net short options per expiry
//                    and strike, and of futures that offset each other
//   risk matrix      worst loss, rounded, + delta shock + roll shock + contingencies
//   initial          risk matrix + spot, market maker protection's and open orders' margin, rounded
//   maintenance      mm_factor times risk matrix
//
// Deltas are net of the option's price when settled in coin (delta_net). Books on several pairs are
// margined one by one, without offset between them.
// Source: Deribit, "Portfolio Margin" (support article 25944756247837) and the examples of
// private/pme/simulate in the API's documentation; names of parameters are those of that API. What
// Deribit does not print, the formulas of the extended table, of both shocks and of the rounding,
// are as its published numbers have them; roll beyond the minimum, and how options enter deltas,
// no published number shows.
// Tests: two answers of that API, to the last digit; options by another formula of Black's;
// hedges, sizes, single rules; errors.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "quant/margin/deribit_book.hpp"

namespace ballast {

/// The defaults are those published for BTC settled in coin; deribit_portfolio_rules() has others.
struct DeribitPortfolioRules {
  double price_range = 0.16;  // 0 to 1, both excluded
  int buckets_count = 4;      // steps each way, 1 to 100

  double volatility_range_up = 0.5;          // share of the volatility, >= 0
  double volatility_range_down = 0.25;       // >= 0
  double min_volatility_for_shock_up = 0.5;  // annual, >= 0
  double short_term_vega_power = 0.30;       // >= 0
  double long_term_vega_power = 0.13;        // >= 0
  double vega_days = 30.0;                   // > 0
  double days_min = 1.0;                     // > 0

  // Each above -1 and not within price_range.
  std::vector<double> extended_moves{-0.66, -0.33, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0};
  double extended_table_factor = 1.0;   // >= 0
  double extended_dampener = 100000.0;  // quote, >= 0

  double pnl_offset = 0.0;          // share of gains, 0 to 1
  double max_offsetable_pnl = 0.0;  // quote, >= 0

  double delta_total_liq_shock_threshold = 20e6;  // quote, >= 0
  double m_inc = 0.00005;                         // per coin, >= 0
  double max_delta_shock = 0.1;                   // >= 0

  double min_annualised_move = 0.01;    // >= 0
  double annualised_move_risk = 0.075;  // per year, >= 0
  bool roll_compounded = false;         // exp(risk years) - 1 in place of risk years

  double short_option_contingency = 0.0;       // coins a coin of options, >= 0; once 0.01
  double offsetting_future_contingency = 0.0;  // coins a coin of pairs, >= 0; once 0.01

  double mm_factor = 0.8;          // > 0
  std::optional<int> decimals{9};  // of the worst loss and of the initial margin; absent: unrounded
};

/// BTC's, settled in coin or in quote.
inline DeribitPortfolioRules deribit_portfolio_rules(DeribitSettlement settlement) {
  DeribitPortfolioRules rules;
  if (settlement == DeribitSettlement::quote) {
    rules.extended_dampener = 25000.0;
    rules.annualised_move_risk = 0.1;
  }
  return rules;
}

/// What the risk matrix does not know, settlement currency, >= 0.
struct DeribitCharges {
  double spot = 0.0;
  double mmp = 0.0;  // market maker protection
  double open_orders = 0.0;
};

enum class DeribitVolShock : std::uint8_t { up, same, down };

struct DeribitScenario {
  bool extended = false;
  double price_move = 0.0;  // share of the price
  DeribitVolShock vol = DeribitVolShock::same;
  double pnl = 0.0;      // of the book, settlement currency; extended: the fraction that counts
  double charged = 0.0;  // after offset and dampener
};

struct DeribitPortfolioMargin {
  DeribitMargin margin;
  double risk_matrix = 0.0;
  double worst_case = 0.0;         // >= 0, unrounded
  std::size_t worst_scenario = 0;  // the first that has it
  double delta_total = 0.0;        // coins
  double delta_shock = 0.0;        // this and the next two in the settlement currency
  double roll_shock = 0.0;
  double contingency = 0.0;
  std::vector<DeribitScenario> scenarios;  // by price from below, by volatility from above; then
                                           // the extended ones as in the rules
};

/// Errors: bad_input, naming the position; overflow.
Result<DeribitPortfolioMargin> deribit_portfolio_margin(const DeribitBook& book,
                                                        const DeribitPortfolioRules& rules = {},
                                                        const DeribitCharges& charges = {});

/// The volatility of an option with `years` to expiry under a shock.
/// Errors: bad_input.
Result<double> deribit_shocked_vol(const DeribitPortfolioRules& rules,
                                   DeribitVolShock shock,
                                   double vol,
                                   double years);

}  // namespace ballast
