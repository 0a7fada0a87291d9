#include "quant/margin/deribit_standard.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

Result<void> check(const DeribitStandardRules& rules) {
  BALLAST_CHECK(require_not_negative("initial of futures", rules.futures.initial));
  BALLAST_CHECK(require_not_negative("maintenance of futures", rules.futures.maintenance));
  BALLAST_CHECK(require_not_negative("per_coin", rules.futures.per_coin));
  BALLAST_CHECK(require_not_negative("initial of options", rules.options.initial));
  BALLAST_CHECK(require_not_negative("initial_min", rules.options.initial_min));
  BALLAST_CHECK(require_not_negative("maintenance of options", rules.options.maintenance));
  return require_not_negative("put_mark_maintenance", rules.options.put_mark_maintenance);
}

Result<DeribitMargin> of_future(const DeribitPosition& position,
                                const DeribitFutureRules& rules,
                                double price) {
  BALLAST_CHECK(require_finite("size", position.size));
  const double size = std::fabs(position.size);
  const double more = rules.per_coin * size;
  return DeribitMargin{(rules.initial + more) * size * price,
                       (rules.maintenance + more) * size * price};
}

Result<DeribitMargin> of_option(const DeribitPosition& position,
                                const DeribitOptionRules& rules,
                                double price) {
  BALLAST_CHECK(require_finite("size", position.size));
  BALLAST_CHECK(require_positive("forward", position.forward));
  BALLAST_CHECK(require_positive("strike", position.strike));
  BALLAST_CHECK(require_not_negative("mark", position.mark));
  if (position.size >= 0.0) return DeribitMargin{};
  const bool call = position.right == OptionRight::call;
  const double above = position.strike - position.forward;
  const double out = std::max(call ? above : -above, 0.0);
  const double mark = position.mark / price;  // in coins
  const double moved = std::max(rules.initial - out / position.forward, rules.initial_min) + mark;
  DeribitMargin margin{moved, rules.maintenance + mark};
  if (!call) {
    margin.maintenance = std::max(rules.maintenance, rules.put_mark_maintenance * mark) + mark;
    margin.initial = std::max(moved, margin.maintenance);
  }
  const double amount = -position.size * price;
  return DeribitMargin{margin.initial * amount, margin.maintenance * amount};
}

}  // namespace

Result<DeribitStandardMargin> deribit_standard_margin(const DeribitBook& book,
                                                      const DeribitStandardRules& rules) {
  BALLAST_CHECK(check(rules));
  const bool in_coin = book.settlement == DeribitSettlement::coin;
  if (!in_coin) BALLAST_CHECK(require_positive("index", book.index));
  DeribitStandardMargin margin;
  for (std::size_t i = 0; i < book.positions.size(); ++i) {
    const DeribitPosition& position = book.positions[i];
    const bool option = position.instrument == DeribitInstrument::option;
    auto one = option ? of_option(position, rules.options, in_coin ? 1.0 : position.forward)
                      : of_future(position, rules.futures, in_coin ? 1.0 : book.index);
    if (!one) return fail(one.error().code, fmt::format("positions[{}]: {}", i, one.error().what));
    margin.total.initial += one->initial;
    margin.total.maintenance += one->maintenance;
    margin.positions.push_back(*one);
  }
  if (!std::isfinite(margin.total.initial) || !std::isfinite(margin.total.maintenance))
    return fail(Errc::overflow, "margin is no finite number for these positions");
  return margin;
}

}  // namespace ballast
