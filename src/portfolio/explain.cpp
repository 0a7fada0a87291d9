#include "portfolio/explain.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

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

struct Traded {
  double contracts = 0.0;
  double paid = 0.0;  // contracts times price
};

Result<std::vector<Traded>> by_line(const OptionBook& book, std::span<const OptionTrade> trades) {
  std::vector<Traded> lines(book.size());
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

Result<void> check_line(const OptionBook& before,
                        const OptionBook& after,
                        std::size_t line,
                        const Traded& traded) {
  const OptionExpiry& then = before.expiry_of(line);
  const OptionExpiry& now = after.expiry_of(line);
  const double held = before.contracts(line);
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
  for (const OptionExpiry* expiry : {&then, &now}) {
    if (expiry == &then && held == 0.0) continue;
    if (valued(expiry->state)) continue;
    return fail(Errc::stale_data,
                fmt::format("options of {} have no value {}: {}", to_string(expiry->expiry),
                            expiry == &then ? "before" : "after", to_string(expiry->state)));
  }
  if (held != 0.0 && then.years < now.years) {
    return fail(Errc::bad_input, fmt::format("options of {} had less time left before than after",
                                             to_string(now.expiry)));
  }
  return {};
}

/// Adds what one line explains; returns its profit.
double add_line(const OptionBook& before,
                const OptionBook& after,
                std::size_t line,
                const Traded& traded,
                PnlUnit unit,
                PnlExplain& sum) {
  const OptionExpiry& now = after.expiry_of(line);
  const bool coin = after.terms(line).paid_in == PaidIn::coin;
  const double size = after.terms(line).contract_size;
  const double value_after = taylor(after.unit(line), now.valued_forward, unit).value;
  double profit = 0.0;
  if (const double q = before.coins(line); q != 0.0) {
    const OptionExpiry& then = before.expiry_of(line);
    const Taylor at = taylor(before.unit(line), then.valued_forward, unit);
    const double df = now.valued_forward - then.valued_forward;
    const double dvol =
        now.state == PricingState::settled ? 0.0 : after.vol(line) - before.vol(line);
    sum.delta += q * at.by_f * df;
    sum.gamma += q * at.by_f_twice * df * df / 2.0;
    sum.vega += q * at.by_vol * dvol;
    sum.theta += q * at.by_t * (then.years - now.years);
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

Result<PnlExplain> explain(const OptionBook& before,
                           const OptionBook& after,
                           std::span<const OptionTrade> trades,
                           PnlUnit unit) {
  bool same = before.size() == after.size();
  for (std::size_t i = 0; same && i < after.size(); ++i)
    same = before.terms(i).instrument == after.terms(i).instrument;
  if (!same) return fail(Errc::bad_input, "the two states are of books of other options");
  BALLAST_TRY(traded, by_line(after, trades));
  PnlExplain sum;
  double profit = 0.0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool idle = before.coins(i) == 0.0 && after.coins(i) == 0.0 &&
                      traded[i].contracts == 0.0 && traded[i].paid == 0.0;
    if (idle || (unit == PnlUnit::coin && after.terms(i).paid_in != PaidIn::coin)) continue;
    BALLAST_CHECK(check_line(before, after, i, traded[i]));
    profit += add_line(before, after, i, traded[i], unit, sum);
  }
  sum.unexplained = profit - sum.explained();
  return sum;
}

}  // namespace ballast
