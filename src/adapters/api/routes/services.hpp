// Services: what routes need beside the desk, given by the composition root: the store's tables,
// the program's own figures, tokens, reload. Adapters do not know one another, so these are
// functions.
//
// Each may be called by any thread that serves requests and must be safe there; one that reads the
// store reads a page, with a connection of its own. One that is absent makes its route answer 503
// `not_available`, or its part of an answer null.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/report.hpp"
#include "model/event.hpp"
#include "runtime/principal.hpp"

namespace ballast::api {

enum class CalendarUnit : std::uint8_t { hour, day, week, month };
inline constexpr std::array<std::string_view, 4> calendar_unit_names{"hour", "day", "week",
                                                                     "month"};
/// Whole hours of the journal, merged to rows of a unit. Weeks begin on Monday; all in UTC.
struct CalendarQuery {
  std::optional<Timestamp> from, to;  // full hours
  CalendarUnit unit = CalendarUnit::day;
  std::string factor, book;  // empty: every factor
};

struct StoredEvent {
  std::uint64_t seq = 0;
  std::string body;  // its text form
};

struct AuditEntry {
  std::uint64_t seq = 0;
  Timestamp t{};
  std::string by, role, action, subject;
  std::string before, after;  // JSON, or empty
  std::string reason;
  std::uint64_t event = 0;  // the changing event's number; 0: the change is no event
};
/// Newest first.
struct AuditQuery {
  std::optional<std::uint64_t> before;  // only entries of smaller numbers
  std::size_t limit = 0;
  std::string by, action, subject;  // empty: any
};

struct SinkHealth {
  std::string name;
  std::uint64_t queued = 0;
  std::optional<Timestamp> failing_since;
  std::string last_error;  // empty: none
};

struct ConfigFacts {
  std::string file, sha256;
  Timestamp loaded{};
};

struct StreamFacts {
  std::uint64_t clients = 0;
  double messages_per_second = 0.0;
  std::uint64_t dropped = 0;
};
struct HttpFacts {
  std::uint64_t connections = 0, requests = 0;
};

struct TokenFacts {
  std::string name;
  Role role = Role::viewer;
  std::optional<Timestamp> created, expires;
};
struct TokenService {
  std::function<std::vector<TokenFacts>()> list;
  /// Answers the token, once. Called on the desk's thread, as is revoke.
  std::function<Result<std::string>(const TokenFacts&)> create;
  std::function<Result<void>(const std::string& name)> revoke;
  /// When the bearer's token expires.
  std::function<std::optional<Timestamp>(const std::string& name)> expires;
  /// Why changes of their file are not seen.
  std::function<std::optional<std::string>()> problem;
};

/// What a reload changed or would change, in words: "factors[2].limit: [-6, 6] -> [-8, 8]".
struct ReloadOutcome {
  std::vector<std::string> changed;
  std::uint64_t audit_seq = 0;  // 0: a dry run, or nothing is new
};
/// Every problem of a configuration that was refused.
struct ReloadRefusal {
  std::vector<std::string> problems;
  bool underway = false;  // nothing is wrong with it: another reload has not ended
};

struct Services {
  std::string version;
  std::string mode = "live";  // or "simulated"
  std::function<double()> speed;
  std::string journal_file;
  std::function<std::optional<ConfigFacts>()> config;
  std::function<Timestamp()> wall;
  std::function<std::uint64_t()> memory_bytes;
  std::function<std::vector<SinkHealth>()> sinks;
  std::function<StreamFacts()> stream;
  std::function<HttpFacts()> http;
  std::function<std::string()> metrics;

  std::function<Result<std::vector<WindowRow>>(const CalendarQuery&)> calendar;
  std::function<Result<std::vector<StoredEvent>>(std::uint64_t from, std::size_t limit)> events;
  std::function<Result<std::vector<AuditEntry>>(const AuditQuery&)> audit;

  TokenService tokens;
  std::function<void(Principal by,
                     bool dry_run,
                     std::function<void(tl::expected<ReloadOutcome, ReloadRefusal>)> done)>
      reload;
};

}  // namespace ballast::api
