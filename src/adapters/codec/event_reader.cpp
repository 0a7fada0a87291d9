#include <algorithm>

#include <fmt/format.h>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/decoder.hpp"
#include "adapters/codec/json_line.hpp"

namespace ballast {
namespace {

// ---- one function for each type of event

FillKey fill_key(Decoder& in) {
  FillKey key;
  key.place = in.place();
  key.instrument = in.instrument();
  key.id = in.text_or_number<TradeId>(Field::id);
  if (in.has(Field::leg)) key.leg = in.small_integer(Field::leg);
  in.trades_on(key.instrument, key.place.venue);
  return key;
}

BookName book(Decoder& in) {
  const auto name = in.text<BookName>(Field::book);
  if (name.view() == "*") in.refuse(Field::book, "is \"*\", which stands for all books; name one");
  return name;
}

Side side(Decoder& in) { return static_cast<Side>(in.choice(Field::side, side_names)); }

void decode(Decoder& in, Fill& fill) {
  fill.key = fill_key(in);
  fill.book = book(in);
  fill.side = side(in);
  fill.qty = in.positive<Quantity>(Field::qty);
  fill.price = in.fill_price(fill.key.instrument);
  if (in.has(Field::fee) && in.has(Field::fee_asset)) {
    fill.fee = Fee{in.decimal<Amount>(Field::fee), in.asset(Field::fee_asset)};
  } else if (in.has(Field::fee)) {
    in.refuse(Field::fee, "has no \"fee_asset\" beside it; say what the fee was paid in");
  } else if (in.has(Field::fee_asset)) {
    in.refuse(Field::fee_asset, "has no \"fee\" beside it; say how much, or leave both out");
  }
  if (in.has(Field::origin)) {
    fill.origin = static_cast<Origin>(in.choice(Field::origin, origin_names));
  }
  if (in.has(Field::liquidity)) {
    fill.liquidity = static_cast<Liquidity>(in.choice(Field::liquidity, liquidity_names));
  }
  if (in.has(Field::order)) fill.order = in.text_or_number<OrderId>(Field::order);
}

void decode(Decoder& in, Correct& correct) {
  correct.key = fill_key(in);
  if (in.has(Field::book)) book(in);
  if (in.has(Field::side)) correct.side = side(in);
  if (in.has(Field::qty)) correct.qty = in.positive<Quantity>(Field::qty);
  if (in.has(Field::price)) correct.price = in.fill_price(correct.key.instrument);
  if (in.has(Field::fee)) correct.fee = in.decimal<Amount>(Field::fee);
  if (in.has(Field::fee_asset)) correct.fee_asset = in.asset(Field::fee_asset);
  if (!correct.side && !correct.qty && !correct.price && !correct.fee && !correct.fee_asset) {
    in.refuse(Field::type,
              "is \"correct\", but nothing is corrected; give side, qty, price or fee");
  }
}

void decode(Decoder& in, Bust& bust) {
  bust.key = fill_key(in);
  if (in.has(Field::book)) book(in);
}

void decode(Decoder& in, BalanceChange& change) {
  change.place = in.place();
  change.asset = in.asset(Field::asset);
  change.qty = in.decimal<Amount>(Field::qty);
  if (in.has(Field::id)) change.id = in.text_or_number<TradeId>(Field::id);
  if (in.has(Field::reason)) change.reason = in.text<Note>(Field::reason);
}

void decode(Decoder& in, Transfer& transfer) {
  transfer.id = in.text_or_number<TradeId>(Field::id);
  transfer.asset = in.asset(Field::asset);
  transfer.qty = in.positive<Amount>(Field::qty);
  transfer.from = in.place(Field::from);
  transfer.to = in.place(Field::to);
  transfer.state = static_cast<TransferState>(in.choice(Field::state, transfer_state_names));
  if (in.has(Field::route)) transfer.route = in.route();
}

void decode(Decoder& in, FundingPayment& funding) {
  funding.id = in.text_or_number<TradeId>(Field::id);
  funding.place = in.place();
  funding.book = book(in);
  funding.instrument = in.instrument();
  funding.amount = in.decimal<Amount>(Field::amount);
  funding.asset = in.asset(Field::asset);
  in.trades_on(funding.instrument, funding.place.venue);
}

void decode(Decoder& in, Statement& statement) {
  statement.place = in.place();
  if (in.has(Field::instrument) == in.has(Field::asset)) {
    in.refuse(Field::type, R"(is "position", which states either an "instrument" or an "asset")");
  } else if (in.has(Field::instrument)) {
    statement.instrument = in.instrument();
    in.trades_on(statement.instrument, statement.place.venue);
  } else {
    statement.asset = in.asset(Field::asset);
  }
  statement.qty = in.decimal<Quantity>(Field::qty);
}

void decode(Decoder& in, Mark& mark) {
  const bool of_asset = in.has(Field::asset) && in.has(Field::quote);
  if (in.has(Field::instrument) && !in.has(Field::asset) && !in.has(Field::quote)) {
    mark.instrument = in.instrument();
  } else if (of_asset && !in.has(Field::instrument)) {
    mark.asset = in.asset(Field::asset);
    mark.quote = in.asset(Field::quote);
  } else {
    in.refuse(Field::type,
              R"(is "mark", which prices either an "instrument", or an "asset" in a "quote")");
  }
  mark.price = in.positive<Price>(Field::price);
}

void decode(Decoder& in, Top& top) {
  top.instrument = in.instrument();
  top.bid_qty = in.not_negative<Quantity>(Field::bid_qty);
  top.ask_qty = in.not_negative<Quantity>(Field::ask_qty);
  // The price of a side without orders says nothing; feeds write zero.
  const auto price = [&](Field field, Quantity qty) {
    return qty.zero() ? in.not_negative<Price>(field) : in.positive<Price>(field);
  };
  top.bid = price(Field::bid, top.bid_qty);
  top.ask = price(Field::ask, top.ask_qty);
}

void decode(Decoder& in, Trade& trade) {
  trade.instrument = in.instrument();
  trade.price = in.positive<Price>(Field::price);
  trade.qty = in.positive<Quantity>(Field::qty);
  trade.side = side(in);
}

void decode(Decoder& in, FundingRate& rate) {
  rate.instrument = in.instrument();
  rate.rate = in.decimal<Decimal>(Field::rate);
  rate.interval_h = in.positive<Decimal>(Field::interval_h);
}

void check_smile(Decoder& in, const Surface& surface) {
  if (in.failed()) return;
  const auto not_positive = [](double value) { return value <= 0.0; };
  const auto& [strikes, vols] = std::tie(surface.strikes, surface.vols);
  if (strikes.empty()) in.refuse(Field::strikes, "is empty");
  if (strikes.size() != vols.size()) {
    in.refuse(Field::vols,
              fmt::format("has {} values for {} strikes", vols.size(), strikes.size()));
  }
  if (std::any_of(vols.begin(), vols.end(), not_positive)) {
    in.refuse(Field::vols, "must all be greater than zero");
  }
  if (std::any_of(strikes.begin(), strikes.end(), not_positive) ||
      std::adjacent_find(strikes.begin(), strikes.end(), std::greater_equal<>{}) != strikes.end()) {
    in.refuse(Field::strikes, "must be greater than zero and rise");
  }
}

void decode(Decoder& in, Surface& surface) {
  surface.underlying = in.asset(Field::underlying);
  surface.expiry = in.time(Field::expiry);
  const bool smile = in.has(Field::strikes) && in.has(Field::vols);
  const bool part = in.has(Field::strikes) != in.has(Field::vols);
  if (part || in.has(Field::vol) + smile + in.has(Field::svi) != 1) {
    return in.refuse(Field::type,
                     R"(is "surface", which takes one of "vol", "strikes" with "vols", "svi")");
  }
  if (in.has(Field::vol)) {
    surface.vol = in.number(Field::vol);
    if (*surface.vol <= 0.0 && !in.failed()) in.refuse(Field::vol, "must be greater than zero");
  }
  if (smile) {
    surface.strikes = in.numbers(Field::strikes);
    surface.vols = in.numbers(Field::vols);
    check_smile(in, surface);
  }
  if (in.has(Field::svi)) {
    surface.svi = in.svi(Field::svi);
    const auto [a, b, rho, m, sigma] = *surface.svi;
    if (!in.failed() && (b < 0.0 || rho <= -1.0 || rho >= 1.0 || sigma <= 0.0)) {
      in.refuse(Field::svi, "needs b >= 0, -1 < rho < 1 and sigma > 0");
    }
  }
}

/// The factor that `factor` and `book` name together.
FactorId factor(Decoder& in) {
  const BookName of = in.has(Field::book) ? in.text<BookName>(Field::book) : BookName("*");
  return in.factor(of.view());
}

void decode(Decoder& in, TargetOverride& to) {
  to.factor = factor(in);
  if (in.has(Field::target)) to.target = in.decimal<Decimal>(Field::target);
  if (in.has(Field::band)) to.band = in.range(Field::band);
  if (in.has(Field::limit)) to.limit = in.range(Field::limit);
  if (in.has(Field::until)) to.until = in.time(Field::until);
  if (in.has(Field::clear)) to.clear = in.boolean(Field::clear);
  if (!to.target && !to.band && !to.limit && !to.until && !to.clear) {
    in.refuse(Field::type,
              "is \"target\", but sets nothing; give target, band, limit, until or clear");
  }
  if (to.band && to.target && (*to.target < to.band->lower || *to.target > to.band->upper)) {
    in.refuse(Field::band,
              "holds absolute levels around the target, but the target is outside them");
  }
  if (to.band && to.limit &&
      (to.band->lower < to.limit->lower || to.band->upper > to.limit->upper)) {
    in.refuse(Field::limit, "must contain the band");
  }
}

void decode(Decoder& in, Acknowledge& acknowledge) {
  acknowledge.rule = in.rule();
  if (in.has(Field::factor)) {
    acknowledge.factor = factor(in);
  } else if (in.has(Field::book)) {
    in.refuse(Field::book, "has no \"factor\" beside it");
  }
  if (in.has(Field::by)) acknowledge.by = in.text<Note>(Field::by);
}

void decode(Decoder& in, Shelve& shelve) {
  shelve.rule = in.rule();
  shelve.until = in.time(Field::until);
  if (in.has(Field::by)) shelve.by = in.text<Note>(Field::by);
}

void decode(Decoder& /*in*/, Tick& /*tick*/) {}

void decode(Decoder& in, Depth& depth) {
  depth.instrument = in.instrument();
  depth.bids = in.levels(Field::bids, Field::bid_qtys, Side::buy);
  depth.asks = in.levels(Field::asks, Field::ask_qtys, Side::sell);
}

void decode(Decoder& in, Drift& drift) {
  drift.asset = in.asset(Field::asset);
  if (in.has(Field::rate)) drift.rate = in.decimal<Decimal>(Field::rate);
  if (in.has(Field::std_error)) drift.std_error = in.not_negative<Decimal>(Field::std_error);
  if (in.has(Field::until)) drift.until = in.time(Field::until);
  if (in.has(Field::clear)) drift.clear = in.boolean(Field::clear);
  if (drift.clear == (in.has(Field::rate) && in.has(Field::std_error))) {
    in.refuse(Field::type, R"(is "drift", which takes "rate" with "std_error", or "clear": true)");
  }
}

void decode(Decoder& in, Order& order) {
  order.id = in.text_or_number<OrderId>(Field::id);
  order.place = in.place();
  order.book = book(in);
  order.instrument = in.instrument();
  order.side = side(in);
  order.qty = in.positive<Quantity>(Field::qty);
  if (in.has(Field::price)) order.price = in.positive<Price>(Field::price);
  if (in.has(Field::filled)) order.filled = in.not_negative<Quantity>(Field::filled);
  order.state = static_cast<OrderState>(in.choice(Field::state, order_state_names));
  if (in.has(Field::origin)) {
    order.origin = static_cast<Origin>(in.choice(Field::origin, origin_names));
  }
  if (in.has(Field::proposal)) order.proposal = in.text<TradeId>(Field::proposal);
  if (in.has(Field::reason)) order.reason = in.text<Note>(Field::reason);
  in.trades_on(order.instrument, order.place.venue);
  if (order.filled > order.qty && !in.failed()) in.refuse(Field::filled, "is more than \"qty\"");
}

void decode(Decoder& in, Quote& quote) {
  Top top;
  decode(in, top);
  quote.instrument = top.instrument;
  quote.bid = top.bid;
  quote.bid_qty = top.bid_qty;
  quote.ask = top.ask;
  quote.ask_qty = top.ask_qty;
  if (in.has(Field::reason)) quote.reason = in.text<Note>(Field::reason);
  if (in.has(Field::inputs)) quote.inputs = in.inputs(Field::inputs);
}

void decode(Decoder& in, Decision& decision) {
  decision.id = in.text<TradeId>(Field::id);
  decision.factor = factor(in);
  decision.action = static_cast<Action>(in.choice(Field::action, action_names));
  decision.state = static_cast<ProposalState>(in.choice(Field::state, proposal_state_names));
  if (in.has(Field::reason)) decision.reason = in.text<Note>(Field::reason);
  if (in.has(Field::inputs)) decision.inputs = in.inputs(Field::inputs);
}

void decode(Decoder& in, Approve& approve) {
  approve.id = in.text<TradeId>(Field::id);
  approve.by = in.text<Note>(Field::by);
  if (in.has(Field::accept)) approve.accept = in.boolean(Field::accept);
  if (in.has(Field::reason)) approve.reason = in.text<Note>(Field::reason);
}

void decode(Decoder& in, Kill& kill) {
  kill.scope = in.scope(Field::scope);
  kill.by = in.text<Note>(Field::by);
  kill.reason = in.text<Note>(Field::reason);
}

void decode(Decoder& in, Rearm& rearm) {
  rearm.scope = in.scope(Field::scope);
  rearm.by = in.text<Note>(Field::by);
  rearm.reason = in.text<Note>(Field::reason);
}

void decode(Decoder& in, ChannelBalance& statement) {
  statement.channel = in.channel();
  statement.balance = in.not_negative<Amount>(Field::balance);
}

void decode(Decoder& in, Audit& audit) {
  audit.by = in.text<Note>(Field::by);
  audit.action = in.text<Text<39>>(Field::action);
  audit.subject = in.text<Text<95>>(Field::subject);
  if (in.has(Field::role)) audit.role = in.text<Text<15>>(Field::role);
  if (in.has(Field::before)) audit.before = in.long_text(Field::before, audit_text_max);
  if (in.has(Field::after)) audit.after = in.long_text(Field::after, audit_text_max);
  if (in.has(Field::reason)) audit.reason = in.long_text(Field::reason, audit_text_max);
  if (in.has(Field::event)) audit.event = in.large_integer(Field::event);
}

void decode(Decoder& in, Receipt& receipt) {
  receipt.by = in.text<Note>(Field::by);
  receipt.key = in.text<Text<255>>(Field::id);
  receipt.request = in.hash(Field::request);
  receipt.answer = in.long_text(Field::answer, receipt_answer_max);
}

// ---- dispatch

template <std::size_t Index>
void decode_as(Decoder& in, EventBody& body) {
  decode(in, body.emplace<Index>());
}

constexpr auto decoders = []<std::size_t... Index>(std::index_sequence<Index...>) {
  return std::array{&decode_as<Index>...};
}
(std::make_index_sequence<std::variant_size_v<EventBody>>{});

/// The line may hold no field beyond the type's own, and must hold the required ones.
Result<void> check_fields(const JsonLine& line, std::string_view type, const Schema& schema) {
  const FieldSet excess = line.fields().without(schema.allowed());
  const FieldSet missing = schema.required.without(line.fields());
  if (line.stranger_column() == 0 && excess.empty() && missing.empty()) return {};

  std::string_view name = line.stranger();
  std::uint32_t column = line.stranger_column();
  if (!excess.empty() && (column == 0 || line[excess.first()].key_column < column)) {
    name = to_string(excess.first());
    column = line[excess.first()].key_column;
  }
  if (column != 0) {
    Suggestion near(name);
    for (FieldSet rest = schema.allowed().without(line.fields()); !rest.empty();) {
      near.consider(to_string(rest.first()));
      rest = rest.without({rest.first()});
    }
    return fail_at(
        column, Errc::bad_input,
        fmt::format(R"("{}" is not a field of a "{}" event{})", name, type, near.text()));
  }
  return fail_at(1, Errc::bad_input,
                 fmt::format(R"(a "{}" event needs "{}")", type, to_string(missing.first())));
}

}  // namespace

struct EventReader::State {
  explicit State(const Desk& desk) : names(desk) {
    for (std::size_t i = 0; i < event_type_names.size(); ++i)
      types.try_emplace(event_type_names[i], i);
  }
  DeskNames names;
  NameTable<std::size_t> types;
  JsonLine line;
};

EventReader::EventReader(const Desk& desk) : state_(std::make_unique<State>(desk)) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

bool EventReader::skippable(std::string_view line) {
  if (line.starts_with('{')) return false;  // nearly always
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || line[first] == '#';
}

Result<void> EventReader::read(std::string_view text, Event& out) {
  JsonLine& line = state_->line;
  BALLAST_CHECK(line.parse(text));
  Decoder in(line, state_->names);
  if (!in.has(Field::type)) {
    return fail_at(1, Errc::bad_input, R"(an event needs a "type", such as "fill" or "mark")");
  }
  const Token& type = line[Field::type];
  const std::size_t* const index =
      type.kind == TokenKind::string ? state_->types.find(type.text) : nullptr;
  if (index == nullptr) {
    in.choice(Field::type, event_type_names);
    return tl::unexpected(in.take_error());
  }
  BALLAST_CHECK(check_fields(line, type.text, schemas[*index]));
  out.t = in.time(Field::t);
  decoders[*index](in, out.body);
  if (in.failed()) return tl::unexpected(in.take_error());
  return {};
}

}  // namespace ballast
