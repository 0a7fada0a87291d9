#include "adapters/api/server/token_file.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/contract.hpp"

namespace ballast::api {
namespace {

using Json = nlohmann::json;

constexpr std::string_view prefix = "blst_";
constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t random_digits = 43;  // 62^43 > 2^256
constexpr std::size_t check_digits = 6;
constexpr std::size_t file_max = 1 << 20;

std::string check_of(std::string_view text) {
  const TokenHash hash = hash_of(text);
  std::string check;
  for (std::size_t i = 0; i < check_digits; ++i)
    check += digits[hash[i] % digits.size()];
  return check;
}

tl::unexpected<Error> wrong(std::size_t index, std::string_view what) {
  return fail(Errc::bad_input, fmt::format("token {} of the file: {}", index, what));
}

/// Null when it is missing or something else.
const std::string* text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? nullptr : at->get_ptr<const std::string*>();
}

Result<TokenHash> parse_hash(std::string_view text, std::size_t index) {
  TokenHash hash{};
  std::size_t size = 0;
  const char* end = nullptr;
  if (text.size() != 2 * hash.size() ||
      sodium_hex2bin(hash.data(), hash.size(), text.data(), text.size(), nullptr, &size, &end) !=
          0 ||
      size != hash.size() || end != text.data() + text.size())
    return wrong(index, "hash is not 64 hexadecimal digits");
  return hash;
}

Result<StoredToken> parse_token(const Json& row, std::size_t index) {
  if (!row.is_object()) return wrong(index, "it is not an object");
  for (const auto& [key, value] : row.items())
    if (key != "name" && key != "role" && key != "created" && key != "expires" && key != "hash")
      return wrong(index, "it has a field that is none of name, role, created, expires, hash");
  StoredToken token;
  const std::string* name = text_of(row, "name");
  if (name == nullptr) return wrong(index, "name is missing or no text");
  if (const auto good = check_token_name(*name); !good) return wrong(index, good.error().what);
  token.name = *name;
  const std::string* role = text_of(row, "role");
  const auto known = role == nullptr ? std::nullopt : role_of(*role);
  if (!known) return wrong(index, "role is none of viewer, trader, risk, admin, ingest, metrics");
  token.role = *known;
  const std::string* created = text_of(row, "created");
  const auto born = parse_timestamp(created == nullptr ? "" : *created);
  if (!born) return wrong(index, "created is not a time such as 2026-01-05T10:00:00Z");
  token.created = *born;
  const auto expires = row.find("expires");
  if (expires == row.end()) return wrong(index, "expires is missing; null for never");
  if (!expires->is_null()) {
    const std::string* text = expires->get_ptr<const std::string*>();
    const auto end = parse_timestamp(text == nullptr ? "" : *text);
    if (!end) return wrong(index, "expires is neither null nor a time");
    token.expires = *end;
  }
  const std::string* hash = text_of(row, "hash");
  BALLAST_TRY(parsed, parse_hash(hash == nullptr ? "" : *hash, index));
  token.hash = parsed;
  return token;
}

/// Nested deeper than such a file ever is: refused before a parser follows it.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > 8) return true;
  }
  return false;
}

}  // namespace

std::string random_token() {
  BALLAST_ASSERT(sodium_init() >= 0);
  std::string token(prefix);
  for (std::size_t i = 0; i < random_digits; ++i)
    token += digits[randombytes_uniform(static_cast<std::uint32_t>(digits.size()))];
  return token + check_of(token);
}

bool well_formed(std::string_view token) {
  if (token.size() != prefix.size() + random_digits + check_digits || !token.starts_with(prefix))
    return false;
  if (token.find_first_not_of(digits, prefix.size()) != token.npos) return false;
  const std::size_t checked = token.size() - check_digits;
  return check_of(token.substr(0, checked)) == token.substr(checked);
}

TokenHash hash_of(std::string_view token) {
  TokenHash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  return hash;
}

Result<void> check_token_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._@+-").find(c) != std::string_view::npos;
  };
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), good))
    return fail(Errc::bad_input,
                "a token's name has 1 to 64 letters, digits and . _ @ + -, such as alice@desk");
  if (name == "anonymous")
    return fail(Errc::bad_input, "the name anonymous is kept for a service without tokens");
  return {};
}

Result<std::vector<StoredToken>> parse_tokens(std::string_view text) {
  if (text.size() > file_max || too_deep(text))
    return fail(Errc::bad_input, "this is no file of tokens: too long or nested too deep");
  const Json file = Json::parse(text, nullptr, false);
  if (file.is_discarded() || !file.is_object())
    return fail(Errc::bad_input, "this is no file of tokens: not a JSON object");
  const auto version = file.find("version");
  if (version == file.end() || *version != 1)
    return fail(Errc::bad_input, "the file of tokens has no \"version\": 1; another program's?");
  const auto rows = file.find("tokens");
  if (rows == file.end() || !rows->is_array() || rows->size() > tokens_max || file.size() != 2)
    return fail(Errc::bad_input,
                fmt::format("the file of tokens holds \"version\" and \"tokens\", an array of at "
                            "most {}, and nothing else",
                            tokens_max));
  std::vector<StoredToken> tokens;
  std::set<std::string_view> names;
  tokens.reserve(rows->size());  // `names` looks into it
  for (const Json& row : *rows) {
    BALLAST_TRY(token, parse_token(row, tokens.size()));
    tokens.push_back(std::move(token));
    if (!names.insert(tokens.back().name).second)
      return wrong(tokens.size() - 1, "another one has the same name");
  }
  return tokens;
}

std::string print_tokens(const std::vector<StoredToken>& tokens) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const StoredToken& token : tokens) {
    nlohmann::ordered_json row{{"name", token.name},
                               {"role", std::string(to_string(token.role))},
                               {"created", to_string(token.created)},
                               {"expires", nullptr}};
    if (token.expires) row["expires"] = to_string(*token.expires);
    std::string hex(2 * token.hash.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), token.hash.data(), token.hash.size());
    hex.pop_back();
    row["hash"] = hex;
    rows.push_back(std::move(row));
  }
  return nlohmann::ordered_json{{"version", 1}, {"tokens", std::move(rows)}}.dump(1) + "\n";
}

}  // namespace ballast::api
