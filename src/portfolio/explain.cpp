#include "portfolio/explain.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"

namespace ballast {
namespace {

/// Value and derivatives of one coin's option in the unit that is asked for.
struct Taylor {
  double value, by_f, by_f_twice, by_vol, by_t, by_f_vol, by_vol_twice;
};

Taylor taylor(const OptionUnit& unit, double forward, PnlUnit in) {
  if (in == PnlUnit::quote) {
    return {unit.price, unit.delta, unit.gamma, unit.vega, unit.theta, unit.vanna, unit.volga};
  }
  const double coin = unit.price / forward;
  const double slope = (unit.delta - coin) / forward;
  return {coin,
          slope,
          (unit.gamma - 2.0 * slope) / forward,
          unit.vega / forward,
          unit.theta / forward,
          (unit.vanna - unit.vega / forward) / forward,
          unit.volga / forward};
}

Result<std::vector<LineTraded>> by_line(const OptionBook& book,
                                        std::span<const OptionTrade> trades) {
  std::vector<LineTraded> lines(book.size());
  for (const OptionTrade& trade : trades) {
    const auto line = book.line(trade.instrument);
    if (!line) {
      return fail(Errc::bad_input, fmt::format("a trade names instrument {}, which is no option of "
                                               "the book",
                                               trade.instrument.value));
    }
    BALLAST_CHECK(require_finite("contracts of a trade", trade.contracts));
    BALLAST_CHECK(require_not_negative("price of a trade", trade.price));
    lines[*line].contracts += trade.contracts;
    lines[*line].paid += trade.contracts * trade.price;
  }
  return lines;
}

tl::unexpected<Error> no_value(Timestamp expiry, std::string_view when, PricingState state) {
  return fail(Errc::stale_data, fmt::format("options of {} have no value {}: {}", to_string(expiry),
                                            when, to_string(state)));
}

Result<void> check_line(const LineState& before,
                        const OptionBook& after,
                        std::size_t line,
                        const LineTraded& traded) {
  const OptionExpiry& now = after.expiry_of(line);
  const double held = before.contracts;
  const double expected = held + traded.contracts;
  const double rounding =
      1e-9 * (std::fabs(held) + std::fabs(traded.contracts) + std::fabs(after.contracts(line)));
  if (std::fabs(expected - after.contracts(line)) > rounding) {
    return fail(Errc::conflict,
                fmt::format("instrument {}: {} contracts and trades of {} make {}, but the book "
                            "holds {} at the end",
                            after.terms(line).instrument.value, held, traded.contracts, expected,
                            after.contracts(line)));
  }
  if (held != 0.0 && !valued(before.state)) return no_value(now.expiry, "before", before.state);
  if (!valued(now.state)) return no_value(now.expiry, "after", now.state);
  if (held != 0.0 && before.years < now.years) {
    return fail(Errc::bad_input, fmt::format("options of {} had less time left before than after",
                                             to_string(now.expiry)));
  }
  return {};
}

/// Adds what one line explains; returns its profit.
double add_line(const LineState& before,
                const OptionBook& after,
                std::size_t line,
                const LineTraded& traded,
                PnlUnit unit,
                PnlExplain& sum) {
  const OptionExpiry& now = after.expiry_of(line);
  const bool coin = after.terms(line).paid_in == PaidIn::coin;
  const double size = after.terms(line).contract_size;
  const double value_after = taylor(after.unit(line), now.valued_forward, unit).value;
  double profit = 0.0;
  if (const double q = before.coins; q != 0.0) {
    const Taylor at = taylor(before.unit, before.forward, unit);
    const double df = now.valued_forward - before.forward;
    const double dvol = now.state == PricingState::settled ? 0.0 : after.vol(line) - before.vol;
    sum.delta += q * at.by_f * df;
    sum.gamma += q * at.by_f_twice * df * df / 2.0;
    sum.vega += q * at.by_vol * dvol;
    sum.theta += q * at.by_t * (before.years - now.years);
    sum.vanna += q * at.by_f_vol * df * dvol;
    sum.volga += q * at.by_vol_twice * dvol * dvol / 2.0;
    profit += q * (value_after - at.value);
  }
  if (traded.contracts != 0.0 || traded.paid != 0.0) {
    const double paid =
        unit == PnlUnit::quote && coin ? traded.paid * now.valued_forward : traded.paid;
    const double gained = size * (traded.contracts * value_after - paid);
    sum.new_trades += gained;
    profit += gained;
  }
  return profit;
}

}  // namespace

PnlExplain& PnlExplain::operator+=(const PnlExplain& other) {
  delta += other.delta;
  gamma += other.gamma;
  vega += other.vega;
  theta += other.theta;
  vanna += other.vanna;
  volga += other.volga;
  new_trades += other.new_trades;
  unexplained += other.unexplained;
  return *this;
}

void read_lines(const OptionBook& book, std::span<LineState> out) {
  BALLAST_ASSERT(out.size() == book.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const OptionExpiry& expiry = book.expiry_of(i);
    out[i] = {book.contracts(i), book.coins(i), expiry.state, expiry.valued_forward,
              expiry.years,      book.vol(i),   book.unit(i)};
  }
}

Result<PnlExplain> explain(std::span<const LineState> before,
                           const OptionBook& after,
                           std::span<const LineTraded> traded,
                           PnlUnit unit) {
  BALLAST_ASSERT(before.size() == after.size() && traded.size() == after.size());
  PnlExplain sum;
  double profit = 0.0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool idle = before[i].coins == 0.0 && after.coins(i) == 0.0 &&
                      traded[i].contracts == 0.0 && traded[i].paid == 0.0;
    if (idle || (unit == PnlUnit::coin && after.terms(i).paid_in != PaidIn::coin)) continue;
    BALLAST_CHECK(check_line(before[i], after, i, traded[i]));
    profit += add_line(before[i], after, i, traded[i], unit, sum);
  }
  sum.unexplained = profit - sum.explained();
  return sum;
}

Result<PnlExplain> explain(const OptionBook& before,
                           const OptionBook& after,
                           std::span<const OptionTrade> trades,
                           PnlUnit unit) {
  bool same = before.size() == after.size();
  for (std::size_t i = 0; same && i < after.size(); ++i)
    same = before.terms(i).instrument == after.terms(i).instrument;
  if (!same) return fail(Errc::bad_input, "the two states are of books of other options");
  BALLAST_TRY(traded, by_line(after, trades));
  std::vector<LineState> lines(before.size());
  read_lines(before, lines);
  return explain(lines, after, traded, unit);
}

}  // namespace ballast
