#include "control/rails.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/int128.hpp"

namespace ballast {
namespace {

RailVerdict passes() { return {}; }
RailVerdict blocks(std::string why) { return {false, std::move(why)}; }
RailVerdict no_answer(std::string_view lacking) {
  return blocks(fmt::format("cannot be evaluated: {}", lacking));
}

std::string number(double value) { return fmt::format("{:.12g}", value); }

/// Above the limit by more than rounding, which is of the size of the limit.
bool above(double value, double limit) { return value > limit + 1e-12 * std::fabs(limit); }

bool positive(const std::optional<double>& value) {
  return value && std::isfinite(*value) && *value > 0.0;
}
bool not_negative(const std::optional<double>& value) {
  return value && std::isfinite(*value) && *value >= 0.0;
}

double sign(Side side) { return side == Side::buy ? 1.0 : -1.0; }

/// Of the top or the mark; empty: it is fresh.
std::string staleness(std::string_view what,
                      const std::optional<Timestamp>& at,
                      const RailsConfig& config,
                      const RailInput& input) {
  if (!at) return fmt::format("cannot be evaluated: no {}; check the feed", what);
  const Int128 age = Int128{input.now.ns} - at->ns;
  if (age < 0)
    return fmt::format("cannot be evaluated: the {} is of {}, which is to come; check the clocks",
                       what, to_string(*at));
  if (age <= config.stale_after.ns) return {};
  return fmt::format("the {} is {} s old, stale_after is {}: wait for a new one or check the feed",
                     what, number(to_double(age) / 1e9), to_string(config.stale_after));
}

}  // namespace

RailVerdict KillSwitchRail::check(const RailsConfig& /*config*/, const RailInput& input) {
  if (!input.killed) return passes();
  return blocks(fmt::format("killed: {}; send `rearm` when it may go on", *input.killed));
}

RailVerdict StaleDataRail::check(const RailsConfig& config, const RailInput& input) {
  std::string why = staleness("top", input.top_at, config, input);
  if (why.empty()) why = staleness("mark", input.mark_at, config, input);
  return why.empty() ? passes() : blocks(std::move(why));
}

RailVerdict PriceCollarRail::check(const RailsConfig& config, const RailInput& input) {
  if (!positive(input.price)) return no_answer("no limit price; send the order with one");
  if (!positive(input.mark)) return no_answer("no mark");
  const double collar = *config.price_collar;
  const double edge = *input.mark * (1.0 + sign(input.side) * collar);
  const bool beyond =
      input.side == Side::buy ? above(*input.price, edge) : above(edge, *input.price);
  if (!beyond) return passes();
  return blocks(fmt::format(
      "{} at {} is {:.4g}% {} the mark of {}, price_collar is {:.4g}%: check the price",
      to_string(input.side), number(*input.price),
      100.0 * std::fabs(*input.price / *input.mark - 1.0),
      input.side == Side::buy ? "above" : "below", number(*input.mark), 100.0 * collar));
}

RailVerdict OrderNotionalRail::check(const RailsConfig& config, const RailInput& input) {
  if (!not_negative(input.notional)) return no_answer("no notional");
  if (!above(*input.notional, *config.order_notional)) return passes();
  return blocks(fmt::format("the order is worth {}, order_notional is {}: send less at a time",
                            number(*input.notional), number(*config.order_notional)));
}

RailVerdict DailyNotionalRail::check(const RailsConfig& config, const RailInput& input) {
  if (!not_negative(input.notional)) return no_answer("no notional");
  if (!not_negative(input.sent_today)) return no_answer("what was sent today is not known");
  if (!above(*input.sent_today + *input.notional, *config.daily_notional)) return passes();
  return blocks(fmt::format(
      "{} was sent today and this order is worth {}, daily_notional is {}: wait for "
      "the next UTC day or raise it",
      number(*input.sent_today), number(*input.notional), number(*config.daily_notional)));
}

RailVerdict MessageRateRail::check(const RailsConfig& config, const RailInput& input) {
  if (!input.messages) return no_answer("the number of messages is not known");
  if (*input.messages < *config.messages) return passes();  // this one is the next
  return blocks(fmt::format("{} were sent in the last second, messages is {}: wait",
                            *input.messages, *config.messages));
}

RailVerdict PositionAfterFillRail::check(const RailsConfig& config, const RailInput& input) {
  if (!input.position || !std::isfinite(*input.position)) return no_answer("no position");
  if (!not_negative(input.working)) return no_answer("what is working is not known");
  if (!not_negative(input.notional)) return no_answer("no notional");
  const double before = *input.position;
  const double after = before + sign(input.side) * (*input.working + *input.notional);
  if (!above(std::fabs(after), *config.position_notional)) return passes();
  // Nearer to flat than before, and not through it to the other side.
  const bool same_side = (before > 0.0) == (after > 0.0);
  if (same_side && std::fabs(after) <= std::fabs(before)) return passes();
  return blocks(fmt::format(
      "the position of {} would be {} after this order and those working, position_notional is "
      "{}: send less, or the other way",
      number(before), number(after), number(*config.position_notional)));
}

RailVerdict MarginRail::check(const RailsConfig& /*config*/, const RailInput& input) {
  if (!input.margined) return passes();
  const auto known = [](const std::optional<double>& value) {
    return value && std::isfinite(*value);
  };
  if (!known(input.equity) || !known(input.margin) || !known(input.free_before))
    return no_answer(input.margin_lack.empty() ? "no margin of the account" : input.margin_lack);
  if (!above(*input.margin, *input.equity)) return passes();
  if (!above(*input.free_before, *input.equity - *input.margin)) return passes();
  return blocks(fmt::format(
      "initial margin would be {} of {} equity; {} is free without this order: send less, or bring "
      "collateral",
      number(*input.margin), number(*input.equity), number(*input.free_before)));
}

RailVerdict SelfTradeRail::check(const RailsConfig& /*config*/, const RailInput& input) {
  if (!input.quotes_known) return no_answer("our own quotes are not known");
  const auto& own = input.side == Side::buy ? input.own_ask : input.own_bid;
  if (!own) return passes();
  const std::string_view which = input.side == Side::buy ? "ask" : "bid";
  if (!positive(own)) return no_answer(fmt::format("our own {} is no price", which));
  if (!positive(input.price)) {
    return blocks(
        fmt::format("a {} without a limit price may trade with our own {} at {}: send "
                    "it with one, or pull the quote first",
                    to_string(input.side), which, number(*own)));
  }
  if (sign(input.side) * (*input.price - *own) < 0.0) return passes();
  return blocks(fmt::format("a {} at {} would trade with our own {} at {}: pull the quote first",
                            to_string(input.side), number(*input.price), which, number(*own)));
}

namespace {

/// Each rail in turn until `visit` says no more.
template <class Visit>
void each_rail(const Visit& visit) {
  std::apply([&](const auto&... rails) { (visit(rails) && ...); }, Rails{});
}

}  // namespace

std::optional<RailBlock> check_rails(const RailsConfig& config, const RailInput& input) {
  std::optional<RailBlock> block;
  each_rail([&](const auto& rail) {
    if (!rail.watches(config)) return true;
    RailVerdict verdict = rail.check(config, input);
    if (!verdict.pass) block = RailBlock{rail.name, std::move(verdict.why)};
    return verdict.pass;
  });
  return block;
}

std::vector<RailReport> report_rails(const RailsConfig& config, const RailInput& input) {
  std::vector<RailReport> reports;
  each_rail([&](const auto& rail) {
    const bool watches = rail.watches(config);
    reports.push_back({rail.name, watches, watches ? rail.check(config, input) : RailVerdict{}});
    return true;
  });
  return reports;
}

}  // namespace ballast
