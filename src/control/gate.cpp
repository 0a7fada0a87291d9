#include "control/gate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control/account_margin.hpp"
#include "control/money.hpp"

namespace ballast {
namespace {

constexpr std::int64_t ns_per_day = 86'400'000'000'000;

std::int64_t day_of(Timestamp t) { return t.ns / ns_per_day - (t.ns % ns_per_day < 0 ? 1 : 0); }

/// What the account has free of initial margin without and with the order.
void look_at_margin(const Situation& situation,
                    const OpenOrders& orders,
                    const Order& order,
                    RailInput& input) {
  const Desk& desk = situation.desk();
  const MarginConfig* const config = margin_of(desk, order.place, order.instrument);
  input.margined = config != nullptr;
  if (config == nullptr) return;
  auto changes = changes_in_flight(situation, orders, *config);
  const auto before = account_margin(situation, *config, changes);
  const double qty = to_double(order.qty);
  changes.push_back({order.instrument, order.side == Side::buy ? qty : -qty, input.price});
  const auto after = account_margin(situation, *config, changes);
  if (!before || !after) {
    input.margin_lack = before ? after.error().what : before.error().what;
    return;
  }
  input.free_before = before->free();
  input.equity = after->equity;
  input.margin = after->initial;
}

}  // namespace

std::optional<RailBlock> Gate::check(const Situation& situation,
                                     const OpenOrders& orders,
                                     const KillSwitches& switches,
                                     const OwnQuote* own,
                                     const Order& order,
                                     bool rests) const {
  const Timestamp now = situation.now();
  const Market& market = situation.market();
  RailInput input;
  input.now = now;
  input.side = order.side;
  input.rests = rests;
  input.qty = to_double(order.qty);
  if (order.price) input.price = to_double(*order.price);
  const auto per_unit = notional_per_quantity(situation, order.instrument);
  if (per_unit) input.notional = *per_unit * input.qty;
  if (const Quoted& mark = market.price(order.instrument); mark.present) {
    input.mark = to_double(mark.price);
    input.mark_at = mark.t;
  }
  input.top_at = market.top_at(order.instrument);
  input.sent_today = sent_today(now);
  input.messages = messages(now);
  if (per_unit) {
    const AccountId account = situation.books().find_account(order.place);
    const auto net = account.valid() ? situation.books().net(account, order.instrument)
                                     : std::optional(Quantity{});
    if (net) input.position = to_double(*net) * *per_unit;
    double working = 0.0;
    for (const OpenOrder& open : orders.all()) {
      const bool adds = open.instrument == order.instrument && open.place == order.place &&
                        open.side == order.side && open.id != order.id;
      if (adds) working += to_double(open.most()) * *per_unit;
    }
    // What we quote on the same side may be hit as well.
    if (own != nullptr && own->place == order.place) {
      working += to_double(order.side == Side::buy ? own->bid_qty : own->ask_qty) * *per_unit;
    }
    input.working = working;
  }
  look_at_margin(situation, orders, order, input);
  if (own != nullptr && own->bid_qty.sign() > 0) input.own_bid = to_double(own->bid);
  if (own != nullptr && own->ask_qty.sign() > 0) input.own_ask = to_double(own->ask);
  input.quotes_known = own == nullptr || own->known;
  if (const auto* killed = switches.covers(order.place, order.book)) {
    input.killed = fmt::format("by {}: {}", killed->by.view(), killed->reason.view());
  }
  return check_rails(situation.desk().rails, input);
}

double Gate::sent_today(Timestamp now) const { return day_ == day_of(now) ? sent_today_ : 0.0; }

std::uint32_t Gate::messages(Timestamp now) const {
  return static_cast<std::uint32_t>(
      std::count_if(messages_.begin(), messages_.end(),
                    [&](Timestamp t) { return now - t < Duration::seconds(1); }));
}

void Gate::passed(Timestamp now, double notional) {
  if (day_ != day_of(now)) {
    day_ = day_of(now);
    sent_today_ = 0.0;
  }
  sent_today_ += notional;
  std::erase_if(messages_, [&](Timestamp t) { return now - t >= Duration::seconds(1); });
  messages_.push_back(now);
}

}  // namespace ballast
