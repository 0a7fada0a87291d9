// What formulas by name take and give: nothing, a truth, a number, a text, a list, or a record of
// named values; lists and records hold values again. What JSON can say, without JSON.
//
// A list of one list is List{Value(List{...})}: for List{List{...}}, g++ makes the list of one list
// and clang the inner list alone.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ballast {

struct Value;
struct Field;
using List = std::vector<Value>;
using Fields = std::vector<Field>;  // in the order given; names may repeat until they are checked

struct Value {
  std::variant<std::monostate, bool, double, std::string, List, Fields> held;

  // Defined further down, where a record's fields are complete.
  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(bool truth);
  Value(double number);
  Value(std::string text);
  Value(std::string_view text);
  Value(const char* text);
  Value(List list);
  Value(Fields record);

  bool null() const { return std::holds_alternative<std::monostate>(held); }
  const double* number() const { return std::get_if<double>(&held); }
  const std::string* text() const { return std::get_if<std::string>(&held); }
  const List* list() const { return std::get_if<List>(&held); }
  const Fields* record() const { return std::get_if<Fields>(&held); }
};

struct Field {
  std::string name;
  Value value;
};

inline Value::Value() = default;
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(bool truth) : held(truth) {}
inline Value::Value(double number) : held(number) {}
inline Value::Value(std::string text) : held(std::move(text)) {}
inline Value::Value(std::string_view text) : held(std::string(text)) {}
inline Value::Value(const char* text) : held(std::string(text)) {}
inline Value::Value(List list) : held(std::move(list)) {}
inline Value::Value(Fields record) : held(std::move(record)) {}

/// The value of that name, or nothing.
const Value* find(const Fields& record, std::string_view name);

Value list_of(std::span<const double> numbers);
/// A list of rows, of a matrix that stands row by row.
Value rows_of(std::span<const double> numbers, std::size_t columns);

/// As JSON, numbers as the shortest text that reads back the same. For people and for the command
/// line: texts are quoted but not escaped.
std::string to_text(const Value& value);

}  // namespace ballast
