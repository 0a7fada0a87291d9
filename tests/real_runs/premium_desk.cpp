#include "real_runs/premium_desk.hpp"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/contract.hpp"

namespace ballast::option_run {
namespace {

/// Money that the venue pays in coins is rounded to a hundred-millionth.
constexpr int coin_digits = 8;

Price coin_price(double price) { return *decimal_from_double<Price>(price, coin_digits); }

bool is_friday(Timestamp t) {
  constexpr std::int64_t day_ns = 86'400'000'000'000;
  return (t.ns / day_ns) % 7 == 1;  // 1970-01-01 was a Thursday
}

OptionBook empty_book(const Desk& desk) {
  auto book = OptionBook::create(option_terms(desk), SmileDynamics::sticky_strike);
  BALLAST_ASSERT(book.has_value());
  return std::move(*book);
}

}  // namespace

PremiumDesk::PremiumDesk(const Desk& desk, const PremiumRules& rules)
    : desk_(&desk),
      rules_(rules),
      perpetual_id_(desk.find_instrument("BTC-PERPETUAL")),
      book_(empty_book(desk)) {}

PremiumStep PremiumDesk::step(const OptionMoment& moment) {
  const double price = moment.prices.at(perpetual_id_);
  apply_moment(moment, *desk_, {}, surface_, book_);
  PremiumStep step{moment.t, {}, {}, {}, 0.0, 0.0, 0.0, 0.0, book_};
  settle(moment, step);
  book_.revalue(moment.t, surface_);
  if (perpetual_price_) {
    const double held = static_cast<double>(perpetual_) * perpetual_size;
    step.hedge_coin = held * (1.0 / *perpetual_price_ - 1.0 / price);
    step.hedge_quote = held * (price / *perpetual_price_ - 1.0);
  }
  trade_vega(moment, step);
  hedge(moment, step);
  step.after = book_;
  perpetual_price_ = price;
  index_ = {moment.t, *moment.index};
  ++moments_;
  return step;
}

OptionBook PremiumDesk::nothing_held(OptionBook book) {
  for (std::size_t line = 0; line < book.size(); ++line)
    BALLAST_ASSERT(book.set_position(line, 0.0).has_value());
  return book;
}

/// Pays out what expired since the moment before.
void PremiumDesk::settle(const OptionMoment& moment, PremiumStep& step) {
  for (std::size_t e = 0; e < book_.expiries().size(); ++e) {
    const OptionExpiry expiry = book_.expiries()[e];
    if (expiry.expiry > moment.t || expiry.settlement != 0.0 || !index_) continue;
    if (expiry.expiry <= index_->first) continue;
    const double share =
        (expiry.expiry - index_->first).to_seconds() / (moment.t - index_->first).to_seconds();
    const double price = index_->second + share * (*moment.index - index_->second);
    BALLAST_ASSERT(book_.settle(e, price).has_value());
    for (std::size_t line = expiry.begin; line < expiry.end; ++line) {
      const auto held = lots_.find(line);
      if (held == lots_.end() || held->second == 0) continue;
      const OptionTerms& terms = book_.terms(line);
      const double in_the_money =
          terms.right == OptionRight::call ? price - terms.strike : terms.strike - price;
      trade(expiry.expiry, line, -held->second, std::fmax(in_the_money, 0.0) / price, step.settled,
            step);
    }
  }
}

void PremiumDesk::trade_vega(const OptionMoment& moment, PremiumStep& step) {
  constexpr double vol_point = 0.01;
  step.vega_before = book_.total()->vega * vol_point;
  const double missing = rules_.vega - step.vega_before;
  if (std::fabs(missing) <= rules_.vega_band) return;
  for (std::size_t e = 0; e < book_.expiries().size(); ++e) {
    const OptionExpiry& expiry = book_.expiries()[e];
    const bool far_enough = expiry.expiry - moment.t >= Duration::days(rules_.least_days);
    if (!far_enough || !is_friday(expiry.expiry) || expiry.state != PricingState::priced) continue;
    const auto call = nearest(e, OptionRight::call, moment);
    const auto put = nearest(e, OptionRight::put, moment);
    if (!call || !put) continue;
    const double vega = (book_.unit(*call).vega + book_.unit(*put).vega) * vol_point;
    const auto lots = static_cast<std::int64_t>(missing / vega / lot);  // never past the target
    if (lots == 0) return;
    for (const std::size_t line : {*call, *put}) {
      const TopPrices& quote = moment.quotes.at(book_.terms(line).instrument);
      trade(moment.t, line, lots, lots > 0 ? *quote.ask : *quote.bid, step.traded, step);
    }
    return;
  }
}

/// The option out of the money whose delta is nearest, of those that are bid and asked.
std::optional<std::size_t> PremiumDesk::nearest(std::size_t expiry,
                                                OptionRight right,
                                                const OptionMoment& moment) const {
  const OptionExpiry& of = book_.expiries()[expiry];
  std::optional<std::size_t> best;
  const auto distance = [&](std::size_t line) {
    return std::fabs(std::fabs(book_.unit(line).delta) - rules_.wing_delta);
  };
  for (std::size_t line = of.begin; line < of.end; ++line) {
    const OptionTerms& terms = book_.terms(line);
    const auto quote = moment.quotes.find(terms.instrument);
    if (terms.right != right || quote == moment.quotes.end()) continue;
    if (!quote->second.bid || !quote->second.ask) continue;
    if (!best || distance(line) < distance(*best)) best = line;
  }
  return best;
}

void PremiumDesk::hedge(const OptionMoment& moment, PremiumStep& step) {
  const double price = moment.prices.at(perpetual_id_);
  const OptionExposure sum = *book_.total();
  const double delta = rules_.hedged == DeltaConvention::delta ? sum.delta : sum.delta_net;
  step.delta_before = delta + static_cast<double>(perpetual_) * perpetual_size / price;
  if (moments_ % rules_.hedge_every != 0) return;
  const std::int64_t wanted = -std::llround(delta * price / perpetual_size);
  const std::int64_t contracts = wanted - perpetual_;
  if (contracts == 0) return;
  perpetual_ = wanted;
  step.traded.push_back(fill(moment.t, perpetual_id_, contracts > 0 ? Side::buy : Side::sell,
                             Quantity::whole(std::llabs(contracts)), coin_price(price),
                             Origin::hedge));
}

/// Buys lots of an option, sells below 0.
void PremiumDesk::trade(Timestamp t,
                        std::size_t line,
                        std::int64_t lots,
                        double price,
                        std::vector<Event>& fills,
                        PremiumStep& step) {
  const InstrumentId instrument = book_.terms(line).instrument;
  const Price paid = coin_price(price);
  std::int64_t& held = lots_[line];
  held += lots;
  BALLAST_ASSERT(book_.set_position(line, static_cast<double>(held) * lot).has_value());
  step.trades.push_back({instrument, static_cast<double>(lots) * lot, to_double(paid)});
  const Quantity size = Quantity::from_raw(Int128{std::llabs(lots)} * (decimal_one / 10));
  fills.push_back(
      fill(t, instrument, lots > 0 ? Side::buy : Side::sell, size, paid, Origin::rebalance));
}

Event PremiumDesk::fill(
    Timestamp t, InstrumentId instrument, Side side, Quantity qty, Price price, Origin origin) {
  Fill fill;
  fill.key.place = {desk_->instrument(instrument).venue, *AccountName::create("main")};
  fill.key.instrument = instrument;
  fill.key.id = *TradeId::create(std::to_string(next_id_++));
  fill.book = *BookName::create("options");
  fill.side = side;
  fill.qty = qty;
  fill.price = price;
  fill.origin = origin;
  return {t, fill};
}

}  // namespace ballast::option_run
