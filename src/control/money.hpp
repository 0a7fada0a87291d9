// From instruments to factors and to money, at present prices, in doubles: what a trade does to a
// factor, what it costs, what a deviation risks.
#pragma once

#include <optional>

#include "control/situation.hpp"

namespace ballast {

/// What buying one unit of the instrument's quantity, into the book and account, adds to a factor,
/// in its unit; 0 when it does not touch it. Nothing when a price is missing.
std::optional<double> exposure_per_quantity(const Situation& situation,
                                            FactorId factor,
                                            InstrumentId instrument,
                                            const Place& place,
                                            const BookName& book);

/// Reporting currency for one unit of the instrument's quantity at its mark (inverse: the
/// contract's value; an option: the coins that it is on at their price, not its premium). Nothing
/// without a price.
std::optional<double> notional_per_quantity(const Situation& situation, InstrumentId instrument);

/// What its venue charges who takes one unit of quantity at the mark (book/trade_fee.hpp), in the
/// reporting currency. Nothing without a price.
std::optional<double> fee_per_quantity(const Situation& situation, InstrumentId instrument);

/// Of a quantity at its mark, in the reporting currency, in which contracts and coins add up; 0
/// without a price.
inline double worth_at_mark(const Situation& situation, InstrumentId instrument, Quantity qty) {
  return notional_per_quantity(situation, instrument).value_or(0.0) * to_double(qty);
}

/// Reporting currency for one unit of the quote asset, for one unit of quantity of the instrument
/// moving by one in price: what turns price * quantity into money. Inverse contracts: linearised at
/// the mark. Options: of the asset that the premium is paid in.
std::optional<double> money_per_price(const Situation& situation, InstrumentId instrument);

/// How fast a side of a quote at a depth from the mid is filled: fill_rate exp(-k depth) times a
/// second. All of a side's prints at the mid, and their mean depth in the market as it is: what
/// comes to a quote inside the spread is what would have come to the spread, and no more.
struct FillCurve {
  double fill_rate = 0.0;  // A, 1/s
  double k = 0.0;          // 1 / price
};
/// Nothing while an estimate is unknown.
std::optional<FillCurve> fill_curve(const Situation& situation, InstrumentId instrument);

/// The instrument whose returns stand for the risk of a factor: its own, or the first that is
/// learnt on its asset; invalid when there is none (cash in the reporting currency, say).
InstrumentId risk_instrument(const Desk& desk, FactorId factor);

/// Variance a day of holding one unit of a factor, money^2; 0 for what is not priced. Nothing when
/// an estimate is unknown. Of gamma, vega and theta nothing is learnt: the square of what their
/// control states as unit_risk, and uncorrelated with all else.
std::optional<double> unit_variance(const Situation& situation, FactorId factor);
/// The same of two factors together.
std::optional<double> unit_covariance(const Situation& situation, FactorId a, FactorId b);

}  // namespace ballast
