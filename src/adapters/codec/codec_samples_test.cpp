#include "adapters/codec/codec_samples.hpp"

#include <array>
#include <cmath>
#include <type_traits>

#include "model/effect.hpp"

namespace ballast {
namespace {

Int128 random_raw(Rng& rng) {
  // Every magnitude from one unit to the whole range, and round numbers.
  const auto digits = rng.below(38);
  Int128 raw = static_cast<Int128>((static_cast<UInt128>(rng.next()) << 63) ^ rng.next());
  for (std::uint64_t i = digits; i < 37; ++i)
    raw /= 10;
  if (rng.chance(0.3)) raw = Int128{static_cast<std::int64_t>(rng.below(1000))} * decimal_one;
  return raw < 0 ? -raw : raw;
}

template <class T>
T positive(Rng& rng) {
  return T::from_raw(random_raw(rng) + 1);
}
template <class T>
T any(Rng& rng) {
  return rng.chance(0.5) ? T::from_raw(random_raw(rng)) : -T::from_raw(random_raw(rng));
}

Timestamp random_time(Rng& rng) {
  const auto ns = static_cast<std::int64_t>(rng.next());
  const std::int64_t rounds[] = {1, 1'000, 1'000'000, 1'000'000'000, 86'400'000'000'000};
  const std::int64_t to = rounds[rng.below(5)];
  return {ns / to * to};
}

template <class TextType>
TextType text(Rng& rng) {
  return *TextType::create(random_text(rng, TextType::capacity));
}

Place random_place(Rng& rng) {
  if (rng.chance(0.5))
    return {VenueId{0}, rng.chance(0.5) ? AccountName("main") : AccountName("sub/1")};
  return {VenueId{1}, text<AccountName>(rng)};
}

AssetId random_asset(Rng& rng) { return AssetId{rng.below(4)}; }

/// An instrument on the place's venue.
InstrumentId random_instrument(Rng& rng, VenueId venue) {
  return venue.index() == 0 ? InstrumentId{rng.below(2)} : InstrumentId{2};
}

FillKey random_key(Rng& rng) {
  FillKey key;
  key.place = random_place(rng);
  key.instrument = random_instrument(rng, key.place.venue);
  key.id = text<TradeId>(rng);
  if (rng.chance(0.3)) key.leg = static_cast<std::uint16_t>(rng.below(65536));
  return key;
}

Side random_side(Rng& rng) { return rng.chance(0.5) ? Side::buy : Side::sell; }

Range around(Rng& rng, Decimal target) {
  return {Decimal::from_raw(target.raw - random_raw(rng) / 8),
          Decimal::from_raw(target.raw + random_raw(rng) / 8)};
}

void make(Rng& rng, Fill& fill) {
  fill.key = random_key(rng);
  do {
    fill.book = text<BookName>(rng);
  } while (fill.book.view() == "*");
  fill.side = random_side(rng);
  fill.qty = positive<Quantity>(rng);
  fill.price = positive<Price>(rng);
  if (rng.chance(0.6)) fill.fee = Fee{any<Amount>(rng), random_asset(rng)};
  fill.origin = static_cast<Origin>(rng.below(6));
  fill.liquidity = static_cast<Liquidity>(rng.below(3));
  if (rng.chance(0.3)) fill.order = text<OrderId>(rng);
}
void make(Rng& rng, Correct& correct) {
  correct.key = random_key(rng);
  correct.qty = positive<Quantity>(rng);  // at least one thing is corrected
  if (rng.chance(0.5)) correct.side = random_side(rng);
  if (rng.chance(0.5)) correct.price = positive<Price>(rng);
  if (rng.chance(0.5)) correct.fee = any<Amount>(rng);
  if (rng.chance(0.5)) correct.fee_asset = random_asset(rng);
}
void make(Rng& rng, Bust& bust) { bust.key = random_key(rng); }
void make(Rng& rng, BalanceChange& change) {
  change = {random_place(rng), random_asset(rng), any<Amount>(rng), {}, {}};
  if (rng.chance(0.5)) change.id = text<TradeId>(rng);
  if (rng.chance(0.5)) change.reason = text<Note>(rng);
}
void make(Rng& rng, Transfer& transfer) {
  transfer = {text<TradeId>(rng), random_asset(rng), positive<Amount>(rng),
              random_place(rng),  random_place(rng), static_cast<TransferState>(rng.below(3))};
  if (rng.chance(0.3)) transfer.route = RouteId{rng.below(2)};
}
void make(Rng& rng, FundingPayment& funding) {
  const FillKey key = random_key(rng);
  funding = {key.id,         key.place,        BookName("carry"),
             key.instrument, any<Amount>(rng), random_asset(rng)};
}
void make(Rng& rng, Statement& statement) {
  statement.place = random_place(rng);
  if (rng.chance(0.5)) {
    statement.instrument = random_instrument(rng, statement.place.venue);
  } else {
    statement.asset = random_asset(rng);
  }
  statement.qty = any<Quantity>(rng);
}
void make(Rng& rng, Mark& mark) {
  if (rng.chance(0.5)) {
    mark.instrument = InstrumentId{rng.below(3)};
  } else {
    mark.asset = random_asset(rng);
    mark.quote = random_asset(rng);
  }
  mark.price = positive<Price>(rng);
}
void make(Rng& rng, Top& top) {
  top = {InstrumentId{rng.below(3)}, positive<Price>(rng), positive<Quantity>(rng),
         positive<Price>(rng), positive<Quantity>(rng)};
  if (rng.chance(0.2)) {
    top.ask = {};
    top.ask_qty = {};
  }
}
void make(Rng& rng, Trade& trade) {
  trade = {InstrumentId{rng.below(3)}, positive<Price>(rng), positive<Quantity>(rng),
           random_side(rng)};
}
void make(Rng& rng, FundingRate& rate) {
  rate = {InstrumentId{rng.below(3)}, any<Decimal>(rng), positive<Decimal>(rng)};
}
void make(Rng& rng, Surface& surface) {
  surface.underlying = random_asset(rng);
  surface.expiry = random_time(rng);
  const auto shape = rng.below(3);
  if (shape == 0) surface.vol = std::exp(rng.normal());
  if (shape == 1) {
    double strike = 0.0;
    for (auto n = rng.below(20) + 1; n > 0; --n) {
      surface.strikes.push_back(strike += rng.uniform() * 1e4 + 1e-3);
      surface.vols.push_back(rng.uniform() + 0.01);
    }
  }
  if (shape == 2) {
    surface.svi = {rng.normal(), rng.uniform(), rng.uniform() - 0.5, rng.normal(),
                   rng.uniform() + 1e-9};
  }
}
void make(Rng& rng, TargetOverride& to) {
  to.factor = FactorId{rng.below(2)};
  to.clear = rng.chance(0.2);
  if (rng.chance(0.2)) {
    if (!to.clear || rng.chance(0.5)) to.until = random_time(rng);
    return;
  }
  to.target = Decimal::from_raw(any<Decimal>(rng).raw / 4);  // leaves room for a band
  if (rng.chance(0.5)) to.band = around(rng, *to.target);
  if (to.band && rng.chance(0.5)) to.limit = to.band;
  if (rng.chance(0.5)) to.until = random_time(rng);
}
void make(Rng& rng, Acknowledge& acknowledge) {
  const std::array rules{RuleId{0}, RuleId{1}, RuleId{2}, breaker_rule, kill_switch_rule};
  acknowledge.rule = rules[rng.below(rules.size())];
  if (rng.chance(0.5)) acknowledge.factor = FactorId{rng.below(2)};
  if (rng.chance(0.5)) acknowledge.by = text<Note>(rng);
}
void make(Rng& rng, Shelve& shelve) {
  shelve.rule = RuleId{rng.below(3)};  // the last is an objective
  shelve.until = random_time(rng);
  if (rng.chance(0.5)) shelve.by = text<Note>(rng);
}
void make(Rng& /*rng*/, Tick& /*tick*/) {}

std::vector<BookLevel> random_levels(Rng& rng, int direction) {
  std::vector<BookLevel> levels;
  Price price = Price::whole(1000);
  for (auto n = rng.below(6); n > 0; --n) {
    const Price step = Price::from_raw(static_cast<std::int64_t>(rng.below(1'000'000) + 1));
    price = direction > 0 ? price + step : price - step;
    levels.push_back({price, positive<Quantity>(rng)});
  }
  return levels;
}
std::vector<DecisionInput> random_inputs(Rng& rng) {
  std::vector<DecisionInput> inputs;
  for (auto n = rng.below(5); n > 0; --n)
    inputs.push_back({text<Text<39>>(rng), rng.normal()});
  return inputs;
}
Scope random_scope(Rng& rng) {
  Scope scope;
  scope.kind = static_cast<ScopeKind>(rng.below(5));
  if (scope.kind == ScopeKind::venue) scope.place.venue = VenueId{rng.below(2)};
  if (scope.kind == ScopeKind::account) scope.place = random_place(rng);
  if (scope.kind == ScopeKind::book) scope.book = text<BookName>(rng);
  if (scope.kind == ScopeKind::factor) scope.factor = FactorId{rng.below(2)};
  return scope;
}
void make(Rng& rng, Depth& depth) {
  depth = {InstrumentId{rng.below(3)}, random_levels(rng, -1), random_levels(rng, 1)};
}
void make(Rng& rng, Drift& drift) {
  drift.asset = random_asset(rng);
  drift.clear = rng.chance(0.2);
  if (drift.clear) return;
  drift.rate = any<Decimal>(rng);
  drift.std_error = positive<Decimal>(rng);
  if (rng.chance(0.5)) drift.until = random_time(rng);
}
void make(Rng& rng, Order& order) {
  order.place = random_place(rng);
  order.instrument = random_instrument(rng, order.place.venue);
  order.id = text<OrderId>(rng);
  order.book = BookName("mm");
  order.side = random_side(rng);
  order.qty = positive<Quantity>(rng);
  if (rng.chance(0.5)) order.price = positive<Price>(rng);
  if (rng.chance(0.5)) order.filled = Quantity::from_raw(order.qty.raw / 2);
  order.state = static_cast<OrderState>(rng.below(order_state_names.size()));
  order.origin = static_cast<Origin>(rng.below(origin_names.size()));
  if (rng.chance(0.5)) order.proposal = text<TradeId>(rng);
  if (rng.chance(0.5)) order.reason = text<Note>(rng);
}
void make(Rng& rng, Quote& quote) {
  Top top;
  make(rng, top);
  quote = {top.instrument, top.bid, top.bid_qty, top.ask, top.ask_qty, {}, random_inputs(rng)};
  if (rng.chance(0.5)) quote.reason = text<Note>(rng);
}
void make(Rng& rng, Decision& decision) {
  decision.id = text<TradeId>(rng);
  decision.factor = FactorId{rng.below(2)};
  decision.action = static_cast<Action>(rng.below(action_names.size()));
  decision.state = static_cast<ProposalState>(rng.below(proposal_state_names.size()));
  if (rng.chance(0.5)) decision.reason = text<Note>(rng);
  decision.inputs = random_inputs(rng);
}
void make(Rng& rng, Approve& approve) {
  approve = {text<TradeId>(rng), rng.chance(0.5), text<Note>(rng), {}};
  if (rng.chance(0.5)) approve.reason = text<Note>(rng);
}
void make(Rng& rng, Kill& kill) { kill = {random_scope(rng), text<Note>(rng), text<Note>(rng)}; }
void make(Rng& rng, Rearm& rearm) { rearm = {random_scope(rng), text<Note>(rng), text<Note>(rng)}; }
void make(Rng& rng, ChannelBalance& statement) {
  statement = {ChannelId{0}, positive<Amount>(rng)};
}

void make(Rng& rng, Audit& audit) {
  audit.by = text<Note>(rng);
  audit.action = text<Text<39>>(rng);
  audit.subject = text<Text<95>>(rng);
  if (rng.chance(0.8)) audit.role = text<Text<15>>(rng);
  if (rng.chance(0.5)) audit.before = random_text(rng, 300);
  if (rng.chance(0.5)) audit.after = random_text(rng, 300);
  if (rng.chance(0.5)) audit.reason = random_text(rng, 300);
  if (rng.chance(0.5)) audit.event = rng.next() >> rng.below(64);
}
void make(Rng& rng, Receipt& receipt) {
  receipt = {text<Note>(rng), text<Text<255>>(rng), rng.next() >> rng.below(64),
             random_text(rng, 300)};
}

template <std::size_t Index>
void make_body(Rng& rng, EventBody& body) {
  make(rng, body.emplace<Index>());
}

}  // namespace

std::string random_text(Rng& rng, std::size_t longest) {
  static const std::vector<std::string> characters{"a",
                                                   "B",
                                                   "7",
                                                   "-",
                                                   "_",
                                                   " ",
                                                   "/",
                                                   "*",
                                                   "\"",
                                                   "\\",
                                                   "\n",
                                                   "\t",
                                                   "\x01",
                                                   "\x1f",
                                                   "\x7f",
                                                   "\xc3\xa9",
                                                   "\xe2\x82\xbf",
                                                   "\xf0\x9f\x9a\x80",
                                                   "{",
                                                   "}",
                                                   "[",
                                                   ":",
                                                   ",",
                                                   "#",
                                                   "null"};
  std::string text = "x";
  for (auto n = rng.below(longest); n > 0; --n) {
    const std::string& next = characters[rng.below(characters.size())];
    if (text.size() + next.size() <= longest) text += next;
  }
  return rng.chance(0.1) ? text.substr(0, 1) : text;
}

Desk sample_desk() {
  Desk desk;
  desk.name = "sample";
  for (const auto* name : {"BTC", "USDT", "BNB", "Q\"\\\xc3\xa9"}) {
    desk.assets.push_back({name, AssetId{}});
  }
  desk.currency = AssetId{1};
  desk.venues = {{"binance", {"main", "sub/1"}}, {"dex", {"*"}}};
  const auto add = [&](const char* name, InstrumentKind kind, std::size_t venue) {
    Instrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.venue = VenueId{venue};
    instrument.base = AssetId{0};
    instrument.quote = AssetId{1};
    desk.instruments.push_back(instrument);
  };
  add("BTC-USDT", InstrumentKind::spot, 0);
  add("BTC/USDT:USDT", InstrumentKind::linear_perpetual, 0);
  add("BTC-DEX", InstrumentKind::linear_perpetual, 1);
  FactorConfig factor;
  factor.name = "delta:BTC";
  factor.asset = AssetId{0};
  desk.factors.push_back(factor);
  factor.book = "mm";
  desk.factors.push_back(factor);
  RuleConfig rule;
  rule.name = "btc-out-of-band";
  rule.factors = {FactorId{0}};
  desk.rules.push_back(rule);
  rule.name = "desk-adherence";
  desk.rules.push_back(rule);
  ObjectiveConfig objective;
  objective.name = "btc-adheres";
  desk.objectives.push_back(objective);
  ChannelConfig channel;
  channel.name = "lightning-1";
  channel.asset = AssetId{0};
  channel.capacity = Amount::whole(2);
  desk.channels.push_back(channel);
  RouteConfig route;
  route.name = "to-sub";
  desk.routes.push_back(route);
  route.name = "over \"channel\"";
  route.channel = ChannelId{0};
  desk.routes.push_back(route);
  return desk;
}

Event random_event(Rng& rng, std::size_t type) {
  static constexpr auto makers = []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array{&make_body<Index>...};
  }
  (std::make_index_sequence<std::variant_size_v<EventBody>>{});
  Event event;
  event.t = random_time(rng);
  makers[type](rng, event.body);
  return event;
}

}  // namespace ballast
