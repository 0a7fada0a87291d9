#include "adapters/api/server/tokens.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include "adapters/api/server/private_file.hpp"
#include "base/contract.hpp"

namespace ballast::api {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Tokens::State {
  std::string path;  // empty: nobody is asked
  Options options;
  mutable std::mutex mutex;  // of all below
  std::vector<StoredToken> tokens;
  FileStamp stamp;
  SteadyTime next_look;
  std::optional<std::string> problem;

  std::unique_lock<std::mutex> up_to_date();
  void look();
  Result<std::vector<StoredToken>> read() const;
  Result<void> write(std::vector<StoredToken> changed);
  Result<void> make_first();
  const StoredToken* with(const TokenHash& hash) const;
  bool expired(const std::optional<Timestamp>& expires) const {
    return expires && *expires <= options.now();
  }
  std::string lock_path() const { return path + ".lock"; }
  std::string first_path() const {
    constexpr std::string_view ending = ".tokens";
    return std::string_view(path).ends_with(ending) ? path.substr(0, path.size() - 1)
                                                    : path + ".first";
  }
};

std::unique_lock<std::mutex> Tokens::State::up_to_date() {
  std::unique_lock lock(mutex);
  if (const SteadyTime now = std::chrono::steady_clock::now(); now >= next_look) {
    next_look = now + std::chrono::nanoseconds(options.look_every.ns);
    look();
  }
  return lock;
}

void Tokens::State::look() {
  const FileStamp present = stamp_of(path);
  if (present == stamp) return;
  auto changed = read();
  if (changed) {
    tokens = std::move(*changed);
    problem.reset();
  } else {
    problem = std::move(changed).error().what;
  }
  stamp = present;
}

Result<std::vector<StoredToken>> Tokens::State::read() const {
  BALLAST_TRY(content, read_private(path));
  if (!content) return std::vector<StoredToken>{};
  auto parsed = parse_tokens(*content);
  if (!parsed) return fail(parsed.error().code, fmt::format("{}: {}", path, parsed.error().what));
  return parsed;
}

Result<void> Tokens::State::write(std::vector<StoredToken> changed) {
  BALLAST_CHECK(replace_private(path, print_tokens(changed)));
  tokens = std::move(changed);
  stamp = stamp_of(path);
  problem.reset();
  return {};
}

/// The token's file comes first: were we to end in between, the next start makes another one.
Result<void> Tokens::State::make_first() {
  const std::string token = random_token();
  BALLAST_CHECK(replace_private(first_path(), token + "\n"));
  return write({{"admin", Role::admin, options.now(), std::nullopt, hash_of(token)}});
}

/// Compares with every one, each in constant time.
const StoredToken* Tokens::State::with(const TokenHash& hash) const {
  const StoredToken* found = nullptr;
  for (const StoredToken& token : tokens)
    if (sodium_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
  return found;
}

Tokens::Tokens(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tokens::~Tokens() = default;

Result<std::unique_ptr<Tokens>> Tokens::open(std::string path, Options options) {
  if (sodium_init() < 0) return fail(Errc::io, "libsodium finds no source of random numbers");
  BALLAST_ASSERT(!path.empty());
  auto state = std::make_unique<State>();
  state->path = std::move(path);
  state->options = std::move(options);
  const auto lock = PrivateLock::acquire(state->lock_path());
  if (!lock) return tl::unexpected(lock.error());
  state->stamp = stamp_of(state->path);
  BALLAST_TRY(tokens, state->read());
  state->tokens = std::move(tokens);
  if (state->options.make_first && state->stamp.size < 0) BALLAST_CHECK(state->make_first());
  return std::unique_ptr<Tokens>(new Tokens(std::move(state)));
}

std::unique_ptr<Tokens> Tokens::no_auth() {
  return std::unique_ptr<Tokens>(new Tokens(std::make_unique<State>()));
}

bool Tokens::asks_nobody() const { return state_->path.empty(); }

Result<std::string> Tokens::create(const NewToken& wanted) {
  if (asks_nobody())
    return fail(Errc::conflict, "this service asks for no tokens (--no-auth), so it makes none");
  BALLAST_CHECK(check_token_name(wanted.name));
  if (state_->expired(wanted.expires))
    return fail(Errc::bad_input, fmt::format("the token would have expired already, at {}",
                                             to_string(*wanted.expires)));
  const auto lock = PrivateLock::acquire(state_->lock_path());
  if (!lock) return tl::unexpected(lock.error());
  const std::lock_guard guard(state_->mutex);
  BALLAST_TRY(tokens, state_->read());
  for (const StoredToken& token : tokens)
    if (token.name == wanted.name)
      return fail(Errc::conflict, fmt::format("there is a token {} already; revoke it first, or "
                                              "choose another name",
                                              wanted.name));
  if (tokens.size() >= tokens_max)
    return fail(Errc::conflict,
                fmt::format("there are {} tokens, the most there may be; revoke some", tokens_max));
  const std::string token = random_token();
  tokens.push_back(
      {wanted.name, wanted.role, state_->options.now(), wanted.expires, hash_of(token)});
  BALLAST_CHECK(state_->write(std::move(tokens)));
  return token;
}

Result<void> Tokens::revoke(std::string_view name) {
  if (asks_nobody())
    return fail(Errc::not_found, "this service asks for no tokens (--no-auth), so it has none");
  const auto lock = PrivateLock::acquire(state_->lock_path());
  if (!lock) return tl::unexpected(lock.error());
  const auto first = first_token();
  const std::lock_guard guard(state_->mutex);
  BALLAST_TRY(tokens, state_->read());
  const auto at = std::find_if(tokens.begin(), tokens.end(),
                               [&](const StoredToken& token) { return token.name == name; });
  if (at == tokens.end())
    return fail(Errc::not_found, fmt::format("there is no token named {}", name));
  const bool was_first = first && hash_of(*first) == at->hash;
  tokens.erase(at);
  BALLAST_CHECK(state_->write(std::move(tokens)));
  if (was_first) ::unlink(state_->first_path().c_str());
  return {};
}

std::vector<TokenInfo> Tokens::list() const {
  if (asks_nobody()) return {};
  const auto lock = state_->up_to_date();
  std::vector<TokenInfo> infos;
  for (const StoredToken& token : state_->tokens)
    infos.push_back({token.name, token.role, token.created, token.expires});
  return infos;
}

std::optional<Identity> Tokens::find(std::string_view token) const {
  if (asks_nobody()) return Identity{{"anonymous", Role::admin}, std::nullopt, {}};
  if (!well_formed(token)) return std::nullopt;
  const TokenHash hash = hash_of(token);
  const auto lock = state_->up_to_date();
  const StoredToken* found = state_->with(hash);
  if (found == nullptr || state_->expired(found->expires)) return std::nullopt;
  return Identity{{found->name, found->role}, found->expires, hash};
}

bool Tokens::holds(const Identity& identity) const {
  if (asks_nobody()) return true;
  const auto lock = state_->up_to_date();
  const StoredToken* found = state_->with(identity.hash);
  return found != nullptr && !state_->expired(found->expires) &&
         found->name == identity.principal.name && found->role == identity.principal.role;
}

std::string Tokens::first_token_path() const { return asks_nobody() ? "" : state_->first_path(); }

std::optional<std::string> Tokens::first_token() const {
  if (asks_nobody()) return std::nullopt;
  auto content = read_private(state_->first_path());
  if (!content || !*content) return std::nullopt;
  std::string token = std::move(**content);
  while (!token.empty() && token.back() == '\n')
    token.pop_back();
  return find(token) ? std::optional(std::move(token)) : std::nullopt;
}

std::optional<std::string> Tokens::problem() const {
  if (asks_nobody()) return std::nullopt;
  const auto lock = state_->up_to_date();
  return state_->problem;
}

}  // namespace ballast::api
