#include "adapters/feed/csv/mapped_event.hpp"

#include <charconv>

#include "adapters/feed/common/settings.hpp"

namespace ballast {
namespace {

using F = CsvField;

template <class... Fields>
constexpr std::uint32_t bits(Fields... fields) {
  return (bit(fields) | ...);
}

constexpr std::uint32_t placed = bits(F::t, F::venue, F::account);
constexpr std::array<CsvEventType, 9> types{{
    {"fill",
     placed | bits(F::id,
                   F::book,
                   F::instrument,
                   F::side,
                   F::qty,
                   F::price,
                   F::fee,
                   F::fee_asset,
                   F::origin,
                   F::liquidity,
                   F::order,
                   F::leg),
     placed | bits(F::book, F::instrument, F::qty, F::price), true},
    {"balance", placed | bits(F::id, F::asset, F::qty, F::reason), placed | bits(F::asset, F::qty),
     true},
    {"transfer", bits(F::t, F::id, F::asset, F::qty, F::from, F::to, F::state),
     bits(F::t, F::id, F::asset, F::qty, F::from, F::to, F::state), false},
    {"funding", placed | bits(F::id, F::book, F::instrument, F::amount, F::asset),
     placed | bits(F::book, F::instrument, F::amount, F::asset), true},
    {"position", placed | bits(F::instrument, F::asset, F::qty), placed | bits(F::qty), false},
    {"mark", bits(F::t, F::venue, F::instrument, F::asset, F::quote, F::price),
     bits(F::t, F::price), false},
    {"top", bits(F::t, F::venue, F::instrument, F::bid, F::bid_qty, F::ask, F::ask_qty),
     bits(F::t, F::instrument), false},
    {"trade", bits(F::t, F::venue, F::instrument, F::price, F::qty, F::side),
     bits(F::t, F::instrument, F::price, F::qty), false},
    {"funding_rate", bits(F::t, F::venue, F::instrument, F::rate, F::interval_h),
     bits(F::t, F::instrument, F::rate, F::interval_h), false},
}};

tl::unexpected<Error> in_field(F f, std::string_view what) {
  return fail(Errc::bad_input, fmt::format("field {}: {}", to_string(f), what));
}

/// Reads fields of one row as the types of the model.
class RowReader {
 public:
  RowReader(const CsvRow& row, const MappedRow& how) : row_(row), how_(how) {}

  Result<std::optional<std::string_view>> text(F f) const { return how_.mapping.text(f, row_); }
  Result<std::string_view> needed(F f) const {
    BALLAST_TRY(value, text(f));
    if (!value) return in_field(f, "is empty");
    return *value;
  }
  template <class T>
  Result<T> name(F f) const {
    BALLAST_TRY(value, needed(f));
    return read_name<T>(fmt::format("field {}:", to_string(f)), value);
  }
  template <class T>
  Result<T> optional_name(F f) const {
    BALLAST_TRY(value, text(f));
    return read_text<T>(fmt::format("field {}:", to_string(f)), value.value_or(""));
  }
  template <class T>
  Result<std::optional<T>> optional_number(F f) const {
    BALLAST_TRY(raw, how_.mapping.number_raw(f, row_));
    return raw ? std::optional(T{*raw}) : std::nullopt;
  }
  template <class T>
  Result<T> number(F f) const {
    BALLAST_TRY(value, optional_number<T>(f));
    if (!value) return in_field(f, "is empty");
    return *value;
  }
  template <class T>
  Result<T> positive(F f) const {
    BALLAST_TRY(value, number<T>(f));
    if (value.sign() <= 0)
      return in_field(f, fmt::format("{} is not above zero", to_string(value)));
    return value;
  }
  Result<Timestamp> time() const {
    BALLAST_TRY(value, needed(F::t));
    auto t = how_.time_format.read(value);
    if (!t) {
      return in_field(F::t, t.error().what + " (time_format= and utc_offset= say how it is meant)");
    }
    return t;
  }
  Result<std::optional<Side>> side() const {
    constexpr std::string_view sides[] = {"buy", "sell"};
    BALLAST_TRY(value, text(F::side));
    if (!value) return std::optional<Side>();
    BALLAST_TRY(index, choose("field side:", *value, sides));
    return std::optional(index == 0 ? Side::buy : Side::sell);
  }
  /// The side, or else the sign of the quantity; the quantity above zero.
  Result<std::pair<Side, Quantity>> sided_quantity() const {
    BALLAST_TRY(given, side());
    BALLAST_TRY(qty, number<Quantity>(F::qty));
    if (qty.zero()) return in_field(F::qty, "is zero");
    if (given && qty.sign() < 0) return in_field(F::qty, "is negative, and there is a side");
    return std::pair(given.value_or(qty.sign() > 0 ? Side::buy : Side::sell), qty.abs());
  }
  Result<VenueId> venue() const {
    BALLAST_TRY(value, text(F::venue));
    return venue_named(how_.desk, value.value_or("unknown"));
  }
  Result<Place> place() const {
    BALLAST_TRY(at, venue());
    BALLAST_TRY(account, name<AccountName>(F::account));
    return Place{at, account};
  }
  /// "venue/account"
  Result<Place> written_place(F f) const {
    BALLAST_TRY(value, needed(f));
    const std::size_t slash = value.find('/');
    if (slash == std::string_view::npos) {
      return in_field(f, fmt::format("{} is not venue/account", shown(value)));
    }
    BALLAST_TRY(at, venue_named(how_.desk, value.substr(0, slash)));
    BALLAST_TRY(account, read_name<AccountName>("account", value.substr(slash + 1)));
    return Place{at, account};
  }
  Result<InstrumentId> instrument(VenueId at) const {
    BALLAST_TRY(value, needed(F::instrument));
    return instrument_named(how_.desk, value, at);
  }
  Result<InstrumentId> instrument() const {
    BALLAST_TRY(at, venue());
    return instrument(at);
  }
  Result<AssetId> asset(F f) const {
    BALLAST_TRY(value, needed(f));
    return asset_named(how_.desk, value);
  }
  Result<TradeId> id() const {
    if (!how_.mapping.has(F::id)) return read_name<TradeId>("id", how_.made_id);
    return name<TradeId>(F::id);
  }
  bool has(F f) const { return how_.mapping.has(f); }

 private:
  const CsvRow& row_;
  const MappedRow& how_;
};

Result<EventBody> fill(const RowReader& row) {
  Fill fill;
  BALLAST_TRY(place, row.place());
  BALLAST_TRY(instrument, row.instrument(place.venue));
  BALLAST_TRY(id, row.id());
  BALLAST_TRY(book, row.name<BookName>(F::book));
  BALLAST_TRY(sided, row.sided_quantity());
  BALLAST_TRY(price, row.positive<Price>(F::price));
  BALLAST_TRY(fee, row.optional_number<Amount>(F::fee));
  BALLAST_TRY(order, row.optional_name<OrderId>(F::order));
  BALLAST_TRY(origin, row.text(F::origin));
  BALLAST_TRY(liquidity, row.text(F::liquidity));
  BALLAST_TRY(leg, row.text(F::leg));
  fill.key = {place, instrument, id, 0};
  fill.book = book;
  fill.side = sided.first;
  fill.qty = sided.second;
  fill.price = price;
  fill.order = order;
  if (fee) {
    BALLAST_TRY(asset, row.asset(F::fee_asset));
    fill.fee = Fee{*fee, asset};
  }
  if (origin) {
    BALLAST_TRY(index, choose("field origin:", *origin, origin_names));
    fill.origin = static_cast<Origin>(index);
  }
  if (liquidity) {
    constexpr std::string_view kinds[] = {"unknown", "maker", "taker"};
    BALLAST_TRY(index, choose("field liquidity:", *liquidity, kinds));
    fill.liquidity = static_cast<Liquidity>(index);
  }
  if (leg) {
    const auto [at, error] = std::from_chars(leg->data(), leg->data() + leg->size(), fill.key.leg);
    if (error != std::errc{} || at != leg->data() + leg->size()) {
      return in_field(F::leg, fmt::format("{} is not a whole number up to 65535", shown(*leg)));
    }
  }
  return EventBody(fill);
}

Result<EventBody> balance(const RowReader& row) {
  BALLAST_TRY(place, row.place());
  BALLAST_TRY(asset, row.asset(F::asset));
  BALLAST_TRY(qty, row.number<Amount>(F::qty));
  BALLAST_TRY(id, row.id());
  BALLAST_TRY(reason, row.optional_name<Note>(F::reason));
  return EventBody(BalanceChange{place, asset, qty, id, reason});
}

Result<EventBody> transfer(const RowReader& row) {
  constexpr std::string_view states[] = {"sent", "arrived", "failed"};
  BALLAST_TRY(id, row.id());
  BALLAST_TRY(asset, row.asset(F::asset));
  BALLAST_TRY(qty, row.positive<Amount>(F::qty));
  BALLAST_TRY(from, row.written_place(F::from));
  BALLAST_TRY(to, row.written_place(F::to));
  BALLAST_TRY(state_text, row.needed(F::state));
  BALLAST_TRY(state, choose("field state:", state_text, states));
  return EventBody(Transfer{id, asset, qty, from, to, static_cast<TransferState>(state)});
}

Result<EventBody> funding(const RowReader& row) {
  BALLAST_TRY(place, row.place());
  BALLAST_TRY(instrument, row.instrument(place.venue));
  BALLAST_TRY(id, row.id());
  BALLAST_TRY(book, row.name<BookName>(F::book));
  BALLAST_TRY(amount, row.number<Amount>(F::amount));
  BALLAST_TRY(asset, row.asset(F::asset));
  return EventBody(FundingPayment{id, place, book, instrument, amount, asset});
}

Result<EventBody> position(const RowReader& row) {
  Statement statement;
  BALLAST_TRY(place, row.place());
  BALLAST_TRY(qty, row.number<Quantity>(F::qty));
  statement.place = place;
  statement.qty = qty;
  if (row.has(F::instrument)) {
    BALLAST_TRY(instrument, row.instrument(place.venue));
    statement.instrument = instrument;
  } else {
    BALLAST_TRY(asset, row.asset(F::asset));
    statement.asset = asset;
  }
  return EventBody(statement);
}

Result<EventBody> mark(const RowReader& row) {
  Mark mark;
  BALLAST_TRY(price, row.positive<Price>(F::price));
  mark.price = price;
  if (row.has(F::instrument)) {
    BALLAST_TRY(instrument, row.instrument());
    mark.instrument = instrument;
  } else {
    BALLAST_TRY(asset, row.asset(F::asset));
    BALLAST_TRY(quote, row.asset(F::quote));
    mark.asset = asset;
    mark.quote = quote;
  }
  return EventBody(mark);
}

Result<EventBody> top(const RowReader& row) {
  BALLAST_TRY(instrument, row.instrument());
  BALLAST_TRY(bid, row.optional_number<Price>(F::bid));
  BALLAST_TRY(bid_qty, row.optional_number<Quantity>(F::bid_qty));
  BALLAST_TRY(ask, row.optional_number<Price>(F::ask));
  BALLAST_TRY(ask_qty, row.optional_number<Quantity>(F::ask_qty));
  for (const auto& [f, price] : {std::pair(F::bid, bid), std::pair(F::ask, ask)}) {
    if (price && price->sign() <= 0) return in_field(f, "is not above zero");
  }
  for (const auto& [f, qty] : {std::pair(F::bid_qty, bid_qty), std::pair(F::ask_qty, ask_qty)}) {
    if (qty && qty->sign() < 0) return in_field(f, "is negative");
  }
  // A side without a price has no orders; one whose quantity is not told has some.
  const auto size = [](const auto& price, const auto& qty, bool told) {
    return !price ? Quantity{} : told ? qty.value_or(Quantity{}) : Quantity::whole(1);
  };
  return EventBody(Top{instrument, bid.value_or(Price{}), size(bid, bid_qty, row.has(F::bid_qty)),
                       ask.value_or(Price{}), size(ask, ask_qty, row.has(F::ask_qty))});
}

Result<EventBody> trade(const RowReader& row) {
  BALLAST_TRY(instrument, row.instrument());
  BALLAST_TRY(price, row.positive<Price>(F::price));
  BALLAST_TRY(sided, row.sided_quantity());
  return EventBody(Trade{instrument, price, sided.second, sided.first});
}

Result<EventBody> funding_rate(const RowReader& row) {
  BALLAST_TRY(instrument, row.instrument());
  BALLAST_TRY(rate, row.number<Decimal>(F::rate));
  BALLAST_TRY(interval_h, row.positive<Decimal>(F::interval_h));
  return EventBody(FundingRate{instrument, rate, interval_h});
}

using Build = Result<EventBody> (*)(const RowReader&);
constexpr std::array<Build, types.size()> builders{fill, balance, transfer, funding,     position,
                                                   mark, top,     trade,    funding_rate};

}  // namespace

Result<const CsvEventType*> csv_event_type(std::string_view name) {
  std::array<std::string_view, types.size()> names;
  for (std::size_t i = 0; i < types.size(); ++i)
    names[i] = types[i].name;
  BALLAST_TRY(index, choose("setting type=", name, names));
  return &types[index];
}

Result<Event> mapped_event(const CsvEventType& type, const CsvRow& row, const MappedRow& how) {
  const RowReader reader(row, how);
  BALLAST_TRY(t, reader.time());
  BALLAST_TRY(body, builders[static_cast<std::size_t>(&type - types.data())](reader));
  return Event{t, std::move(body)};
}

}  // namespace ballast
