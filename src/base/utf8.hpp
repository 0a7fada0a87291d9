// Whether bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past
// U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace ballast {

/// The length of the longest prefix that is UTF-8 and ends between characters.
constexpr std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned first = byte(0);
    std::size_t length = 1;
    unsigned least = 0x80;  // of the second byte
    unsigned most = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
      length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
      length = 3;
      if (first == 0xE0) least = 0xA0;
      if (first == 0xED) most = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
      length = 4;
      if (first == 0xF0) least = 0x90;
      if (first == 0xF4) most = 0x8F;
    } else if (first >= 0x80) {
      return at;
    }
    if (at + length > text.size()) return at;
    for (std::size_t i = 1; i < length; ++i) {
      if (byte(i) < (i == 1 ? least : 0x80) || byte(i) > (i == 1 ? most : 0xBF)) return at;
    }
    at += length;
  }
  return at;
}
constexpr bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

}  // namespace ballast
