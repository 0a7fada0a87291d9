// Values as TOML writes them.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

/// A TOML basic string.
inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

template <class Tag>
std::string quoted(Fixed<Tag> value) {
  return '"' + to_string(value) + '"';
}
inline std::string quoted(Duration value) { return '"' + to_string(value) + '"'; }

/// The shortest text that reads back as the same double. TOML's integers end at 64 bits: digits
/// alone that may go beyond get a point.
inline std::string exact(double value) {
  char text[40];
  const std::string shortest{text, std::to_chars(text, text + sizeof text, value).ptr};
  const bool digits = shortest.find_first_not_of("-0123456789") == std::string::npos;
  return digits && shortest.size() > 18 ? shortest + ".0" : shortest;
}

inline std::string text_of(const Range& r) {
  return fmt::format("{{ lower = {}, upper = {} }}", quoted(r.lower), quoted(r.upper));
}

}  // namespace ballast
