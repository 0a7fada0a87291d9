#include "sim/random_events.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/random_draws.hpp"

namespace ballast {

RandomEvents::RandomEvents(const Desk& desk, Entropy entropy)
    : desk_(&desk), entropy_(std::move(entropy)), cents_(desk.instruments.size(), 5'000'000) {}

Event RandomEvents::next() {
  // Mostly milliseconds, sometimes hours: windows, timers and schedules all get their turn.
  now_.ns += static_cast<std::int64_t>(entropy_(4'000'000'000));
  // Not by a draw of zero: a fuzzer's inputs are full of those, and long silences take long.
  if (entropy_(200) == 199) {
    const std::uint64_t reach = entropy_(3) == 2 ? 600 : 10;
    now_ = now_ + Duration::minutes(1 + static_cast<std::int64_t>(entropy_(reach)));
  }
  if (opening_ == unopened) opening_ = one_in(4) ? opened() : 0;
  if (opening_ < opened()) return {now_, opening_event(opening_++)};
  const Timestamp t = time_of_event();
  switch (entropy_(32)) {
    default: {
      Event event{t, fill()};
      remember(fills_, event);
      return event;
    }
    case 0:
      if (!fills_.empty()) return fills_[entropy_(fills_.size())];  // once more
      return {t, Tick{}};
    case 1:
      return {t, correct()};
    case 2:
      return {t, Bust{known_key()}};
    case 3:
      return {t, balance()};
    case 4:
    case 5:
      return {t, transfer()};
    case 6:
      return {t, funding()};
    case 7:
      if (one_in(2)) return {t, statement()};
      return {t, Tick{}};
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return {t, mark()};
    case 13:
    case 14:
    case 25:
    case 26:
      return {t, top()};
    case 15:
      return {t, override_target()};
    case 16:
      return {t, answer_to_alert()};
    case 17:
    case 18:
    case 19:
      return {t, market()};
    case 20:
    case 21:
    case 22:
    case 23:
    case 24:
      return {t, control()};
  }
}

/// A top of each instrument, and a balance of each asset in each account that is named.
std::size_t RandomEvents::opened() const {
  std::size_t accounts = 0;
  for (const Venue& venue : desk_->venues)
    accounts += venue.accounts.size();
  return desk_->instruments.size() + accounts * desk_->assets.size();
}

EventBody RandomEvents::opening_event(std::size_t i) {
  if (i < desk_->instruments.size()) {
    const Price bid = price_of(i);
    return Top{InstrumentId{i}, bid, Quantity::whole(3), bid + Price::whole(1), Quantity::whole(3)};
  }
  i -= desk_->instruments.size();
  BalanceChange change;
  change.asset = AssetId{i % desk_->assets.size()};
  std::size_t account = i / desk_->assets.size();
  std::size_t venue = 0;
  while (account >= desk_->venues[venue].accounts.size())
    account -= desk_->venues[venue++].accounts.size();
  change.place = {VenueId{venue}, *AccountName::create(desk_->venues[venue].accounts[account])};
  change.qty = Amount::whole(static_cast<std::int64_t>(entropy_(1'000)));
  return change;
}

/// What is learnt from.
EventBody RandomEvents::market() {
  const std::size_t i = entropy_(desk_->instruments.size());
  switch (entropy_(8)) {
    default:
      return Trade{InstrumentId{i}, price_of(i),
                   thousandths<Quantity>(1 + static_cast<std::int64_t>(entropy_(3000))),
                   one_in(2) ? Side::buy : Side::sell};
    case 0:
      return FundingRate{InstrumentId{i},
                         thousandths<Decimal>(static_cast<std::int64_t>(entropy_(5)) - 2),
                         Decimal::whole(one_in(4) ? 4 : 8)};
    case 1:
      return drift();
    case 2:
    case 3:
      return depth();
    case 4: {
      Surface surface;
      surface.underlying = desk_->instruments[i].base;
      surface.expiry = now_ + Duration::days(30);
      surface.vol = 0.5;
      return surface;
    }
  }
}

Timestamp RandomEvents::time_of_event() {
  if (!one_in(10)) return now_;
  return now_ - Duration{static_cast<std::int64_t>(entropy_(600'000'000'000))};
}

Price RandomEvents::price_of(std::size_t instrument) {
  std::int64_t& cents = cents_[instrument];
  cents += static_cast<std::int64_t>(entropy_(20'001)) - 10'000;
  cents = std::clamp<std::int64_t>(cents, 1'000, 50'000'000);
  const AssetId quote = desk_->instruments[instrument].quote;
  const bool money = quote == desk_->currency || desk_->asset(quote).equals == desk_->currency;
  return Price{Int128{cents} * (decimal_one / (money ? 100 : 100'000))};
}

Place RandomEvents::place_at(VenueId venue) {
  const auto& accounts = desk_->venues[venue.index()].accounts;
  return {venue, *AccountName::create(accounts[entropy_(accounts.size())])};
}

TradeId RandomEvents::new_id() {
  ++ids_;
  return *TradeId::create(fmt::format("{}{}", ids_ % 3 == 0 ? "x-" : "", ids_));
}

FillKey RandomEvents::known_key() {
  if (fills_.empty() || one_in(8)) {
    return {place_at(desk_->instruments[0].venue), InstrumentId{0}, new_id(), 0};
  }
  return std::get<Fill>(fills_[entropy_(fills_.size())].body).key;
}

Fee RandomEvents::fee() {
  return {thousandths<Amount>(static_cast<std::int64_t>(entropy_(2000)) - 500),
          AssetId{entropy_(desk_->assets.size())}};
}

EventBody RandomEvents::fill() {
  const std::size_t i = entropy_(desk_->instruments.size());
  const Instrument& instrument = desk_->instruments[i];
  Fill fill;
  fill.key = {place_at(instrument.venue), InstrumentId{i}, new_id(),
              static_cast<std::uint16_t>(one_in(20) ? 1 : 0)};
  if (one_in(20)) fill.key = known_key();  // most often another body under a known key
  fill.book = one_in(4) ? BookName("hedger") : BookName("mm");
  fill.side = one_in(2) ? Side::buy : Side::sell;
  fill.qty = thousandths<Quantity>(1 + static_cast<std::int64_t>(entropy_(5000)));
  fill.price = price_of(i);
  if (!one_in(3)) fill.fee = fee();
  fill.origin = static_cast<Origin>(entropy_(origin_names.size()));
  fill.liquidity = static_cast<Liquidity>(entropy_(3));
  if (!orders_.empty() && one_in(3)) {  // of an order that is known
    const Order& order = orders_[entropy_(orders_.size())];
    fill.key.place = order.place;
    fill.key.instrument = order.instrument;
    fill.book = order.book;
    fill.side = order.side;
    fill.origin = order.origin;
    fill.order = order.id;
    fill.qty = one_in(2) ? order.qty : std::min(order.qty, fill.qty);
  }
  return fill;
}

EventBody RandomEvents::correct() {
  Correct correct;
  correct.key = known_key();
  if (one_in(2)) correct.qty = thousandths<Quantity>(static_cast<std::int64_t>(entropy_(5000)));
  if (one_in(2)) correct.price = price_of(0);
  if (one_in(4)) correct.side = one_in(2) ? Side::buy : Side::sell;
  if (one_in(4)) {
    const Fee next = fee();
    correct.fee = next.amount;
    correct.fee_asset = next.asset;
  }
  return correct;
}

EventBody RandomEvents::balance() {
  BalanceChange change;
  change.place = place_at(VenueId{entropy_(desk_->venues.size())});
  change.asset = AssetId{entropy_(desk_->assets.size())};
  change.qty = thousandths<Amount>(static_cast<std::int64_t>(entropy_(100'000)) - 40'000);
  if (!one_in(4)) change.id = new_id();
  return change;
}

EventBody RandomEvents::transfer() {
  if (!transfers_.empty() && !one_in(3)) {  // news of one that is known
    Transfer news = transfers_[entropy_(transfers_.size())];
    news.state = static_cast<TransferState>(entropy_(3));
    if (one_in(10)) news.qty = thousandths<Amount>(7);
    return news;
  }
  Transfer transfer;
  transfer.id = new_id();
  transfer.asset = AssetId{entropy_(desk_->assets.size())};
  transfer.qty = thousandths<Amount>(1 + static_cast<std::int64_t>(entropy_(9000)));
  transfer.from = place_at(VenueId{entropy_(desk_->venues.size())});
  transfer.to = place_at(VenueId{entropy_(desk_->venues.size())});
  transfer.state = one_in(5) ? TransferState::arrived : TransferState::sent;
  if (!desk_->routes.empty() && one_in(2)) {
    transfer.route = RouteId{entropy_(desk_->routes.size())};
    const RouteConfig& route = desk_->routes[transfer.route.index()];
    transfer.asset = route.asset;
    transfer.from = route.from;
    transfer.to = route.to;
  }
  remember(transfers_, transfer);
  return transfer;
}

EventBody RandomEvents::funding() {
  const std::size_t i = entropy_(desk_->instruments.size());
  const Instrument& instrument = desk_->instruments[i];
  FundingPayment payment;
  payment.id = new_id();
  payment.place = place_at(instrument.venue);
  payment.book = BookName("mm");
  payment.instrument = InstrumentId{i};
  payment.amount = thousandths<Amount>(static_cast<std::int64_t>(entropy_(2000)) - 1000);
  payment.asset = instrument.settlement();
  return payment;
}

EventBody RandomEvents::statement() {
  const std::size_t i = entropy_(desk_->instruments.size());
  const Instrument& instrument = desk_->instruments[i];
  Statement statement;
  statement.place = place_at(instrument.venue);
  statement.qty = thousandths<Quantity>(static_cast<std::int64_t>(entropy_(4)) - 2);
  if (one_in(2)) {
    statement.instrument = InstrumentId{i};
  } else {
    statement.asset = instrument.base;
  }
  return statement;
}

EventBody RandomEvents::mark() {
  const std::size_t i = entropy_(desk_->instruments.size());
  Mark mark;
  mark.price = price_of(i);
  if (one_in(8)) {
    mark.asset = AssetId{entropy_(desk_->assets.size())};
    mark.quote = desk_->currency;
    if (mark.asset != desk_->currency) return mark;
    mark.asset = mark.quote = AssetId{};
  }
  mark.instrument = InstrumentId{i};
  return mark;
}

EventBody RandomEvents::top() {
  const std::size_t i = entropy_(desk_->instruments.size());
  const Price bid = price_of(i);
  // Nothing, next to nothing, or enough to trade with.
  const auto size = [&] {
    const std::int64_t unit = one_in(2) ? 1 : 2'000;
    return thousandths<Quantity>(static_cast<std::int64_t>(entropy_(3)) * unit);
  };
  const Quantity bid_qty = size();
  return Top{InstrumentId{i}, bid, bid_qty, one_in(40) ? bid : bid + Price::whole(1), size()};
}

EventBody RandomEvents::depth() {
  Depth depth;
  const std::size_t i = entropy_(desk_->instruments.size());
  depth.instrument = InstrumentId{i};
  const Price mid = price_of(i);
  const auto size = [&] {
    return thousandths<Quantity>(1 + static_cast<std::int64_t>(entropy_(4'000)));
  };
  const auto count = static_cast<std::int64_t>(entropy_(4));
  for (std::int64_t level = 1; level <= count; ++level) {
    const Price away = Price::from_raw(mid.raw / 1000 * level);
    depth.bids.push_back({mid - away, size()});
    depth.asks.push_back({mid + away, size()});
  }
  if (one_in(8)) depth.bids.clear();
  return depth;
}

EventBody RandomEvents::drift() {
  Drift drift;
  drift.asset = AssetId{entropy_(desk_->assets.size())};
  drift.clear = one_in(5);
  if (drift.clear) return drift;
  drift.rate = thousandths<Decimal>(static_cast<std::int64_t>(entropy_(40)) - 20);
  drift.std_error = thousandths<Decimal>(static_cast<std::int64_t>(entropy_(10)));
  if (one_in(2))
    drift.until = now_ + Duration::minutes(1 + static_cast<std::int64_t>(entropy_(60)));
  return drift;
}

EventBody RandomEvents::override_target() {
  if (desk_->factors.empty()) return Tick{};
  const auto level = [&] {
    return thousandths<Decimal>(static_cast<std::int64_t>(entropy_(20'000)) - 10'000);
  };
  const auto range = [&] {
    const Decimal a = level();
    const Decimal b = level();
    return one_in(10) ? Range{std::max(a, b), std::min(a, b)}
                      : Range{std::min(a, b), std::max(a, b)};
  };
  TargetOverride change;
  change.factor = FactorId{entropy_(desk_->factors.size())};
  if (one_in(2)) change.target = level();
  if (one_in(3)) change.band = range();
  if (one_in(4)) change.limit = range();
  if (one_in(3)) change.until = now_ + Duration::minutes(static_cast<std::int64_t>(entropy_(120)));
  change.clear = one_in(5);
  return change;
}

EventBody RandomEvents::answer_to_alert() {
  if (desk_->rules.empty()) return Tick{};
  const RuleId rule{entropy_(desk_->rules.size())};
  if (one_in(2)) {
    return Shelve{rule, now_ + Duration::minutes(static_cast<std::int64_t>(entropy_(60))),
                  Note("risk")};
  }
  const auto& factors = desk_->rules[rule.index()].factors;
  return Acknowledge{rule, factors.empty() ? FactorId{} : factors[entropy_(factors.size())],
                     Note("risk")};
}

}  // namespace ballast
