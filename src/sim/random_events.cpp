#include "sim/random_events.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr std::size_t remembered = 32;

template <class T>
T thousandths(std::int64_t count) {
  return T{Int128{count} * (decimal_one / 1000)};
}

template <class T>
void remember(std::vector<T>& list, const T& item) {
  if (list.size() == remembered) list.erase(list.begin());
  list.push_back(item);
}

}  // namespace

RandomEvents::RandomEvents(const Desk& desk, Entropy entropy)
    : desk_(&desk), entropy_(std::move(entropy)), cents_(desk.instruments.size(), 5'000'000) {}

Event RandomEvents::next() {
  // Mostly milliseconds, sometimes hours: windows, timers and schedules all get their turn.
  now_.ns += static_cast<std::int64_t>(entropy_(4'000'000'000));
  if (one_in(200)) now_ = now_ + Duration::minutes(1 + static_cast<std::int64_t>(entropy_(600)));
  const Timestamp t = time_of_event();
  switch (entropy_(24)) {
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
      return {t, statement()};
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return {t, mark()};
    case 13:
    case 14:
      return {t, top()};
    case 15:
      return {t, override_target()};
    case 16:
      return {t, decision()};
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
  return Price{Int128{cents} * (decimal_one / 100)};
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
  return Top{InstrumentId{i}, bid, thousandths<Quantity>(static_cast<std::int64_t>(entropy_(3))),
             bid + Price::whole(1), thousandths<Quantity>(static_cast<std::int64_t>(entropy_(3)))};
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

EventBody RandomEvents::decision() {
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
