#include "adapters/api/routes/body.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/suggest.hpp"

namespace ballast::api {
namespace {

using Kind = Body::Kind;
using Value = Body::Value;
using Fields = std::vector<std::pair<std::string, Value>>;

constexpr std::size_t list_max = 16;

std::string_view kind_text(Kind kind) {
  constexpr std::string_view texts[] = {"null", "true or false", "a number", "a text", "a list"};
  return texts[static_cast<std::size_t>(kind)];
}

/// Builds the fields as the parser reads; false ends it, with the reason in `problem`.
class FieldReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Fields fields;
  std::string problem;

  bool null() override { return add({Kind::null, "null", {}}); }
  bool boolean(bool truth) override { return add({Kind::truth, truth ? "true" : "false", {}}); }
  bool number_integer(number_integer_t n) override {
    return add({Kind::number, std::to_string(n), {}});
  }
  bool number_unsigned(number_unsigned_t n) override {
    return add({Kind::number, std::to_string(n), {}});
  }
  bool number_float(number_float_t /*value*/, const string_t& characters) override {
    return add({Kind::number, characters, {}});
  }
  bool string(string_t& text) override { return add({Kind::text, std::move(text), {}}); }
  bool binary(binary_t& /*bytes*/) override { return no("binary data"); }
  bool start_object(std::size_t /*size*/) override {
    if (begun_) return no(fmt::format("`{}` is an object; it takes none", name_));
    begun_ = true;
    return true;
  }
  bool key(string_t& name) override {
    name_ = std::move(name);
    const auto same = [&](const auto& field) { return field.first == name_; };
    if (std::any_of(fields.begin(), fields.end(), same)) {
      return no(fmt::format("`{}` is said twice", name_));
    }
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*size*/) override {
    if (!begun_) return no("it is a list");
    if (in_list_) return no(fmt::format("`{}` is a list of lists", name_));
    fields.emplace_back(name_, Value{Kind::list, {}, {}});
    in_list_ = true;
    return true;
  }
  bool end_array() override {
    in_list_ = false;
    return true;
  }
  bool parse_error(std::size_t position,
                   const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    constexpr int number_too_large = 406;
    if (error.id == number_too_large)
      return no(fmt::format("`{}` is a number out of range", name_));
    return no(fmt::format("it is not JSON at byte {}", position));
  }

 private:
  bool no(std::string why) {
    if (problem.empty()) problem = std::move(why);
    return false;
  }
  bool add(Value value) {
    if (!begun_) return no(fmt::format("it is {}", kind_text(value.kind)));
    if (!in_list_) {
      fields.emplace_back(name_, std::move(value));
      return true;
    }
    std::vector<Value>& list = fields.back().second.list;
    if (list.size() == list_max) return no(fmt::format("`{}` is a list that is too long", name_));
    list.push_back(std::move(value));
    return true;
  }

  std::string name_;
  bool begun_ = false;
  bool in_list_ = false;
};

tl::unexpected<Error> not_a(std::string_view name, const Value& value, std::string_view wanted) {
  return fail(Errc::bad_input,
              fmt::format("`{}` is {}; it must be {}", name, kind_text(value.kind), wanted));
}

Result<Decimal> decimal_of(std::string_view name, const Value& value) {
  if (value.kind != Kind::number && value.kind != Kind::text) {
    return not_a(name, value, "a plain decimal such as \"8.5\"");
  }
  auto decimal = parse_decimal<Decimal>(value.text);
  if (!decimal) {
    return fail(decimal.error().code == Errc::bad_input ? Errc::bad_input : decimal.error().code,
                fmt::format("`{}` is `{}`: {}", name, value.text, decimal.error().what));
  }
  return *decimal;
}

}  // namespace

Result<Body> Body::parse(std::string_view text, std::initializer_list<std::string_view> known) {
  Body body;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return body;
  FieldReader reader;
  if (!nlohmann::json::sax_parse(text, &reader)) {
    return fail(Errc::bad_input, fmt::format("the body must be a JSON object of {}: {}",
                                             fmt::join(known, ", "), reader.problem));
  }
  for (const auto& [name, value] : reader.fields) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    Suggestion suggestion(name);
    for (const std::string_view candidate : known)
      suggestion.consider(candidate);
    return fail(Errc::bad_input, fmt::format("`{}` is no field of this body{}; there are: {}", name,
                                             suggestion.text(), fmt::join(known, ", ")));
  }
  body.fields_ = std::move(reader.fields);
  return body;
}

const Body::Value* Body::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (field == name) return value.kind == Kind::null ? nullptr : &value;
  }
  return nullptr;
}

Result<std::optional<std::string>> Body::text(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::text) return not_a(name, *value, "a text");
  return value->text;
}

Result<std::optional<Decimal>> Body::decimal(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  BALLAST_TRY(decimal, decimal_of(name, *value));
  return decimal;
}

Result<std::optional<Range>> Body::range(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::list || value->list.size() != 2) {
    return not_a(name, *value, "a list of two, [lower, upper]");
  }
  BALLAST_TRY(lower, decimal_of(name, value->list[0]));
  BALLAST_TRY(upper, decimal_of(name, value->list[1]));
  return Range{lower, upper};
}

Result<std::optional<Timestamp>> Body::time(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::text) {
    return not_a(name, *value, "a time such as \"2026-01-05T12:00:00Z\"");
  }
  auto time = parse_timestamp(value->text);
  if (!time) {
    return fail(Errc::bad_input,
                fmt::format("`{}` is `{}`: {}", name, value->text, time.error().what));
  }
  return *time;
}

Result<std::optional<Duration>> Body::duration(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::text) return not_a(name, *value, "a span such as \"2h\" or \"1h30m\"");
  auto span = parse_duration(value->text);
  if (!span) {
    return fail(Errc::bad_input,
                fmt::format("`{}` is `{}`: {}", name, value->text, span.error().what));
  }
  return *span;
}

}  // namespace ballast::api
