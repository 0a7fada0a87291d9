#include "sim/paper_funding.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "book/contract_value.hpp"

namespace ballast {
namespace {

constexpr double hours_max = 8760.0;  // of an interval; what is longer is no funding
constexpr Duration early = Duration::minutes(1);

/// Where the interval begins that a stamp belongs to.
std::optional<Timestamp> interval_of(Timestamp t, Decimal hours) {
  const double length = to_double(hours);
  if (!(length > 0.0 && length <= hours_max)) return std::nullopt;
  const Duration interval = std::max(early + early, Duration{std::llround(length * 3600e9)});
  return floor_to(t + early, interval);
}

}  // namespace

PaperFunding::PaperFunding(const Desk& desk)
    : desk_(&desk), terms_(desk.instruments.size()), holdings_(desk.instruments.size()) {}

void PaperFunding::filled(const Fill& fill) {
  const InstrumentId id = fill.key.instrument;
  if (desk_->instrument(id).spot()) return;
  std::vector<Holding>& holdings = holdings_[id.index()];
  auto at = std::ranges::find_if(holdings, [&](const Holding& holding) {
    return holding.place == fill.key.place && holding.book == fill.book;
  });
  if (at == holdings.end()) at = holdings.insert(at, {fill.key.place, fill.book, {}});
  at->qty += fill.side == Side::buy ? fill.qty : -fill.qty;
}

void PaperFunding::hear(const Mark& mark) {
  if (mark.instrument.valid()) terms_[mark.instrument.index()].mark = mark.price;
}

void PaperFunding::hear(const Top& top) {
  if (top.bid_qty.zero() || top.ask_qty.zero()) return;
  terms_[top.instrument.index()].middle =
      Price::from_raw(top.bid.raw / 2 + top.ask.raw / 2 + (top.bid.raw % 2 + top.ask.raw % 2) / 2);
}

std::vector<FundingPayment> PaperFunding::settle(Timestamp t, const FundingRate& rate) {
  std::vector<FundingPayment> payments;
  Terms& terms = terms_[rate.instrument.index()];
  const auto interval = interval_of(t, rate.interval_h);
  if (!interval || (terms.settled && *interval <= *terms.settled)) return payments;
  terms.settled = interval;
  const std::optional<Price> price = terms.mark ? terms.mark : terms.middle;
  if (!price) return payments;
  const Instrument& instrument = desk_->instrument(rate.instrument);
  std::size_t number = 0;
  for (const Holding& holding : holdings_[rate.instrument.index()]) {
    ++number;
    if (holding.qty.zero()) continue;
    const auto worth = value(instrument, holding.qty, *price);
    if (!worth) continue;
    const auto amount = product<Amount>(worth->abs(), rate.rate);
    if (!amount || amount->zero()) continue;
    FundingPayment payment;
    payment.id =
        *TradeId::create(fmt::format("funding-{}-{}-{}", rate.instrument.value, t.ns, number));
    payment.place = holding.place;
    payment.book = holding.book;
    payment.instrument = rate.instrument;
    payment.amount = holding.qty.sign() > 0 ? -*amount : *amount;
    payment.asset = instrument.settlement();
    payments.push_back(payment);
  }
  return payments;
}

}  // namespace ballast
