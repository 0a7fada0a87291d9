// A desk's configuration: TOML text to a validated Desk, as docs/configuration.md describes.
//
// Reading finds all problems at once, each with its line and column, what is wrong, why, and what
// to do; "did you mean" for unknown keys and names. Errors make a desk unusable, warnings do not.
// Decimals are exact: a TOML float counts by its characters, never as a double. Pure functions of
// the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/desk.hpp"

namespace ballast {

struct Problem {
  enum class Kind : std::uint8_t { error, warning };
  Kind kind = Kind::error;
  std::string file;
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in characters
  std::string what;
  friend bool operator==(const Problem&, const Problem&) = default;
};

/// "desk.toml:12:3: error: what".
std::string to_string(const Problem& problem);

/// Everything that is wrong or doubtful, in the order of the text; empty when all is well.
std::vector<Problem> check_desk(std::string_view text, std::string_view file);

/// The desk, or bad_input with all errors, one a line. Warnings do not fail; ask check_desk for
/// them.
Result<Desk> load_desk(std::string_view text, std::string_view file);

/// The desk as TOML in one fixed form: equal desks give equal texts, and loading the text gives an
/// equal desk. Comments, order of keys and spelled-out defaults of the source do not matter to it.
std::string canonical_desk(const Desk& desk);

}  // namespace ballast
