#include "adapters/codec/decoder.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "model/effect.hpp"

namespace ballast {
namespace {

std::string_view to_string(TokenKind kind) {
  constexpr std::array<std::string_view, 6> names{"a string", "a number", "a boolean",
                                                  "null",     "an array", "an object"};
  return names[static_cast<std::size_t>(kind)];
}

/// What stands there, short enough for a message.
std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  return text.size() <= longest ? fmt::format("\"{}\"", text)
                                : fmt::format("\"{}...\"", text.substr(0, longest));
}

/// A JSON number with an exponent as plain decimal text with the same value. Nothing when it would
/// be longer than any decimal in range or of any exact digits.
std::optional<std::string> plain_decimal(std::string_view number) {
  const std::size_t e = number.find_first_of("eE");
  std::string_view power_text = number.substr(e + 1);
  if (power_text.front() == '+') power_text.remove_prefix(1);
  std::string_view mantissa = number.substr(0, e);
  std::string sign;
  if (mantissa.front() == '-') {
    sign = "-";
    mantissa.remove_prefix(1);
  }
  std::string digits;
  std::int64_t point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  for (const char c : mantissa) {
    if (c != '.') digits += c;
  }
  if (digits.find_first_not_of('0') == std::string::npos) return "0";
  std::int64_t power = 0;
  constexpr std::int64_t longest = 10'000;
  const auto [end, error] =
      std::from_chars(power_text.data(), power_text.data() + power_text.size(), power);
  if (error != std::errc{} || power > longest || power < -longest) return std::nullopt;
  point += power;
  const auto size = static_cast<std::int64_t>(digits.size());
  if (point <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= size)
    return sign + digits + std::string(static_cast<std::size_t>(point - size), '0');
  return sign + digits.insert(static_cast<std::size_t>(point), ".");
}

}  // namespace

DeskNames::DeskNames(const Desk& of) : desk(of) {
  const auto fill = [](auto& table, const auto& items, std::size_t first = 0) {
    table.reserve((first + items.size()) * 2);
    for (std::size_t i = 0; i < items.size(); ++i) {
      using Id = std::remove_pointer_t<decltype(table.find({}))>;
      table.try_emplace(items[i].name, std::remove_const_t<Id>{first + i});
    }
  };
  fill(assets, desk.assets);
  fill(venues, desk.venues);
  fill(instruments, desk.instruments);
  fill(rules, desk.rules);
  fill(rules, desk.objectives, desk.rules.size());
  fill(routes, desk.routes);
  fill(channels, desk.channels);
  for (const Venue& venue : desk.venues) {
    if (venue.any_account()) continue;
    for (const std::string& account : venue.accounts) {
      accounts.try_emplace({venue.name, account}, true);
    }
  }
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    factors.try_emplace({desk.factors[i].book, desk.factors[i].name}, FactorId{i});
  }
}

// ---- errors

void Decoder::refuse_token(Field field, const Token& token, Errc code, std::string_view why) {
  if (error_) return;
  error_ =
      fail_at(token.column, code, fmt::format("\"{}\" {}", ballast::to_string(field), why)).value();
}

void Decoder::refuse(Field field, std::string_view why, Errc code) {
  refuse_token(field, line_[field], code, why);
}

void Decoder::wrong_kind(Field field, const Token& token, std::string_view wanted) {
  refuse_token(field, token, Errc::bad_input,
               fmt::format("must be {}, not {}{}", wanted, to_string(token.kind),
                           token.kind == TokenKind::null ? "; leave out what does not apply" : ""));
}

// ---- plain values

std::string_view Decoder::string(Field field) {
  const Token& token = line_[field];
  if (token.kind == TokenKind::string) return token.text;
  wrong_kind(field, token, "a string");
  return {};
}

void Decoder::check_length(Field field, std::string_view text, std::size_t longest) {
  if (text.empty()) refuse(field, "is empty");
  if (text.size() <= longest) return;
  refuse(field, fmt::format("is {} bytes long, and at most {} are kept; shorten it", text.size(),
                            longest));
}

Int128 Decoder::raw_decimal(Field field, const Token& token) {
  if (token.kind != TokenKind::string && token.kind != TokenKind::number) {
    wrong_kind(field, token, "a decimal, best as a string such as \"12.5\"");
    return 0;
  }
  auto raw = parse_decimal_raw(token.text);
  if (!raw && token.kind == TokenKind::number &&
      token.text.find_first_of("eE") != std::string_view::npos) {
    const auto plain = plain_decimal(token.text);
    raw =
        plain
            ? parse_decimal_raw(*plain)
            : Result<Int128>(fail(Errc::overflow, shown(token.text) + " leaves the decimal range"));
  }
  if (raw) return *raw;
  refuse_token(field, token, raw.error().code, "is wrong: " + raw.error().what);
  return 0;
}

bool Decoder::holds(
    Field field, const Token& token, bool container, std::size_t count, std::string_view wanted) {
  if (!container) {
    wrong_kind(field, token, wanted);
  } else if (token.count != count) {
    refuse(field, fmt::format("holds {} values; write {}", token.count, wanted));
  }
  return container && token.count == count;
}

Price Decoder::fill_price(InstrumentId instrument) {
  const bool option = instrument.valid() && names_.desk.instrument(instrument).option();
  return option ? not_negative<Price>(Field::price) : positive<Price>(Field::price);
}

Range Decoder::range(Field field) {
  const Token& token = line_[field];
  if (!holds(field, token, token.kind == TokenKind::array, 2, "two levels [lower, upper]"))
    return {};
  const auto levels = line_.elements(token);
  const Range range{Decimal::from_raw(raw_decimal(field, levels[0].value)),
                    Decimal::from_raw(raw_decimal(field, levels[1].value))};
  if (range.lower > range.upper) refuse(field, "has its lower level above its upper; swap them");
  return range;
}

Timestamp Decoder::time(Field field) {
  const Token& token = line_[field];
  if (token.kind != TokenKind::string && token.kind != TokenKind::number) {
    wrong_kind(field, token, "a time");
    return {};
  }
  const auto time = parse_timestamp(token.text);
  if (time) return *time;
  refuse(field, "is wrong: " + time.error().what);
  return {};
}

bool Decoder::boolean(Field field) {
  const Token& token = line_[field];
  if (token.kind != TokenKind::boolean) wrong_kind(field, token, "true or false");
  return token.text == "true";
}

template <class Int>
Int Decoder::integer(Field field) {
  const Token& token = line_[field];
  Int value = 0;
  const char* const end = token.text.data() + token.text.size();
  if (token.kind != TokenKind::number) {
    wrong_kind(field, token, "an integer");
  } else if (const auto read = std::from_chars(token.text.data(), end, value);
             read.ec != std::errc{} || read.ptr != end) {
    refuse(field, fmt::format("is {}, which is not an integer from 0 to {}", token.text,
                              std::numeric_limits<Int>::max()));
  }
  return value;
}

std::uint16_t Decoder::small_integer(Field field) { return integer<std::uint16_t>(field); }

std::uint64_t Decoder::large_integer(Field field) { return integer<std::uint64_t>(field); }

std::uint64_t Decoder::hash(Field field) {
  constexpr std::size_t digits = 16;
  const std::string_view text = string(field);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, 16);
  if (read.ec != std::errc{} || read.ptr != end || text.size() != digits) {
    if (!failed()) refuse(field, fmt::format("is {}, not 16 hexadecimal digits", shown(text)));
  }
  return value;
}

std::string Decoder::long_text(Field field, std::size_t longest) {
  const std::string_view text = string(field);
  check_length(field, text, longest);
  return text.size() <= longest ? std::string(text) : std::string();
}

std::size_t Decoder::choice(Field field, std::span<const std::string_view> choices) {
  const std::string_view value = string(field);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == value) return i;
  }
  if (failed()) return 0;
  Suggestion near(value);
  for (const std::string_view choice : choices)
    near.consider(choice);
  refuse(field, fmt::format("is {}, which is none of {}{}", shown(value), fmt::join(choices, ", "),
                            near.text()));
  return 0;
}

double Decoder::number(Field field, const Token& token) {
  if (token.kind != TokenKind::number && token.kind != TokenKind::string) {
    wrong_kind(field, token, "a number");
    return 0.0;
  }
  double value = 0.0;
  const char* const end = token.text.data() + token.text.size();
  const auto read = std::from_chars(token.text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end && std::isfinite(value)) return value;
  refuse_token(field, token, Errc::bad_input,
               "is " + shown(token.text) + ", which is not a number that a double holds");
  return 0.0;
}

std::vector<double> Decoder::numbers(Field field) {
  const Token& token = line_[field];
  std::vector<double> values;
  if (token.kind != TokenKind::array) {
    wrong_kind(field, token, "an array of numbers");
    return values;
  }
  values.reserve(token.count);
  for (const Element& element : line_.elements(token)) {
    values.push_back(number(field, element.value));
  }
  return values;
}

std::vector<BookLevel> Decoder::levels(Field prices, Field quantities, Side side) {
  const Token& price_list = line_[prices];
  const Token& qty_list = line_[quantities];
  for (const Field field : {prices, quantities}) {
    if (line_[field].kind != TokenKind::array) wrong_kind(field, line_[field], "an array");
  }
  if (failed()) return {};
  if (price_list.count != qty_list.count) {
    refuse(quantities,
           fmt::format("has {} values for {} prices", qty_list.count, price_list.count));
    return {};
  }
  std::vector<BookLevel> all;
  all.reserve(price_list.count);
  const auto price_items = line_.elements(price_list);
  const auto qty_items = line_.elements(qty_list);
  for (std::size_t i = 0; i < price_items.size() && !failed(); ++i) {
    const BookLevel level{Price::from_raw(raw_decimal(prices, price_items[i].value)),
                          Quantity::from_raw(raw_decimal(quantities, qty_items[i].value))};
    if (level.price.sign() <= 0) refuse(prices, "must all be greater than zero");
    if (level.qty.sign() <= 0) refuse(quantities, "must all be greater than zero");
    if (!all.empty() &&
        (side == Side::buy ? level.price >= all.back().price : level.price <= all.back().price)) {
      refuse(prices, side == Side::buy ? "must fall, best first" : "must rise, best first");
    }
    all.push_back(level);
  }
  return all;
}

std::vector<DecisionInput> Decoder::inputs(Field field) {
  const Token& token = line_[field];
  std::vector<DecisionInput> all;
  if (token.kind != TokenKind::object) {
    wrong_kind(field, token, "an object of numbers");
    return all;
  }
  for (const Element& element : line_.elements(token)) {
    const auto name = Text<39>::create(element.key);
    if (!name || element.key.empty()) {
      refuse(field, fmt::format("has the name {}; one has 1 to 39 bytes", shown(element.key)));
      return all;
    }
    all.push_back({*name, number(field, element.value)});
  }
  return all;
}

std::array<double, 5> Decoder::svi(Field field) {
  const Token& token = line_[field];
  std::array<double, 5> values{};
  const bool container = token.kind == TokenKind::array || token.kind == TokenKind::object;
  if (!holds(field, token, container, values.size(),
             "{a, b, rho, m, sigma} or [a, b, rho, m, sigma]")) {
    return values;
  }
  const auto elements = line_.elements(token);
  std::array<bool, 5> seen{};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    std::size_t at = i;
    if (token.kind == TokenKind::object) {
      at = static_cast<std::size_t>(std::find(svi_names.begin(), svi_names.end(), elements[i].key) -
                                    svi_names.begin());
      if (at == values.size() || seen[at]) {
        Token key = elements[i].value;
        key.column = key.key_column;
        refuse_token(
            field, key, Errc::bad_input,
            fmt::format("has {} parameter {}; it takes a, b, rho, m and sigma once each",
                        at == values.size() ? "an unknown" : "a second", shown(elements[i].key)));
        return values;
      }
    }
    seen[at] = true;
    values[at] = number(field, elements[i].value);
  }
  return values;
}

// ---- names of the desk

template <class Table, class Items>
auto Decoder::named(Field field, std::string_view name, const Table& table, const Items& items) {
  using Id = std::remove_cvref_t<decltype(*table.find({}))>;
  if (const Id* const id = table.find(name)) return *id;
  if (!failed()) {
    Suggestion near(name);
    for (const auto& item : items)
      near.consider(item.name);
    refuse(field, fmt::format("is {}, which the desk does not have{}", shown(name), near.text()));
  }
  return Id{};
}

AssetId Decoder::asset(Field field) {
  return named(field, string(field), names_.assets, names_.desk.assets);
}

InstrumentId Decoder::instrument() {
  return named(Field::instrument, string(Field::instrument), names_.instruments,
               names_.desk.instruments);
}

RuleId Decoder::rule() {
  const std::string_view name = string(Field::rule);
  if (name == breaker_rule_name) return breaker_rule;
  if (name == kill_switch_rule_name) return kill_switch_rule;
  return named(Field::rule, name, names_.rules, names_.desk.rules);
}

RouteId Decoder::route() {
  return named(Field::route, string(Field::route), names_.routes, names_.desk.routes);
}

ChannelId Decoder::channel() {
  return named(Field::channel, string(Field::channel), names_.channels, names_.desk.channels);
}

Scope Decoder::scope(Field field) {
  const std::string_view text = string(field);
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  Scope scope;
  if (text == "desk") return scope;
  if (kind == "venue") {
    scope.kind = ScopeKind::venue;
    scope.place.venue = venue(field, rest);
  } else if (kind == "account") {
    scope.kind = ScopeKind::account;
    scope.place = place(field, rest);
  } else if (kind == "book") {
    scope.kind = ScopeKind::book;
    check_length(field, rest, BookName::capacity);
    scope.book = BookName::create(rest).value_or(BookName{});
  } else if (kind == "factor") {
    // "factor:delta:BTC", or a book's own: "factor:delta:BTC of mm"
    constexpr std::string_view of = " of ";
    const std::size_t at = rest.find(of);
    scope.kind = ScopeKind::factor;
    scope.factor = factor(field, rest.substr(0, at),
                          at == std::string_view::npos ? "*" : rest.substr(at + of.size()));
  } else if (!failed()) {
    refuse(field, fmt::format("is {}; write \"desk\", \"venue:NAME\", \"account:VENUE/ACCOUNT\", "
                              "\"book:NAME\" or \"factor:NAME\"",
                              shown(text)));
  }
  return scope;
}

FactorId Decoder::factor(std::string_view book) {
  return factor(Field::factor, string(Field::factor), book);
}

FactorId Decoder::factor(Field field, std::string_view name, std::string_view book) {
  if (const FactorId* const id = names_.factors.find({book, name})) return *id;
  if (failed()) return {};
  Suggestion near(name);
  bool other_book = false;
  for (const FactorConfig& factor : names_.desk.factors) {
    if (factor.book == book) near.consider(factor.name);
    other_book = other_book || factor.name == name;
  }
  refuse(field,
         fmt::format("is {}, which the desk does not have for the book {}{}", shown(name),
                     shown(book), other_book ? "; it has it for another book" : near.text()));
  return {};
}

VenueId Decoder::venue(Field field, std::string_view name) {
  return named(field, name, names_.venues, names_.desk.venues);
}

AccountName Decoder::account(Field field, VenueId venue, std::string_view name) {
  check_length(field, name, AccountName::capacity);
  if (failed()) return {};
  const Venue& at = names_.desk.venue(venue);
  if (!at.any_account() && names_.accounts.find({at.name, name}) == nullptr) {
    Suggestion near(name);
    for (const std::string& known : at.accounts)
      near.consider(known);
    refuse(field, fmt::format("is {}, which is no account of the venue {}{}", shown(name),
                              shown(at.name), near.text()));
    return {};
  }
  return *AccountName::create(name);
}

Place Decoder::place() {
  Place place;
  place.venue = venue(Field::venue, string(Field::venue));
  place.account = account(Field::account, place.venue, string(Field::account));
  return place;
}

Place Decoder::place(Field field) { return place(field, string(field)); }

Place Decoder::place(Field field, std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    if (!failed()) refuse(field, fmt::format("is {}; write \"venue/account\"", shown(text)));
    return {};
  }
  Place place;
  place.venue = venue(field, text.substr(0, slash));
  place.account = account(field, place.venue, text.substr(slash + 1));
  return place;
}

void Decoder::trades_on(InstrumentId instrument, VenueId venue) {
  if (failed()) return;
  const Instrument& traded = names_.desk.instrument(instrument);
  if (!traded.venue.valid() || traded.venue == venue) return;
  refuse(Field::instrument, fmt::format("is {}, which trades on {}, not on {}", shown(traded.name),
                                        shown(names_.desk.venue(traded.venue).name),
                                        shown(names_.desk.venue(venue).name)));
}

}  // namespace ballast
