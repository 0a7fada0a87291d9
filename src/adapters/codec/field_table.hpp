// From a key's characters to its Field in a few instructions: the names fit two words, and a
// multiplier found at compile time gives each a slot of its own.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "adapters/codec/fields.hpp"

namespace ballast {

/// Up to 16 characters as two little-endian words, padded with zeros.
struct KeyWords {
  static constexpr std::size_t longest = 16;

  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend constexpr bool operator==(const KeyWords&, const KeyWords&) = default;

  static constexpr KeyWords of(std::string_view text) {  // at most `longest` characters
    KeyWords words;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint64_t byte = static_cast<unsigned char>(text[i]);
      (i < 8 ? words.low : words.high) |= byte << (8 * (i % 8));
    }
    return words;
  }

  /// The characters before the next '"', which 16 readable bytes at `at` may or may not hold.
  static std::optional<KeyWords> until_quote(const char* at) {
    KeyWords words;
    std::memcpy(&words.low, at, 8);
    if (const std::uint64_t quote = lowest_quote(words.low); quote != 0) {
      words.low &= (quote >> 7) - 1;
      return words;
    }
    std::memcpy(&words.high, at + 8, 8);
    const std::uint64_t quote = lowest_quote(words.high);
    if (quote == 0) return std::nullopt;
    words.high &= (quote >> 7) - 1;
    return words;
  }

 private:
  /// The top bit of the lowest byte that is '"', or 0 (Mycroft's test for a zero byte).
  static constexpr std::uint64_t lowest_quote(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    const std::uint64_t x = word ^ (ones * '"');
    const std::uint64_t zeros = (x - ones) & ~x & (ones << 7);
    return zeros & (~zeros + 1);
  }
};
static_assert(std::endian::native == std::endian::little);

class FieldTable {
 public:
  constexpr FieldTable() {
    for (std::size_t i = 0; i < names_.size(); ++i)
      names_[i] = KeyWords::of(field_names[i]);
    while (!place())
      multiplier_ += 2;
  }

  /// Nothing for what is no field's name.
  constexpr std::optional<Field> find(const KeyWords& key) const {
    const std::uint8_t index = slots_[slot(key)];
    if (index == none || names_[index] != key) return std::nullopt;
    return static_cast<Field>(index);
  }

 private:
  static constexpr std::uint8_t none = 0xFF;

  constexpr std::size_t slot(const KeyWords& key) const {
    return static_cast<std::size_t>(((key.low ^ (key.high << 7)) * multiplier_) >> 55);
  }
  /// False when two names meet in a slot.
  constexpr bool place() {
    slots_.fill(none);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::uint8_t& at = slots_[slot(names_[i])];
      if (at != none) return false;
      at = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  // The golden ratio, and a little further where the search for these names ended before.
  std::uint64_t multiplier_ = 0x9e3779b97f4aec57ULL;
  std::array<KeyWords, field_names.size()> names_{};
  std::array<std::uint8_t, 512> slots_{};
};
inline constexpr FieldTable field_table;

}  // namespace ballast
