#include "quant/calc/formula.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "base/suggest.hpp"

namespace ballast {
namespace {

/// A value as an error quotes it: not all of a long list.
std::string quoted(const Value& value) {
  constexpr std::size_t shown_max = 60;
  std::string text = to_text(value);
  if (text.size() > shown_max) {
    std::size_t cut = shown_max;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U)
      --cut;  // not within a character
    text.resize(cut);
    text += "...";
  }
  return text;
}

Result<void> check_number(std::string_view name, double value, const Domain& domain) {
  if (!std::isfinite(value)) {
    return fail(Errc::bad_input, fmt::format("{} is {}: it must be a finite number", name, value));
  }
  if (domain.holds(value)) return {};
  return fail(Errc::bad_input,
              fmt::format("{} is {}: it must be {}", name, value, to_string(domain)));
}

tl::unexpected<Error> wrong_kind(std::string_view name, const Value& value, std::string_view kind) {
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be {}", name, quoted(value), kind));
}

Result<void> check_text(const Parameter& parameter, const Value& value) {
  const std::string* const text = value.text();
  if (text == nullptr) return wrong_kind(parameter.name, value, to_string(parameter.kind));
  const auto& choices = parameter.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), *text) != choices.end())
    return {};
  Suggestion near(*text);
  for (const std::string_view choice : choices)
    near.consider(choice);
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be one of {}{}", parameter.name,
                                           quoted(value), fmt::join(choices, ", "), near.text()));
}

/// A list of numbers, with null among them or not.
Result<void> check_numbers(const Parameter& parameter,
                           std::string_view name,
                           const Value& value,
                           bool null_allowed) {
  const List* const list = value.list();
  if (list == nullptr) return wrong_kind(name, value, "a list of numbers");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Value& item = (*list)[i];
    if (item.null() && null_allowed) continue;
    const std::string item_name = fmt::format("{}[{}]", name, i);
    if (item.number() == nullptr) return wrong_kind(item_name, item, to_string(Kind::number));
    BALLAST_CHECK(check_number(item_name, *item.number(), parameter.domain));
  }
  return {};
}

Result<void> check_rows(const Parameter& parameter, const Value& value) {
  const List* const rows = value.list();
  if (rows == nullptr) return wrong_kind(parameter.name, value, to_string(parameter.kind));
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Value& row = (*rows)[i];
    const std::string name = fmt::format("{}[{}]", parameter.name, i);
    BALLAST_CHECK(check_numbers(parameter, name, row, parameter.kind == Kind::rows));
    if (parameter.kind == Kind::matrix && row.list()->size() != rows->front().list()->size()) {
      return fail(Errc::bad_input, fmt::format("{} holds {} numbers and {}[0] holds {}: the rows "
                                               "of a matrix are of one length",
                                               name, row.list()->size(), parameter.name,
                                               rows->front().list()->size()));
    }
  }
  return {};
}

Result<void> check_records(const Parameter& parameter, const Value& value) {
  const List* const list = value.list();
  if (list == nullptr) return wrong_kind(parameter.name, value, to_string(parameter.kind));
  for (std::size_t i = 0; i < list->size(); ++i) {
    if ((*list)[i].record() == nullptr) {
      return wrong_kind(fmt::format("{}[{}]", parameter.name, i), (*list)[i], "a record");
    }
  }
  return {};
}

Result<void> check_point(const Parameter& parameter, const Value& value) {
  if (value.list() != nullptr) return check_numbers(parameter, parameter.name, value, false);
  if (value.record() == nullptr)
    return wrong_kind(parameter.name, value, to_string(parameter.kind));
  for (const Field& field : *value.record()) {
    const std::string name = fmt::format("{}.{}", parameter.name, field.name);
    if (field.value.number() == nullptr)
      return wrong_kind(name, field.value, to_string(Kind::number));
    BALLAST_CHECK(check_number(name, *field.value.number(), parameter.domain));
  }
  return {};
}

Result<void> check_value(const Parameter& parameter, const Value& value) {
  switch (parameter.kind) {
    case Kind::number:
    case Kind::whole: {
      constexpr double whole_max = 0x1p53;
      const double* const number = value.number();
      if (number == nullptr) return wrong_kind(parameter.name, value, to_string(parameter.kind));
      BALLAST_CHECK(check_number(parameter.name, *number, parameter.domain));
      const bool whole = std::trunc(*number) == *number && std::fabs(*number) <= whole_max;
      if (parameter.kind == Kind::number || whole) return {};
      return wrong_kind(parameter.name, value, to_string(parameter.kind));
    }
    case Kind::text:
      return check_text(parameter, value);
    case Kind::record:
      if (value.record() != nullptr) return {};
      return wrong_kind(parameter.name, value, to_string(parameter.kind));
    case Kind::numbers:
      return check_numbers(parameter, parameter.name, value, false);
    case Kind::matrix:
    case Kind::rows:
      return check_rows(parameter, value);
    case Kind::records:
      return check_records(parameter, value);
    case Kind::point:
      return check_point(parameter, value);
  }
  return {};
}

std::string names_of(const Formula& formula) {
  std::string names;
  for (const Parameter& parameter : formula.parameters)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", parameter.name);
  return names;
}

Result<void> check_names(const Formula& formula, const Fields& request) {
  for (auto field = request.begin(); field != request.end(); ++field) {
    if (formula.find_parameter(field->name) == nullptr) {
      Suggestion near(field->name);
      for (const Parameter& parameter : formula.parameters)
        near.consider(parameter.name);
      return fail(Errc::bad_input,
                  fmt::format("{} has no parameter {}{}; it has {}", formula.name,
                              quoted(Value(field->name)), near.text(), names_of(formula)));
    }
    const bool doubled = std::any_of(
        request.begin(), field, [&](const Field& earlier) { return earlier.name == field->name; });
    if (doubled) return fail(Errc::bad_input, fmt::format("{} is given twice", field->name));
  }
  return {};
}

bool all_finite(const Value& value) {
  if (const double* number = value.number()) return std::isfinite(*number);
  if (const List* list = value.list()) return std::all_of(list->begin(), list->end(), all_finite);
  if (const Fields* record = value.record()) {
    return std::all_of(record->begin(), record->end(),
                       [](const Field& field) { return all_finite(field.value); });
  }
  return true;
}

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::array<std::string_view, 9> names{
      "a number",       "a whole number",    "a text",
      "a record",       "a list of numbers", "a list of rows",
      "a list of rows", "a list of records", "a record of numbers, or a list of them"};
  return names[static_cast<std::size_t>(kind)];
}

std::string to_string(const Domain& domain) {
  const bool low = std::isfinite(domain.low);
  const bool high = std::isfinite(domain.high);
  if (low && high) {
    std::string text = fmt::format("{} to {}", domain.low, domain.high);
    if (domain.low_open && domain.high_open) return text + ", both excluded";
    if (domain.low_open) return text + fmt::format(", {} excluded", domain.low);
    if (domain.high_open) return text + fmt::format(", {} excluded", domain.high);
    return text;
  }
  if (low)
    return domain.low_open ? fmt::format("above {}", domain.low)
                           : fmt::format("{} or above", domain.low);
  if (high)
    return domain.high_open ? fmt::format("below {}", domain.high)
                            : fmt::format("{} or below", domain.high);
  return {};
}

const Value& Arguments::value(std::string_view name) const {
  const Value* const value = find(values_, name);
  BALLAST_ASSERT(value != nullptr);
  return *value;
}

double Arguments::number(std::string_view name) const { return std::get<double>(value(name).held); }

std::int64_t Arguments::whole(std::string_view name) const {
  return static_cast<std::int64_t>(number(name));
}

std::string_view Arguments::text(std::string_view name) const {
  return std::get<std::string>(value(name).held);
}

std::vector<double> Arguments::numbers(std::string_view name) const {
  std::vector<double> numbers;
  for (const Value& item : std::get<List>(value(name).held))
    numbers.push_back(std::get<double>(item.held));
  return numbers;
}

Matrix Arguments::matrix(std::string_view name) const {
  const List& rows = std::get<List>(value(name).held);
  Matrix matrix{rows.size(), rows.empty() ? 0 : rows.front().list()->size(), {}};
  for (const Value& row : rows) {
    for (const Value& item : std::get<List>(row.held))
      matrix.numbers.push_back(std::get<double>(item.held));
  }
  return matrix;
}

std::vector<std::vector<std::optional<double>>> Arguments::rows(std::string_view name) const {
  std::vector<std::vector<std::optional<double>>> rows;
  for (const Value& row : std::get<List>(value(name).held)) {
    auto& items = rows.emplace_back();
    for (const Value& item : std::get<List>(row.held))
      items.push_back(item.null() ? std::nullopt : std::optional(std::get<double>(item.held)));
  }
  return rows;
}

const List& Arguments::records(std::string_view name) const {
  return std::get<List>(value(name).held);
}

const Fields& Arguments::record(std::string_view name) const {
  return std::get<Fields>(value(name).held);
}

Result<std::vector<double>> Arguments::point(std::string_view name,
                                             std::span<const std::string_view> names) const {
  const Value& given = value(name);
  const auto refused = [&] {
    return wrong_kind(
        name, given,
        fmt::format("a record of {}, or a list in that order", fmt::join(names, ", ")));
  };
  std::vector<double> numbers;
  if (const List* list = given.list()) {
    if (list->size() != names.size()) return refused();
    for (const Value& item : *list)
      numbers.push_back(*item.number());
    return numbers;
  }
  const Fields& record = *given.record();
  if (record.size() != names.size()) return refused();
  for (const std::string_view part : names) {
    const Value* const number = find(record, part);
    if (number == nullptr) return refused();
    numbers.push_back(*number->number());
  }
  return numbers;
}

Result<void> Arguments::need(std::initializer_list<std::string_view> names,
                             std::string_view who) const {
  for (const std::string_view name : names) {
    if (!has(name))
      return fail(Errc::bad_input, fmt::format("{} is missing: {} needs it", name, who));
  }
  return {};
}

Result<void> Arguments::refuse(std::initializer_list<std::string_view> names,
                               std::string_view who) const {
  for (const std::string_view name : names) {
    if (has(name))
      return fail(Errc::bad_input, fmt::format("{} is given, but {} has no use for it", name, who));
  }
  return {};
}

const Parameter* Formula::find_parameter(std::string_view parameter) const {
  const auto* const found =
      std::find_if(parameters.data(), parameters.data() + parameters.size(),
                   [&](const Parameter& known) { return known.name == parameter; });
  return found == parameters.data() + parameters.size() ? nullptr : found;
}

Result<Fields> calculate(const Formula& formula, Fields request) {
  // What is null is not given.
  std::erase_if(request, [](const Field& field) { return field.value.null(); });
  BALLAST_CHECK(check_names(formula, request));
  Arguments arguments;
  arguments.values_ = std::move(request);
  for (const Parameter& parameter : formula.parameters) {
    if (const Value* given = find(arguments.values_, parameter.name)) {
      BALLAST_CHECK(check_value(parameter, *given));
    } else if (std::holds_alternative<Required>(parameter.presence)) {
      return fail(Errc::bad_input, fmt::format("{} is missing: {} ({})", parameter.name,
                                               parameter.about, to_string(parameter.kind)));
    } else if (const auto* number = std::get_if<double>(&parameter.presence)) {
      arguments.values_.push_back({std::string(parameter.name), *number});
    } else if (const auto* text = std::get_if<std::string_view>(&parameter.presence)) {
      arguments.values_.push_back({std::string(parameter.name), *text});
    }
  }
  BALLAST_TRY(answers, formula.evaluate(arguments));
  BALLAST_ASSERT(answers.size() == formula.answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    BALLAST_ASSERT(answers[i].name == formula.answers[i].name);
    if (!all_finite(answers[i].value)) {
      return fail(Errc::overflow,
                  fmt::format("{} is no finite number for these arguments", answers[i].name));
    }
  }
  return std::move(answers);
}

}  // namespace ballast
