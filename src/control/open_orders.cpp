#include "control/open_orders.hpp"

#include <algorithm>

namespace ballast {
namespace {

/// Of one order's time in the running average.
constexpr double newest_share = 0.2;

OpenOrder opened(Timestamp now, const Order& order) {
  OpenOrder open;
  open.id = order.id;
  open.place = order.place;
  open.book = order.book;
  open.instrument = order.instrument;
  open.side = order.side;
  open.qty = order.qty;
  open.filled = order.filled;
  open.state = order.state;
  open.origin = order.origin;
  open.proposal = order.proposal;
  open.sent = now;
  return open;
}

}  // namespace

void OpenOrders::sent(Timestamp now, const Order& order) {
  if (find(order.id) == nullptr) orders_.push_back(opened(now, order));
}

void OpenOrders::apply(Timestamp now, const Order& order) {
  OpenOrder* open = find_open(order.id);
  if (open == nullptr) {
    if (ended(order.state) && order.filled.zero()) return;  // nothing of it is to come
    orders_.push_back(opened(now, order));
    return sweep();
  }
  if (ended(open->state)) {
    open->filled = std::max(open->filled, order.filled);
    return sweep();  // news that came late
  }
  open->state = order.state;
  open->filled = std::max(open->filled, order.filled);
  if (order.state == OrderState::filled) open->filled = open->qty;
  if (ended(order.state)) {
    const double took = (now - open->sent).to_seconds();
    seconds_ += newest_share * (took - seconds_);
    if (order.state != OrderState::rejected) has_traded(now, open->instrument, open->side);
  }
  sweep();
}

void OpenOrders::booked(const Fill& fill) {
  if (fill.order.empty()) return;
  OpenOrder* open = find_open(fill.order);
  if (open == nullptr || open->instrument != fill.key.instrument) return;
  open->booked = std::min(open->qty, open->booked + fill.qty);
  sweep();
}

std::optional<Timestamp> OpenOrders::traded_at(InstrumentId id, Side side) const {
  for (const Traded& traded : traded_) {
    if (traded.instrument == id && traded.side == side) return traded.at;
  }
  return std::nullopt;
}

void OpenOrders::has_traded(Timestamp now, InstrumentId id, Side side) {
  for (Traded& traded : traded_) {
    if (traded.instrument != id || traded.side != side) continue;
    traded.at = std::max(traded.at, now);
    return;
  }
  traded_.push_back({id, side, now});
}

void OpenOrders::cancelling(const OrderId& id) {
  if (OpenOrder* open = find_open(id)) open->cancelling = true;
}

const OpenOrder* OpenOrders::find(const OrderId& id) const {
  const auto at = std::find_if(orders_.begin(), orders_.end(),
                               [&](const OpenOrder& order) { return order.id == id; });
  return at == orders_.end() ? nullptr : &*at;
}

OpenOrder* OpenOrders::find_open(const OrderId& id) { return const_cast<OpenOrder*>(find(id)); }

void OpenOrders::sweep() {
  std::erase_if(orders_, [](const OpenOrder& order) { return order.over(); });
}

}  // namespace ballast
