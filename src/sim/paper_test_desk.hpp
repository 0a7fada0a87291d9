// A small desk for tests of the paper venue, and a run of the venue told as text: one line an
// event, times in milliseconds.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "model/desk.hpp"
#include "sim/paper_venue.hpp"

namespace ballast::paper {

constexpr AssetId eth{0}, usd{1};
constexpr VenueId venue{0}, bank{1};
constexpr InstrumentId spot{0}, inverse{1}, coin_call{2}, usd_call{3};
constexpr RouteId route{0};

template <class T>
T number(std::string_view text) {
  return *parse_decimal<T>(text);
}
inline Timestamp ms(std::int64_t t) { return Timestamp{t * 1'000'000}; }
inline Place account(VenueId at = venue) { return {at, AccountName("main")}; }

/// ETH-USD in tenths, an inverse perpetual of 10 USD a contract, and a call paid in ETH, a contract
/// on one, and another one paid in USD, a contract on a tenth.
inline Desk desk() {
  Desk desk;
  desk.assets = {{"ETH", {}}, {"USD", {}}};
  desk.currency = usd;
  desk.venues = {{"paper", {"main"}}, {"bank", {"main"}}};
  Instrument eth_usd;
  eth_usd.name = "ETH-USD";
  eth_usd.base = eth;
  eth_usd.quote = usd;
  eth_usd.venue = venue;
  eth_usd.terms = {number<Price>("0.1"), number<Quantity>("0.1"),    number<Quantity>("0.2"),
                   number<Amount>("30"), number<Decimal>("-0.0001"), number<Decimal>("0.001")};
  Instrument perpetual = eth_usd;
  perpetual.name = "ETH-PERP";
  perpetual.kind = InstrumentKind::inverse_perpetual;
  perpetual.contract_size = Quantity::whole(10);
  perpetual.terms.lot = perpetual.terms.min_qty = Quantity::whole(1);
  Instrument call = eth_usd;
  call.name = "ETH-CALL";
  call.kind = InstrumentKind::option_inverse;
  call.expiry = Timestamp{1'767'571'200'000'000'000};
  call.strike = Price::whole(100);
  call.right = OptionRight::call;
  call.terms = {number<Price>("0.0001"),
                Quantity{},
                Quantity{},
                Amount{},
                number<Decimal>("0.0001"),
                number<Decimal>("0.0003"),
                number<Decimal>("0.125")};
  Instrument of_usd = call;
  of_usd.name = "ETH-CALL-USD";
  of_usd.kind = InstrumentKind::option_linear;
  of_usd.contract_size = number<Quantity>("0.1");
  of_usd.terms.tick = number<Price>("0.1");
  desk.instruments = {eth_usd, perpetual, call, of_usd};
  RouteConfig withdrawal;
  withdrawal.name = "withdrawal";
  withdrawal.asset = eth;
  withdrawal.from = account();
  withdrawal.to = account(bank);
  withdrawal.fee = number<Amount>("0.5");
  withdrawal.fee_rate = 0.125;
  withdrawal.delay = Duration::minutes(10);
  desk.routes = {withdrawal};
  return desk;
}

inline BookLevel level(std::string_view text) {  // "5@99.9"
  const std::size_t at = text.find('@');
  return {number<Price>(text.substr(at + 1)), number<Quantity>(text.substr(0, at))};
}
inline Side side_of(std::string_view text) { return text == "buy" ? Side::buy : Side::sell; }

inline Order order(std::string_view id, Side side, BookLevel wanted, InstrumentId on = spot) {
  Order order;
  order.id = *OrderId::create(id);
  order.place = account();
  order.book = BookName("mm");
  order.instrument = on;
  order.side = side;
  order.qty = wanted.qty;
  order.price = wanted.price;
  order.state = OrderState::sent;
  order.origin = Origin::hedge;
  return order;
}

inline QuoteRequest quote(BookLevel bid, BookLevel ask, InstrumentId on = spot) {
  QuoteRequest request;
  request.quote = {on, bid.price, bid.qty, ask.price, ask.qty, {}, {}};
  request.place = account();
  request.book = BookName("mm");
  return request;
}

/// The last part of a quote's order, the whole of another id.
inline std::string short_id(const OrderId& id) {
  const std::string text = id.str();
  return text.starts_with("quote-") ? text.substr(text.rfind('-') + 1) : text;
}

inline std::string told(const Desk& desk, const Event& event) {
  std::string line = fmt::format("{} {}", event.t.ns / 1'000'000, event.type());
  if (const auto* fill = std::get_if<Fill>(&event.body)) {
    line += fmt::format(
        " {} {}@{} {} fee {} {} of {}", to_string(fill->side), to_string(fill->qty),
        to_string(fill->price), fill->liquidity == Liquidity::maker ? "maker" : "taker",
        to_string(fill->fee->amount), desk.asset(fill->fee->asset).name, short_id(fill->order));
  } else if (const auto* order = std::get_if<Order>(&event.body)) {
    line += fmt::format(" {} {} {}", short_id(order->id), to_string(order->state),
                        to_string(order->filled));
    if (!order->reason.empty()) line += fmt::format(" ({})", order->reason.view());
  } else if (const auto* transfer = std::get_if<Transfer>(&event.body)) {
    constexpr std::string_view names[] = {"sent", "arrived", "failed"};
    line += fmt::format(" {} {} {}", transfer->id.view(), to_string(transfer->qty),
                        names[static_cast<std::size_t>(transfer->state)]);
  } else if (const auto* change = std::get_if<BalanceChange>(&event.body)) {
    line += fmt::format(" {} {} ({})", to_string(change->qty), change->id.view(),
                        change->reason.view());
  } else if (const auto* payment = std::get_if<FundingPayment>(&event.body)) {
    line += fmt::format(" {} {} of {}", to_string(payment->amount), desk.asset(payment->asset).name,
                        payment->book.view());
  }
  return line;
}

/// Runs a venue as a loop does: what is due comes before what is observed at the same time.
class Session {
 public:
  explicit Session(PaperOptions options = {}) : venue_(*PaperVenue::create(desk_, options)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void until(Timestamp t) {
    for (auto due = venue_.next_due(); due && *due <= t; due = venue_.next_due()) {
      events_.push_back(venue_.take());
      BALLAST_ASSERT(events_.back().t == *due);
    }
  }
  void hear(Timestamp t, EventBody body) {
    until(t);
    venue_.observe({t, std::move(body)});
    until(t);
  }
  /// One line of a script, as in paper_venue_test.cpp.
  void play(std::string_view line);

  PaperVenue& venue() { return venue_; }
  const Desk& desk() const { return desk_; }
  const std::vector<Event>& events() const { return events_; }

 private:
  Desk desk_ = paper::desk();
  PaperVenue venue_;
  std::vector<Event> events_;
};

inline std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(mark), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

inline BookLevel level_or_none(std::string_view text) {
  return text == "-" ? BookLevel{} : level(text);
}

inline std::vector<BookLevel> levels(std::string_view text) {
  std::vector<BookLevel> all;
  for (const std::string_view part : split(text, ','))
    all.push_back(level(part));
  return all;
}

inline void Session::play(std::string_view line) {
  const auto words = split(line, ' ');
  const std::string_view last = words.back();
  const InstrumentId on = last == "perp"       ? inverse
                          : last == "call"     ? coin_call
                          : last == "usd-call" ? usd_call
                                               : spot;
  const Timestamp t = ms(std::stoll(std::string(words[0])));
  const std::string_view what = words[1];
  if (what == "top") {
    const BookLevel bid = level_or_none(words[2]);
    const BookLevel ask = level_or_none(words[3]);
    return hear(t, Top{on, bid.price, bid.qty, ask.price, ask.qty});
  }
  if (what == "mark") {
    Mark mark;
    mark.instrument = on;
    mark.price = number<Price>(words[2]);
    return hear(t, mark);
  }
  if (what == "rate") {
    return hear(t, FundingRate{on, number<Decimal>(words[2]), number<Decimal>(words[3])});
  }
  if (what == "depth") return hear(t, Depth{on, levels(words[2]), levels(words[3])});
  if (what == "print") {
    const BookLevel print = level(words[3]);
    return hear(t, Trade{on, print.price, print.qty, side_of(words[2])});
  }
  until(t);
  if (what == "order") {
    venue_.send(t, {order(words[2], side_of(words[3]), level(words[4]), on)});
  } else if (what == "market") {
    Order request = order(words[2], side_of(words[3]), level(words[4]), on);
    request.price.reset();
    venue_.send(t, {request});
  } else if (what == "quote" || what == "cross") {
    QuoteRequest request = quote(level_or_none(words[2]), level_or_none(words[3]), on);
    request.post_only = what == "quote";
    venue_.quote(t, request);
  } else if (what == "cancel") {
    venue_.cancel(t, {*OrderId::create(words[2]), account(), on});
  } else if (what == "transfer") {
    venue_.transfer(t, {Transfer{*TradeId::create(words[2]),
                                 eth,
                                 number<Amount>(words[3]),
                                 account(),
                                 account(bank),
                                 TransferState::sent,
                                 {}}});
  } else {
    BALLAST_ASSERT(false);  // not a line of a script
  }
}

/// A script's events, without the echoes of quotes.
inline std::string outcome(std::string_view script, PaperOptions options = {}) {
  Session run(options);
  for (const std::string_view line : split(script, '\n')) {
    if (!split(line, ' ').empty()) run.play(line.substr(0, line.find('#')));
  }
  run.until(ms(10'000'000));
  std::string text = "\n";
  for (const Event& event : run.events()) {
    if (!std::holds_alternative<Quote>(event.body)) text += told(run.desk(), event) + '\n';
  }
  return text;
}

}  // namespace ballast::paper
