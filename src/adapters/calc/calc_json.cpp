#include "adapters/calc/calc_json.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/int128.hpp"
#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

/// Builds a Value as the parser tells what it meets; returning false stops it.
class ValueBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add({}); }
  bool boolean(bool truth) override { return add(truth); }
  bool number_integer(std::int64_t number) override { return add_integer(number); }
  bool number_unsigned(std::uint64_t number) override { return add_integer(number); }
  bool number_float(double number, const std::string& text) override {
    if (text.find_first_of(".eE") == std::string::npos) return too_long(text);
    return add(number);
  }
  bool string(std::string& text) override { return add(std::move(text)); }
  bool binary(nlohmann::json::binary_t& /*bytes*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Fields{}); }
  bool key(std::string& name) override {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(List{}); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t /*position*/,
                   const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    const std::string_view text = error.what();  // "[json.exception.parse_error.101] parse error"
    const std::size_t behind = text.find("] ");
    problem_ = text.substr(behind == std::string_view::npos ? 0 : behind + 2);
    return false;
  }

  Value take() { return std::move(value_); }
  const std::string& problem() const { return problem_; }

 private:
  struct Open {
    Value value;
    std::string key;  // of a record's next field
  };
  static constexpr std::size_t depth_max = 16;

  bool add_integer(Int128 number) {
    const auto nearest = static_cast<double>(number);
    if (static_cast<Int128>(nearest) != number) return too_long(fmt::format("{}", number));
    return add(nearest);
  }
  bool too_long(std::string_view number) {
    problem_ = fmt::format("{} has more digits than a double holds", number);
    return false;
  }
  bool add(Value value) {
    if (open_.empty()) {
      value_ = std::move(value);
    } else if (auto* list = std::get_if<List>(&open_.back().value.held)) {
      list->push_back(std::move(value));
    } else {
      std::get<Fields>(open_.back().value.held)
          .push_back({std::move(open_.back().key), std::move(value)});
    }
    return true;
  }
  bool open(Value empty) {
    if (open_.size() >= depth_max) {
      problem_ = fmt::format("it is nested more than {} deep", depth_max);
      return false;
    }
    open_.push_back({std::move(empty), {}});
    return true;
  }
  bool close() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  std::vector<Open> open_;
  Value value_;
  std::string problem_;
};

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
  if (value.null()) return nullptr;
  if (const bool* truth = std::get_if<bool>(&value.held)) return *truth;
  if (const double* number = value.number()) return *number;
  if (const std::string* text = value.text()) return *text;
  if (const List* list = value.list()) {
    Json json = Json::array();
    for (const Value& item : *list)
      json.push_back(json_of(item));
    return json;
  }
  Json json = Json::object();
  for (const Field& field : *value.record())
    json[field.name] = json_of(field.value);
  return json;
}

std::string one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Fields> answer(std::string_view line) {
  BALLAST_TRY(value, read_value(line));
  if (value.record() == nullptr) {
    return fail(Errc::bad_input, "a request is an object: {\"fn\": NAME, ...}");
  }
  Fields request = std::get<Fields>(std::move(value.held));
  const auto fn = std::find_if(request.begin(), request.end(),
                               [](const Field& field) { return field.name == "fn"; });
  if (fn == request.end() || fn->value.text() == nullptr) {
    return fail(Errc::bad_input,
                "a request needs \"fn\", the name of a function; `ballast calc list` names them");
  }
  BALLAST_TRY(formula, find_formula(*fn->value.text()));
  request.erase(fn);
  return calculate(*formula, std::move(request));
}

}  // namespace

Result<Value> read_value(std::string_view json) {
  ValueBuilder builder;
  if (nlohmann::json::sax_parse(json.begin(), json.end(), &builder)) return builder.take();
  return fail(Errc::bad_input, fmt::format("not JSON that can be read: {}", builder.problem()));
}

std::string write_value(const Value& value) { return one_line(json_of(value)); }

std::string write_error(const Error& error) {
  return one_line({{"error", {{"code", to_string(error.code)}, {"message", error.what}}}});
}

CalcAnswer answer_request(std::string_view line) {
  auto answers = answer(line);
  if (!answers) return {write_error(answers.error()), true};
  return {write_value(std::move(*answers)), false};
}

}  // namespace ballast
