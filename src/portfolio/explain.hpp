// Where an option book's profit came from, between two of its states.
//
// For a position q held before, with the greeks of then, and F, vol and t moving by dF, dvol, dt:
//
//   delta  q V_F dF          vega   q V_vol dvol          vanna  q V_Fvol dF dvol
//   gamma  q V_FF dF^2 / 2   theta  q V_t dt              volga  q V_volvol dvol^2 / 2
//   new trades   what was traded in between: contracts (value after - premium)
//   unexplained  the rest of the profit, so that all eight sum to it
//
// vol is the option's own: sticky or not, what the smile did to its strike counts as vega. An
// option that expired in between is at its settlement price, without time, at an unmoved vol. Its
// payment out of the book is a trade at the payoff.
// A book of options paid in coin has a profit in coin too, c = V / F being the coin price: then F's
// derivatives are c_F = (V_F - c) / F, c_FF = (V_FF - 2 c_F) / F, c_Fvol = (V_Fvol - V_vol / F) /
// F, and V_vol / F and so on. In quote, coins paid as premium count at the forward of the end: what
// they did meanwhile belongs to the coins.
// Source: Taylor's formula of second order in (F, vol), first in t.
// Tests: each term alone by moves of one input; terms sum to the profit; the rest shrinks with the
// cube of the move; settlement.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "portfolio/option_book.hpp"

namespace ballast {

struct OptionTrade {
  InstrumentId instrument;
  double contracts = 0.0;  // bought; sold below 0
  double price = 0.0;      // of one coin's option: quote, or coins for one paid in coin; >= 0
};

/// What a profit is stated in.
enum class PnlUnit : std::uint8_t {
  quote,  // of all options
  coin,   // of those paid in coin alone
};

/// What was traded of one line of a book, summed: `paid` is contracts times price, of one coin's
/// option.
struct LineTraded {
  double contracts = 0.0;
  double paid = 0.0;
};

/// What a line was when a book was valued: all that explaining from there needs.
struct LineState {
  double contracts = 0.0;
  double coins = 0.0;
  PricingState state = PricingState::no_forward;
  double forward = 0.0;
  double years = 0.0;
  double vol = 0.0;
  OptionUnit unit;

  /// A line that holds nothing is no more than that.
  template <class Archive>
  void archive(Archive& ar) {
    ar(contracts);
    if (contracts == 0.0) return;
    ar(coins, state, forward, years, vol);
    ar(unit.price, unit.delta, unit.gamma, unit.vega, unit.theta, unit.vanna, unit.volga);
    if constexpr (Archive::loading) {
      if (state > PricingState::settled) ar.fail();
    }
  }
};
/// By line; `out` is as long as the book.
void read_lines(const OptionBook& book, std::span<LineState> out);

struct PnlExplain {
  double delta = 0.0;
  double gamma = 0.0;
  double vega = 0.0;
  double theta = 0.0;
  double vanna = 0.0;
  double volga = 0.0;
  double new_trades = 0.0;
  double unexplained = 0.0;

  /// What the greeks and the trades explain.
  double explained() const { return delta + gamma + vega + theta + vanna + volga + new_trades; }
  /// The profit: by definition the sum of all eight.
  double total() const { return explained() + unexplained; }

  PnlExplain& operator+=(const PnlExplain& other);
  friend bool operator==(const PnlExplain&, const PnlExplain&) = default;
  template <class Archive>
  void archive(Archive& ar) {
    ar(delta, gamma, vega, theta, vanna, volga, new_trades, unexplained);
  }
};

/// `trades`: all that changed positions from `before` to `after`, two states of one book.
/// Errors: bad_input, for books of other options, a time that ran back, or a trade in an unknown
/// instrument; conflict, where the trades do not lead from one position to the other; stale_data,
/// where a position has no value.
Result<PnlExplain> explain(const OptionBook& before,
                           const OptionBook& after,
                           std::span<const OptionTrade> trades,
                           PnlUnit unit = PnlUnit::quote);
/// The same from lines that were kept; `before` and `traded` by line of `after`.
Result<PnlExplain> explain(std::span<const LineState> before,
                           const OptionBook& after,
                           std::span<const LineTraded> traded,
                           PnlUnit unit = PnlUnit::quote);

}  // namespace ballast
