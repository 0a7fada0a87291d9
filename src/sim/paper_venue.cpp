#include "sim/paper_venue.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "book/trade_fee.hpp"
#include "sim/paper_terms.hpp"

namespace ballast {
namespace {

Result<void> check_share(std::string_view name, double share) {
  if (share >= 0.0 && share <= 1.0) return {};
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be 0 to 1", name, share));
}

Result<void> check_duration(std::string_view name, Duration duration) {
  if (duration.ns >= 0) return {};
  return fail(Errc::bad_input,
              fmt::format("{} is {}: it must be 0 or above", name, to_string(duration)));
}

/// `id` and a suffix; an id that leaves no room for it loses its end.
TradeId suffixed(std::string_view id, const std::string& suffix) {
  const std::size_t room = TradeId::capacity - suffix.size();
  return *TradeId::create(std::string(id.substr(0, room)) + suffix);
}

/// But for its fee.
Fill fill_of(const Order& order, const BookLevel& part, Liquidity liquidity, std::size_t number) {
  Fill fill;
  fill.key = {order.place, order.instrument,
              suffixed(order.id.view(), fmt::format("/{:02}", number)), 0};
  fill.book = order.book;
  fill.side = order.side;
  fill.qty = part.qty;
  fill.price = part.price;
  fill.origin = order.origin;
  fill.liquidity = liquidity;
  fill.order = order.id;
  return fill;
}

Order ended_as(Order order, OrderState state, const Note& reason = {}) {
  order.state = state;
  order.reason = reason;
  return order;
}

}  // namespace

Result<PaperVenue> PaperVenue::create(const Desk& desk, const PaperOptions& options) {
  BALLAST_CHECK(check_duration("latency", options.latency));
  BALLAST_CHECK(check_duration("jitter", options.jitter));
  BALLAST_CHECK(check_duration("lost_for", options.lost_for));
  BALLAST_CHECK(check_duration("depth_age", options.depth_age));
  BALLAST_CHECK(check_share("rejects", options.rejects));
  BALLAST_CHECK(check_share("lost_answers", options.lost_answers));
  BALLAST_CHECK(check_share("failed_transfers", options.failed_transfers));
  if (options.share.sign() <= 0 || options.share > Decimal::whole(1)) {
    return fail(Errc::bad_input, fmt::format("share is {}: it must be above 0 and at most 1",
                                             to_string(options.share)));
  }
  return PaperVenue(desk, options);
}

PaperVenue::PaperVenue(const Desk& desk, const PaperOptions& options)
    : desk_(&desk), options_(options), rng_(options.seed), funding_(desk) {
  constexpr Timestamp before_all{std::numeric_limits<std::int64_t>::min()};
  for (const Instrument& instrument : desk.instruments) {
    const TakingRule rule{options.share, instrument.terms.lot, options.depth_age};
    pits_.push_back({VisibleMarket(rule), std::nullopt, std::nullopt});
  }
  if (std::ranges::any_of(desk.instruments, needs_underlying)) prices_.emplace(desk);
  last_arrival_.assign(desk.venues.size(), before_all);
  clock_ = before_all;
  quoted_at_ = before_all;
}

void PaperVenue::announce(Timestamp now, std::vector<EventBody> news) {
  reach(now);
  for (EventBody& body : news)
    tell(std::move(body));
}

// ---- requests

void PaperVenue::send(Timestamp now, const OrderRequest& request) {
  now = reach(now);
  const Timestamp due = arrival(now, request.order.place.venue);
  // Both are always drawn, so that one option does not move the draws of another.
  const bool refused = rng_.chance(options_.rejects);
  const bool lost = rng_.chance(options_.lost_answers);
  add(due, OrderArrival{request.order, refused, lost});
}

void PaperVenue::cancel(Timestamp now, const CancelRequest& request) {
  now = reach(now);
  add(arrival(now, request.place.venue), Answer{request.id});
}

void PaperVenue::quote(Timestamp now, const QuoteRequest& request) {
  now = reach(now);
  tell(request.quote);
  quotes_ = now == quoted_at_ ? quotes_ + 1 : 1;
  quoted_at_ = now;
  const auto one_side = [&](Side side, Price price, Quantity qty) {
    Order order;
    order.id = *OrderId::create(
        fmt::format("quote-{}-{}-{}", to_string(now), quotes_, side == Side::buy ? "bid" : "ask"));
    order.place = request.place;
    order.book = request.book;
    order.instrument = request.quote.instrument;
    order.side = side;
    order.price = price;
    order.qty = qty;
    order.origin = Origin::quote;
    return order;
  };
  const Quote& quote = request.quote;
  add(arrival(now, request.place.venue),
      QuoteArrival{one_side(Side::buy, quote.bid, quote.bid_qty),
                   one_side(Side::sell, quote.ask, quote.ask_qty), request.post_only});
}

void PaperVenue::transfer(Timestamp now, const TransferRequest& request) {
  now = reach(now);
  Transfer transfer = request.transfer;
  transfer.state = TransferState::sent;
  const bool failed = rng_.chance(options_.failed_transfers);
  tell(transfer);
  const RouteConfig* route = route_of(transfer);
  if (route == nullptr) {
    transfer.state = TransferState::failed;
    tell(transfer);
    return;
  }
  const auto rate = decimal_from_double<Decimal>(route->fee_rate, decimal_digits);
  const auto share = rate ? product<Amount>(transfer.qty, *rate) : Result<Amount>(Amount{});
  const auto fee = checked_add(route->fee, share.value_or(Amount{}));
  if (fee && fee->sign() > 0) {
    tell(BalanceChange{transfer.from, transfer.asset, -*fee, suffixed(transfer.id.view(), "/fee"),
                       Note("transfer fee")});
  }
  transfer.state = failed ? TransferState::failed : TransferState::arrived;
  add(now + route->delay, EventBody(transfer));
}

const RouteConfig* PaperVenue::route_of(const Transfer& transfer) const {
  const auto leads = [&](const RouteConfig& route) {
    return route.asset == transfer.asset && route.from == transfer.from && route.to == transfer.to;
  };
  if (transfer.route.valid()) {
    const RouteConfig& named = desk_->routes[transfer.route.index()];
    return leads(named) ? &named : nullptr;
  }
  const auto found = std::find_if(desk_->routes.begin(), desk_->routes.end(), leads);
  return found == desk_->routes.end() ? nullptr : &*found;
}

// ---- time

Timestamp PaperVenue::reach(Timestamp t) {
  clock_ = std::max(clock_, t);
  return clock_;
}

Timestamp PaperVenue::arrival(Timestamp now, VenueId venue) {
  Timestamp& last = last_arrival_[venue.index()];
  const Duration drawn{rng_.between(0, options_.jitter.ns)};
  last = std::max(last, now + options_.latency + drawn);
  return last;
}

void PaperVenue::add(Timestamp due, Item item) {
  agenda_.emplace(std::pair(due, ++caused_), std::move(item));
}

/// Whether running it now would cause no event. For what comes after others on the agenda it holds
/// once those are silent: a silent item trades nothing, so it moves no market.
bool PaperVenue::silent(Timestamp due, const Item& item) const {
  if (const auto* answer = std::get_if<Answer>(&item)) return !lost_.contains(answer->order);
  const auto* quote = std::get_if<QuoteArrival>(&item);
  if (quote == nullptr) return false;
  return std::ranges::all_of(std::array{&quote->bid, &quote->ask}, [&](const Order* order) {
    if (order->qty.zero()) return true;
    if (objection(*order, quote->post_only)) return false;
    return pit(order->instrument)
        .market.takeable(order->side, order->qty, order->price, due)
        .empty();
  });
}

std::optional<Timestamp> PaperVenue::next_due() const {
  for (const auto& [when, item] : agenda_) {
    if (!silent(when.first, item)) return when.first;
  }
  return std::nullopt;
}

Event PaperVenue::take() {
  for (;;) {
    BALLAST_ASSERT(!agenda_.empty());
    auto first = agenda_.extract(agenda_.begin());
    const Timestamp t = reach(first.key().first);
    if (auto* body = std::get_if<EventBody>(&first.mapped())) return {t, std::move(*body)};
    run(std::move(first.mapped()));
  }
}

void PaperVenue::run_until(Timestamp t) {
  for (auto at = agenda_.begin(); at != agenda_.end() && at->first.first <= t;) {
    const auto here = at++;
    if (std::holds_alternative<EventBody>(here->second)) continue;
    reach(here->first.first);
    auto item = agenda_.extract(here);
    run(std::move(item.mapped()));
  }
}

// ---- arrivals

void PaperVenue::run(Item item) {
  if (auto* order = std::get_if<OrderArrival>(&item)) run(*order);
  if (const auto* quote = std::get_if<QuoteArrival>(&item)) run(*quote);
  if (const auto* answer = std::get_if<Answer>(&item)) run(*answer);
}

void PaperVenue::run(OrderArrival& arrival) {
  const Order& order = arrival.order;
  std::vector<EventBody> news;
  if (arrival.refused) {
    news.emplace_back(ended_as(order, OrderState::rejected, Note("refused by the paper venue")));
  } else if (const auto why = objection(order, false)) {
    news.emplace_back(ended_as(order, OrderState::rejected, *why));
  } else {
    if (!arrival.lost) tell(ended_as(order, OrderState::working));
    news = carry_out(order);
  }
  if (arrival.lost) {
    tell(ended_as(order, OrderState::unknown, Note("the answer was lost")));
    lost_.insert_or_assign(order.id, std::move(news));
    add(clock_ + options_.lost_for, Answer{order.id});
    return;
  }
  for (EventBody& body : news)
    tell(std::move(body));
}

std::vector<EventBody> PaperVenue::carry_out(Order order) {
  std::vector<EventBody> news;
  VisibleMarket& market = pit(order.instrument).market;
  for (const BookLevel& part : market.take(order.side, order.qty, order.price, clock_)) {
    const Fill fill = charged(fill_of(order, part, Liquidity::taker, news.size() + 1));
    funding_.filled(fill);
    news.emplace_back(fill);
    order.filled += part.qty;
  }
  news.emplace_back(order.filled == order.qty
                        ? ended_as(order, OrderState::filled)
                        : ended_as(order, OrderState::cancelled, Note("immediate or cancel")));
  return news;
}

void PaperVenue::run(const Answer& answer) {
  const auto known = lost_.extract(answer.order);
  if (known.empty()) return;
  for (EventBody& body : known.mapped())
    tell(std::move(body));
}

std::optional<Note> PaperVenue::objection(const Order& order, bool post_only) const {
  const VisibleMarket& market = pit(order.instrument).market;
  if (!market.known()) return Note("no market yet: the instrument has no top");
  const auto& other = market.best(opposite(order.side));
  const auto price = order.price ? order.price : other ? std::optional(other->price) : std::nullopt;
  if (!price) return Note("no price: a market order, and nobody on the other side");
  const Instrument& instrument = desk_->instrument(order.instrument);
  if (auto why = refusal(instrument, order.qty, *price)) return why;
  if (needs_underlying(instrument) && !prices_->price_in(instrument.base, instrument.quote)) {
    return Note("no price of the underlying yet, which the fee is a share of");
  }
  if (!post_only || !market.crosses(order.side, *price)) return std::nullopt;
  return Note::create(fmt::format("post-only: would trade with the best {} {}",
                                  order.side == Side::buy ? "ask" : "bid",
                                  to_string(other->price)));
}

/// A fill and what is charged for it. Without a fee where that leaves the decimal range: such a
/// fill leaves it too, and the books say so.
Fill PaperVenue::charged(Fill fill) const {
  const Instrument& instrument = desk_->instrument(fill.key.instrument);
  std::optional<Price> underlying;
  if (prices_) underlying = prices_->price_in(instrument.base, instrument.quote);
  fill.fee = trade_fee(instrument, {fill.qty, fill.price, underlying, fill.liquidity});
  return fill;
}

// ---- quotes

void PaperVenue::run(const QuoteArrival& arrival) {
  place(arrival.bid, arrival.post_only);
  place(arrival.ask, arrival.post_only);
}

void PaperVenue::place(const Order& order, bool post_only) {
  Pit& where = pit(order.instrument);
  std::optional<RestingOrder>& slot = side_of(where, order.side);
  const std::optional<RestingOrder> old = std::exchange(slot, std::nullopt);
  if (order.qty.zero()) return;
  if (const auto why = objection(order, post_only)) {
    return tell(ended_as(order, OrderState::rejected, *why));
  }
  RestingOrder fresh{order, std::nullopt, clock_};
  for (const BookLevel& part : where.market.take(order.side, order.qty, order.price, clock_))
    fill(fresh, part, Liquidity::taker);
  if (fresh.left().zero()) return;
  if (old && old->price() == fresh.price() && old->left() >= fresh.left()) {
    fresh.ahead = old->ahead;
    fresh.since = old->since;
  } else {
    fresh.ahead = where.market.stated_at(order.side, fresh.price(), clock_);
  }
  slot = fresh;
}

void PaperVenue::fill(RestingOrder& resting, const BookLevel& part, Liquidity liquidity) {
  const Fill told = charged(fill_of(resting.order, part, liquidity, ++resting.fills));
  funding_.filled(told);
  tell(told);
  resting.order.filled += part.qty;
}

// ---- the market

void PaperVenue::observe(const Event& event) {
  const auto* top = std::get_if<Top>(&event.body);
  const auto* depth = std::get_if<Depth>(&event.body);
  const auto* print = std::get_if<Trade>(&event.body);
  const auto* rate = std::get_if<FundingRate>(&event.body);
  if (const auto* mark = std::get_if<Mark>(&event.body)) {
    funding_.hear(*mark);
    if (prices_) prices_->apply(event.t, *mark);
  }
  if (top == nullptr && depth == nullptr && print == nullptr && rate == nullptr) return;
  run_until(event.t);
  reach(event.t);
  if (print != nullptr) return hear(event.t, *print);
  if (rate != nullptr) {
    for (FundingPayment& payment : funding_.settle(event.t, *rate))
      tell(std::move(payment));
    return;
  }
  if (top != nullptr) {
    funding_.hear(*top);
    if (prices_) prices_->apply(event.t, *top);
  }
  Pit& where = pit(top != nullptr ? top->instrument : depth->instrument);
  const bool news =
      top != nullptr ? where.market.hear(event.t, *top) : where.market.hear(event.t, *depth);
  if (news) book_moved(where);
}

void PaperVenue::hear(Timestamp t, const Trade& print) {
  std::optional<RestingOrder>& slot = side_of(pit(print.instrument), opposite(print.side));
  if (!slot) return;
  const Quantity lot = desk_->instrument(print.instrument).terms.lot;
  const Quantity qty = whole_lots(slot->share_of(t, print), lot);
  if (qty.zero()) return;
  fill(*slot, {slot->price(), qty}, Liquidity::maker);
  if (slot->left().zero()) slot.reset();
}

void PaperVenue::book_moved(Pit& where) {
  for (const Side side : {Side::buy, Side::sell}) {
    std::optional<RestingOrder>& slot = side_of(where, side);
    if (!slot) continue;
    slot->see(where.market.stated_at(side, slot->price(), clock_));
    Quantity reached;
    for (const BookLevel& part : where.market.take(side, slot->left(), slot->price(), clock_))
      reached += part.qty;
    if (reached.zero()) continue;
    fill(*slot, {slot->price(), reached}, Liquidity::maker);
    if (slot->left().zero()) slot.reset();
  }
}

}  // namespace ballast
