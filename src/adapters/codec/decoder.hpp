// Decoder: the tokens of one line as exact values of the right type, in the desk's own terms.
//
// Each call reads one field. The first failure is kept and the rest yield defaults, so a caller
// reads all fields of an event and then asks failed() once. Every error names the field, the
// column, the reason and what to do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/codec/json_line.hpp"
#include "adapters/codec/names.hpp"
#include "base/suggest.hpp"
#include "model/desk.hpp"

namespace ballast {

/// The desk's names by hash.
struct DeskNames {
  explicit DeskNames(const Desk& desk);

  const Desk& desk;
  NameTable<AssetId> assets;
  NameTable<VenueId> venues;
  NameTable<InstrumentId> instruments;
  NameTable<RuleId> rules;
  NameTable<RouteId> routes;
  NameTable<ChannelId> channels;
  OwnedNameTable<bool> accounts;     // by venue; only of venues that list theirs
  OwnedNameTable<FactorId> factors;  // by book
};

class Decoder {
 public:
  Decoder(const JsonLine& line, const DeskNames& names) : line_(line), names_(names) {}

  bool has(Field field) const { return line_.fields().has(field); }
  bool failed() const { return error_.has_value(); }
  Error take_error() { return std::move(*error_); }
  void refuse(Field field, std::string_view why, Errc code = Errc::bad_input);

  // ---- plain values
  /// At most the type's characters, and at least one.
  template <class TextType>
  TextType text(Field field);
  /// The same from a string, or from a number as it is written.
  template <class TextType>
  TextType text_or_number(Field field);
  template <class T>
  T decimal(Field field) {
    return T::from_raw(raw_decimal(field, line_[field]));
  }
  template <class T>
  T positive(Field field);
  template <class T>
  T not_negative(Field field);
  /// `price` of a fill in the instrument: above zero, of an option zero or above.
  Price fill_price(InstrumentId instrument);
  Range range(Field field);  // [lower, upper], lower <= upper
  Timestamp time(Field field);
  bool boolean(Field field);
  std::uint16_t small_integer(Field field);
  std::uint64_t large_integer(Field field);
  /// Sixteen hexadecimal digits.
  std::uint64_t hash(Field field);
  /// At most so many bytes, and at least one.
  std::string long_text(Field field, std::size_t longest);
  /// The index of the string among `choices`.
  std::size_t choice(Field field, std::span<const std::string_view> choices);
  double number(Field field) { return number(field, line_[field]); }
  std::vector<double> numbers(Field field);
  /// Prices and quantities of one side of a book, in two arrays of equal length; all > 0.
  std::vector<BookLevel> levels(Field prices, Field quantities, Side side);
  /// {"name": number, ...}
  std::vector<DecisionInput> inputs(Field field);
  std::array<double, 5> svi(Field field);

  // ---- names of the desk
  AssetId asset(Field field);
  InstrumentId instrument();
  RuleId rule();
  RouteId route();
  ChannelId channel();
  /// "desk", "venue:V", "account:V/A", "book:B", or "factor:F" with the book beside it.
  Scope scope(Field field);
  FactorId factor(std::string_view book);
  Place place();             // `venue` and `account`
  Place place(Field field);  // "venue/account"
  /// Refuses an instrument that does not trade on the venue.
  void trades_on(InstrumentId instrument, VenueId venue);

 private:
  void refuse_token(Field field, const Token& token, Errc code, std::string_view why);
  void wrong_kind(Field field, const Token& token, std::string_view wanted);
  /// Whether the token is a container of so many values.
  bool holds(
      Field field, const Token& token, bool container, std::size_t count, std::string_view wanted);
  std::string_view string(Field field);
  template <class Int>
  Int integer(Field field);
  Int128 raw_decimal(Field field, const Token& token);
  Place place(Field field, std::string_view text);
  FactorId factor(Field field, std::string_view name, std::string_view book);
  double number(Field field, const Token& token);
  VenueId venue(Field field, std::string_view name);
  AccountName account(Field field, VenueId venue, std::string_view name);
  void check_length(Field field, std::string_view text, std::size_t longest);
  template <class Table, class Items>
  auto named(Field field, std::string_view name, const Table& table, const Items& items);

  const JsonLine& line_;
  const DeskNames& names_;
  std::optional<Error> error_;
};

template <class TextType>
TextType Decoder::text(Field field) {
  const std::string_view value = string(field);
  check_length(field, value, TextType::capacity);
  return TextType::create(value).value_or(TextType{});
}

template <class TextType>
TextType Decoder::text_or_number(Field field) {
  const Token& token = line_[field];
  if (token.kind != TokenKind::number) return text<TextType>(field);
  check_length(field, token.text, TextType::capacity);
  return TextType::create(token.text).value_or(TextType{});
}

template <class T>
T Decoder::positive(Field field) {
  const T value = decimal<T>(field);
  if (value.sign() <= 0 && !failed()) refuse(field, "must be greater than zero");
  return value;
}

template <class T>
T Decoder::not_negative(Field field) {
  const T value = decimal<T>(field);
  if (value.sign() < 0) refuse(field, "must not be negative");
  return value;
}

}  // namespace ballast
