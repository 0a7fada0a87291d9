#include "quant/calc/value.hpp"

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {

const Value* find(const Fields& record, std::string_view name) {
  for (const Field& field : record) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

Value list_of(std::span<const double> numbers) { return List(numbers.begin(), numbers.end()); }

Value rows_of(std::span<const double> numbers, std::size_t columns) {
  BALLAST_ASSERT(columns > 0 && numbers.size() % columns == 0);
  List rows;
  for (std::size_t at = 0; at < numbers.size(); at += columns)
    rows.push_back(list_of(numbers.subspan(at, columns)));
  return rows;
}

std::string to_text(const Value& value) {
  if (value.null()) return "null";
  if (const bool* truth = std::get_if<bool>(&value.held)) return *truth ? "true" : "false";
  if (const double* number = value.number()) return fmt::format("{}", *number);
  if (const std::string* text = value.text()) return fmt::format("\"{}\"", *text);
  std::string out;
  if (const List* list = value.list()) {
    for (const Value& item : *list)
      out += (out.empty() ? "" : ",") + to_text(item);
    return "[" + out + "]";
  }
  for (const Field& field : *value.record())
    out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", field.name, to_text(field.value));
  return "{" + out + "}";
}

}  // namespace ballast
