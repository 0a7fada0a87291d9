// One JSON object, split into the tokens of its known fields: syntax only, no meaning.
//
// The tokens point into this object's own buffers and live until the next parse(). Values of arrays
// and of small objects (SVI parameters) are tokens in a side list. Nothing deeper is kept.
// Not thread-safe; no allocation once the longest line has been seen.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "adapters/codec/fields.hpp"
#include "base/result.hpp"

namespace ballast {

enum class TokenKind : std::uint8_t { string, number, boolean, null, array, object };

struct Token {
  TokenKind kind = TokenKind::null;
  std::string_view text;     // a string's characters without escapes; else the token as it stands
  std::uint32_t column = 0;  // of the value, in bytes from 1
  std::uint32_t key_column = 0;  // of the key
  std::uint32_t first = 0;       // array, object: the span of elements()
  std::uint32_t count = 0;
};

struct Element {
  std::string_view key;  // in an object
  Token value;
};

class JsonLine {
 public:
  JsonLine();
  ~JsonLine();
  JsonLine(const JsonLine&) = delete;
  JsonLine& operator=(const JsonLine&) = delete;
  JsonLine(JsonLine&&) noexcept;
  JsonLine& operator=(JsonLine&&) noexcept;

  /// An error for anything but one well-formed object with no key twice.
  Result<void> parse(std::string_view line);

  FieldSet fields() const { return fields_; }
  /// Of a field that is present.
  const Token& operator[](Field field) const { return tokens_[static_cast<std::size_t>(field)]; }
  std::span<const Element> elements(const Token& token) const;

  /// The first key that is no field of any event: its text, and its column or 0 when there is none.
  std::string_view stranger() const { return stranger_; }
  std::uint32_t stranger_column() const { return stranger_column_; }

 private:
  struct Parser;
  bool split();  // false: the parser holds the error
  std::unique_ptr<Parser> parser_;
  FieldSet fields_;
  std::array<Token, field_names.size()> tokens_{};
  std::string_view stranger_;
  std::uint32_t stranger_column_ = 0;
};

/// "column N: " and the sentence.
tl::unexpected<Error> fail_at(std::uint32_t column, Errc code, std::string_view sentence);

}  // namespace ballast
