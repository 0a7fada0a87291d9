// TOML text as plain values that know where they stand, with numbers kept as they are written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast {

struct TextPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

struct TomlMember;

struct TomlNode {
  enum class Kind : std::uint8_t { table, array, string, integer, floating, boolean, date_time };
  Kind kind = Kind::table;
  TextPosition at;
  std::string text;                 // a string's content; every other scalar as it is written
  std::vector<TomlMember> members;  // of a table, in the order of the text
  std::vector<TomlNode> items;      // of an array

  const TomlMember* find(std::string_view key) const;
};

struct TomlMember {
  std::string key;
  TextPosition at;
  TomlNode value;
};

std::string_view to_string(TomlNode::Kind kind);

struct TomlError {
  TextPosition at;
  std::string what;
};

/// The text's root table, or the first place where it is not TOML.
tl::expected<TomlNode, TomlError> parse_toml(std::string_view text);

}  // namespace ballast
