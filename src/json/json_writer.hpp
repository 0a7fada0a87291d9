// JsonWriter: writes one JSON document in the order it is told, exact.
//
// Decimals are strings of all their digits; doubles are the shortest text that reads back the same,
// always with a point or an exponent; what is absent or not finite is null. Text that is not UTF-8
// is written as it stands. Three layouts: `lines` is indented; an `inline_` container stays on one
// line with a space after each comma, and so does everything in it; `compact` is without spaces.
// Allocates only as the document grows, so a writer that is cleared and used again costs no
// allocation. Not thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// The shortest text that reads back as `value`, which is finite: "0.825", "200.0", "1e+20".
std::string shortest_text(double value);

class JsonWriter {
 public:
  enum class Layout : std::uint8_t { lines, inline_, compact };

  /// The layout of what begins without saying one; `compact` holds for everything.
  explicit JsonWriter(Layout layout = Layout::lines) : layout_(layout) {}

  void begin_object() { begin('{', layout_); }
  void begin_object(Layout layout) { begin('{', layout); }
  void end_object() { end('}'); }
  void begin_array() { begin('[', layout_); }
  void begin_array(Layout layout) { begin('[', layout); }
  void end_array() { end(']'); }
  JsonWriter& key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  template <std::size_t N>
  void value(const Text<N>& text) {
    value(text.view());
  }
  void value(double number);
  void value(bool truth) { raw(truth ? "true" : "false"); }
  template <std::integral Int>
  void value(Int number) {
    integer(static_cast<std::int64_t>(number));
  }
  void value(std::uint64_t number);
  template <class Tag>
  void value(Fixed<Tag> exact) {
    decimal(exact.raw);
  }
  void value(Timestamp t);
  template <class T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      raw("null");
    }
  }
  void null() { raw("null"); }
  /// A value that is JSON already.
  void raw(std::string_view json);

  /// The document, ended by a newline. The writer is spent.
  std::string take();
  /// The document so far, without a newline; complete when all that began has ended.
  const std::string& text() const { return out_; }
  /// Begins anew, with the memory of before.
  void clear();

 private:
  struct Open {
    Layout layout;
    bool empty = true;
  };
  void begin(char bracket, Layout layout);
  void end(char bracket);
  void integer(std::int64_t number);
  void decimal(Int128 raw_value);
  void separate();  // what stands before a value or key
  void new_line();
  void append_string(std::string_view text);

  Layout layout_;
  std::string out_;
  std::vector<Open> open_;
  bool after_key_ = false;
};

}  // namespace ballast
