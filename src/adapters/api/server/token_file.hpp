// The file of tokens as text, and the form of a token.
//
// A token is "blst_", 43 random characters of 62 (256 bits), and 6 that check them, so that a
// mistyped or cut one is told from an unknown one, and scanners of secrets know it on sight. The
// file holds no token, only the hash of each: JSON,
//
//   {"version": 1, "tokens": [{"name", "role", "created", "expires": null, "hash": "64 hex
//   digits"}]}
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "runtime/principal.hpp"

namespace ballast::api {

using TokenHash = std::array<std::uint8_t, 32>;  // BLAKE2b-256 of the whole token

struct StoredToken {
  std::string name;
  Role role = Role::viewer;
  Timestamp created;
  std::optional<Timestamp> expires;
  TokenHash hash{};
  friend bool operator==(const StoredToken&, const StoredToken&) = default;
};

constexpr std::size_t tokens_max = 1000;

std::string random_token();
/// Its prefix, length, characters and checksum are those of a token.
bool well_formed(std::string_view token);
TokenHash hash_of(std::string_view token);

/// 1 to 64 letters, digits and . _ @ + -; what people do is signed with it. Reserved: "anonymous".
Result<void> check_token_name(std::string_view name);

/// Errors say what is wrong where; nothing of a wrong file is taken.
Result<std::vector<StoredToken>> parse_tokens(std::string_view text);
std::string print_tokens(const std::vector<StoredToken>& tokens);

}  // namespace ballast::api
