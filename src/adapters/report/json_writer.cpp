#include "adapters/report/json_writer.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {

std::string shortest_text(double value) {
  BALLAST_ASSERT(std::isfinite(value));
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_string(name);
  out_ += ": ";
  after_key_ = true;
  return *this;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_string(text);
}

void JsonWriter::value(double number) {
  raw(std::isfinite(number) ? shortest_text(number) : "null");
}

std::string JsonWriter::take() {
  BALLAST_ASSERT(open_.empty());
  out_ += '\n';
  return std::move(out_);
}

void JsonWriter::begin(char bracket, Layout layout) {
  separate();
  out_ += bracket;
  if (!open_.empty() && open_.back().layout == Layout::inline_) layout = Layout::inline_;
  open_.push_back({layout});
}

void JsonWriter::end(char bracket) {
  BALLAST_ASSERT(!open_.empty() && !after_key_);
  const Open closed = open_.back();
  open_.pop_back();
  if (!closed.empty && closed.layout == Layout::lines) new_line();
  out_ += bracket;
}

void JsonWriter::raw(std::string_view text) {
  separate();
  out_ += text;
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
  } else if (!first) {
    out_ += ' ';
  }
}

void JsonWriter::new_line() {
  out_ += '\n';
  out_.append(2 * open_.size(), ' ');
}

void JsonWriter::append_string(std::string_view text) {
  out_ += '"';
  for (const char c : text) {
    switch (c) {
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
        if (static_cast<unsigned char>(c) < 0x20) {
          out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out_ += c;
        }
    }
  }
  out_ += '"';
}

}  // namespace ballast
