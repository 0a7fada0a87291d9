#include "json/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {
namespace {

/// Appends what shortest_text() says.
void append_shortest(double value, std::string& out) {
  const std::size_t begin = out.size();
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), value);
  if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

/// What has to be escaped in a JSON string.
constexpr bool escaped(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

}  // namespace

std::string shortest_text(double value) {
  BALLAST_ASSERT(std::isfinite(value));
  std::string text;
  append_shortest(value, text);
  return text;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_string(name);
  out_ += ':';
  if (open_.back().layout != Layout::compact) out_ += ' ';
  after_key_ = true;
  return *this;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_string(text);
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) return raw("null");
  separate();
  append_shortest(number, out_);
}

void JsonWriter::integer(std::int64_t number) {
  separate();
  std::array<char, 24> digits{};
  out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  std::array<char, 24> digits{};
  out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

void JsonWriter::decimal(Int128 raw_value) {
  separate();
  std::array<char, decimal_text_max> digits{};
  out_ += '"';
  out_.append(digits.data(), print_decimal(raw_value, digits.data()));
  out_ += '"';
}

void JsonWriter::value(Timestamp t) {
  separate();
  std::array<char, timestamp_text_max> text{};
  out_ += '"';
  out_.append(text.data(), print_timestamp(t, text.data()));
  out_ += '"';
}

std::string JsonWriter::take() {
  BALLAST_ASSERT(open_.empty());
  out_ += '\n';
  return std::move(out_);
}

void JsonWriter::clear() {
  out_.clear();
  open_.clear();
  after_key_ = false;
}

void JsonWriter::begin(char bracket, Layout layout) {
  separate();
  out_ += bracket;
  if (layout_ == Layout::compact) layout = Layout::compact;
  if (!open_.empty() && open_.back().layout != Layout::lines) layout = open_.back().layout;
  open_.push_back({layout});
}

void JsonWriter::end(char bracket) {
  BALLAST_ASSERT(!open_.empty() && !after_key_);
  const Open closed = open_.back();
  open_.pop_back();
  if (!closed.empty && closed.layout == Layout::lines) new_line();
  out_ += bracket;
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (open_.empty()) return;
  const bool first = open_.back().empty;
  open_.back().empty = false;
  if (!first) out_ += ',';
  if (open_.back().layout == Layout::lines) {
    new_line();
  } else if (!first && open_.back().layout == Layout::inline_) {
    out_ += ' ';
  }
}

void JsonWriter::new_line() {
  out_ += '\n';
  out_.append(2 * open_.size(), ' ');
}

void JsonWriter::append_string(std::string_view text) {
  out_ += '"';
  std::size_t plain = 0;  // where what needs no escape begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!escaped(text[i])) continue;
    out_.append(text.substr(plain, i - plain));
    plain = i + 1;
    switch (text[i]) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\t':
        out_ += "\\t";
        break;
      case '\r':
        out_ += "\\r";
        break;
      default:
        fmt::format_to(std::back_inserter(out_), "\\u{:04x}",
                       static_cast<unsigned>(static_cast<unsigned char>(text[i])));
    }
  }
  out_.append(text.substr(plain));
  out_ += '"';
}

}  // namespace ballast
