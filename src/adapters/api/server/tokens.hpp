// Tokens: who may come in. A file beside the journal (mode 0600) holds their hashes; this is its
// reader and writer.
//
// Changes are made under a lock (FILE.lock), in whole files (written aside, synced, renamed), by
// any process; others' changes are seen within `look_every`. A file that is gone revokes
// everything; one that has become unreadable keeps what was last read, and problem() tells. Any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/server/token_file.hpp"
#include "adapters/api/server/wall_clock.hpp"
#include "base/result.hpp"
#include "runtime/principal.hpp"

namespace ballast::api {

struct TokenInfo {
  std::string name;
  Role role = Role::viewer;
  Timestamp created;
  std::optional<Timestamp> expires;
};

struct NewToken {
  std::string name;
  Role role = Role::viewer;
  std::optional<Timestamp> expires;
};

/// What a good token says of its bearer.
struct Identity {
  Principal principal;
  std::optional<Timestamp> expires;
  TokenHash hash{};  // all zero: nobody asked for a token
};

class Tokens {
 public:
  struct Options {
    WallClock now = wall_now;
    Duration look_every = Duration::milliseconds(200);
    /// Where there is no file yet, make it with one token, "admin", which first_token_path() keeps.
    bool make_first = true;
  };
  /// Refuses a file that others can read.
  static Result<std::unique_ptr<Tokens>> open(std::string path, Options options);
  /// Everybody is "anonymous", an admin. The server takes it on loopback only.
  static std::unique_ptr<Tokens> no_auth();
  ~Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  bool asks_nobody() const;

  /// The token, which nobody can tell again. Errors: conflict (the name is taken), bad_input, io.
  Result<std::string> create(const NewToken& wanted);
  Result<void> revoke(std::string_view name);
  std::vector<TokenInfo> list() const;

  /// Nothing for one that is unknown, revoked or expired. Takes the same time for every wrong one.
  std::optional<Identity> find(std::string_view token) const;
  /// Whether what find() told still holds.
  bool holds(const Identity& identity) const;

  /// FILE.token for FILE.tokens; absent after that token was revoked.
  std::string first_token_path() const;
  /// The token in it, while it is good: for the address that is printed at the start.
  std::optional<std::string> first_token() const;
  /// Why the file could not be read anew; nothing when all is well.
  std::optional<std::string> problem() const;

 private:
  struct State;
  explicit Tokens(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ballast::api
