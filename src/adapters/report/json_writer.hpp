// JsonWriter: writes one JSON document in the order it is told, indented, exact.
//
// Decimals are strings of all their digits; doubles are the shortest text that reads back the same,
// always with a point or an exponent; what is absent or not finite is null. An `inline_` container
// stays on one line, and so does everything in it. Not thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// The shortest text that reads back as `value`, which is finite: "0.825", "200.0", "1e+20".
std::string shortest_text(double value);

class JsonWriter {
 public:
  enum class Layout : std::uint8_t { lines, inline_ };

  void begin_object(Layout layout = Layout::lines) { begin('{', layout); }
  void end_object() { end('}'); }
  void begin_array(Layout layout = Layout::lines) { begin('[', layout); }
  void end_array() { end(']'); }
  JsonWriter& key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(double number);
  void value(bool truth) { raw(truth ? "true" : "false"); }
  template <std::integral Int>
  void value(Int number) {
    raw(std::to_string(number));
  }
  template <class Tag>
  void value(Fixed<Tag> exact) {
    value(to_string(exact));
  }
  void value(Timestamp t) { value(to_string(t)); }
  template <class T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      raw("null");
    }
  }
  void null() { raw("null"); }

  /// The document, ended by a newline. The writer is spent.
  std::string take();

 private:
  struct Open {
    Layout layout;
    bool empty = true;
  };
  void begin(char bracket, Layout layout);
  void end(char bracket);
  void raw(std::string_view text);
  void separate();  // what stands before a value or key
  void new_line();
  void append_string(std::string_view text);

  std::string out_;
  std::vector<Open> open_;
  bool after_key_ = false;
};

}  // namespace ballast
