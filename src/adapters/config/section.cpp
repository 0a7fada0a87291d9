#include "adapters/config/section.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace ballast {

std::vector<Problem> Problems::take() {
  std::stable_sort(all_.begin(), all_.end(), [](const Problem& a, const Problem& b) {
    return TextPosition{a.line, a.column} < TextPosition{b.line, b.column};
  });
  return std::move(all_);
}

void Problems::add(Problem::Kind kind, TextPosition at, std::string what) {
  all_.push_back({kind, file_, at.line, at.column, std::move(what)});
}

Result<Decimal> exact_decimal(const TomlNode& node) {
  if (node.kind == TomlNode::Kind::string) return parse_decimal<Decimal>(node.text);
  if (node.kind != TomlNode::Kind::integer && node.kind != TomlNode::Kind::floating) {
    return fail(Errc::bad_input,
                fmt::format("must be a decimal such as \"12.5\", not {}", to_string(node.kind)));
  }
  auto value = parse_decimal<Decimal>(node.text);
  if (value || value.error().code != Errc::bad_input) return value;
  return fail(
      Errc::bad_input,
      fmt::format("{} is not a plain decimal; write it as a string such as \"12.5\"", node.text));
}

namespace {

std::string title_of(const TomlNode& table,
                     std::string_view kind,
                     std::span<const std::string_view> keys) {
  const bool named = std::find(keys.begin(), keys.end(), "name") != keys.end();
  const TomlMember* const name = named ? table.find("name") : nullptr;
  if (name == nullptr || name->value.kind != TomlNode::Kind::string) return std::string(kind);
  return fmt::format("{} \"{}\"", kind, name->value.text.substr(0, 80));
}

}  // namespace

Section::Section(const TomlNode& table,
                 std::string_view kind,
                 std::span<const std::string_view> keys,
                 Problems& problems)
    : table_(table), title_(title_of(table, kind, keys)), problems_(problems) {
  for (const TomlMember& member : table.members) {
    if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
    Suggestion near(member.key);
    for (const std::string_view key : keys)
      near.consider(key);
    error(member.at, fmt::format("there is no key \"{}\"{}", member.key, near.text()));
  }
}

const TomlNode* Section::node(std::string_view key) const {
  const TomlMember* const member = table_.find(key);
  return member == nullptr ? nullptr : &member->value;
}

const TomlNode* Section::node(std::string_view key, TomlNode::Kind kind) const {
  const TomlNode* const value = node(key);
  if (value == nullptr || value->kind == kind) return value;
  error(value->at,
        fmt::format("{} must be {}, not {}", key, to_string(kind), to_string(value->kind)));
  return nullptr;
}

void Section::require(std::string_view key, std::string_view example) const {
  if (!has(key)) error(at(), fmt::format("needs {}, such as {} = {}", key, key, example));
}

void Section::reject(TextPosition at,
                     std::string_view key,
                     std::string_view value,
                     std::string_view why) const {
  error(at, fmt::format("{} is \"{}\", which {}", key, value, why));
}

std::optional<Placed<std::string>> Section::text(std::string_view key) const {
  const TomlNode* const value = node(key, TomlNode::Kind::string);
  if (value == nullptr) return std::nullopt;
  return Placed<std::string>{value->text, value->at};
}

std::optional<Placed<Decimal>> Section::decimal(std::string_view key) const {
  const TomlNode* const value = node(key);
  if (value == nullptr) return std::nullopt;
  const auto decimal = exact_decimal(*value);
  if (decimal) return Placed<Decimal>{*decimal, value->at};
  error(value->at, fmt::format("{}: {}", key, decimal.error().what));
  return std::nullopt;
}

std::optional<Placed<double>> Section::number(std::string_view key) const {
  const TomlNode* const value = node(key);
  if (value == nullptr) return std::nullopt;
  std::string_view text = value->text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool kind = value->kind == TomlNode::Kind::integer ||
                    value->kind == TomlNode::Kind::floating ||
                    value->kind == TomlNode::Kind::string;
  if (kind && code == std::errc{} && end == text.data() + text.size() && std::isfinite(number)) {
    return Placed<double>{number, value->at};
  }
  error(value->at, fmt::format("{} must be a number such as 0.8", key));
  return std::nullopt;
}

std::optional<Placed<Duration>> Section::duration(std::string_view key) const {
  if (const TomlNode* const any = node(key);
      any != nullptr && any->kind != TomlNode::Kind::string) {
    error(any->at,
          fmt::format("{} must be a duration such as \"30s\", not {}", key, to_string(any->kind)));
    return std::nullopt;
  }
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto duration = parse_duration(value->value);
  if (duration) return Placed<Duration>{*duration, value->at};
  error(value->at, fmt::format("{}: {}", key, duration.error().what));
  return std::nullopt;
}

std::optional<Placed<std::uint32_t>> Section::count(std::string_view key) const {
  const TomlNode* const value = node(key, TomlNode::Kind::integer);
  if (value == nullptr) return std::nullopt;
  std::uint32_t count = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto read = std::from_chars(value->text.data(), end, count);
  if (read.ec == std::errc{} && read.ptr == end) return Placed<std::uint32_t>{count, value->at};
  error(value->at,
        fmt::format("{} is {}, which is no count from 0 to 4294967295", key, value->text));
  return std::nullopt;
}

std::optional<Placed<Timestamp>> Section::time(std::string_view key) const {
  const TomlNode* const value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlNode::Kind::string && value->kind != TomlNode::Kind::date_time) {
    error(value->at, fmt::format("{} must be a time, not {}", key, to_string(value->kind)));
    return std::nullopt;
  }
  const auto time = parse_timestamp(value->text);
  if (time) return Placed<Timestamp>{*time, value->at};
  error(value->at, fmt::format("{}: {}", key, time.error().what));
  return std::nullopt;
}

std::optional<std::size_t> Section::choose(std::string_view key,
                                           const Placed<std::string>& value,
                                           const std::vector<std::string_view>& choices) const {
  const auto found = std::find(choices.begin(), choices.end(), value.value);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  Suggestion near(value.value);
  for (const std::string_view choice : choices)
    near.consider(choice);
  reject(value.at, key, value.value,
         fmt::format("is none of {}{}", fmt::join(choices, ", "), near.text()));
  return std::nullopt;
}

}  // namespace ballast
