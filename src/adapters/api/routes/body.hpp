// Body: what a change was asked with: a JSON object of texts, numbers, truths and short lists of
// them. Numbers keep their characters, so that decimals stay exact, written as a string or not.
//
// Reading is strict: unknown and repeated fields, and what is deeper, are errors that name the
// field and what may stand there. Errors are bad_input.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast::api {

class Body {
 public:
  /// An empty text is an object without fields.
  static Result<Body> parse(std::string_view text, std::initializer_list<std::string_view> known);

  // Each is nothing when the field is absent or null.
  Result<std::optional<std::string>> text(std::string_view name) const;
  Result<std::optional<Decimal>> decimal(std::string_view name) const;
  /// Two decimals, the lower first.
  Result<std::optional<Range>> range(std::string_view name) const;
  Result<std::optional<Timestamp>> time(std::string_view name) const;
  Result<std::optional<Duration>> duration(std::string_view name) const;

  // ---- for the reader
  enum class Kind : std::uint8_t { null, truth, number, text, list };
  struct Value {
    Kind kind = Kind::null;
    std::string text;         // a number's characters, a text's
    std::vector<Value> list;  // of scalars
  };

 private:
  const Value* find(std::string_view name) const;
  std::vector<std::pair<std::string, Value>> fields_;
};

}  // namespace ballast::api
