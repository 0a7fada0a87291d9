#include "adapters/store/known_events.hpp"

#include <utility>

#include <fmt/format.h>

namespace ballast {

Result<KnownEvents> KnownEvents::open(const std::string& path,
                                      std::uint64_t last_seq,
                                      const std::string& vfs) {
  KnownEvents known;
  known.path_ = path;
  known.last_ = last_seq;
  BALLAST_TRY(database, sqlite::Database::open(path, sqlite::Access::read_only, vfs));
  known.database_ = std::move(database);
  return known;
}

Result<std::uint64_t> KnownEvents::find(Timestamp t, std::string_view body) {
  BALLAST_TRY(statement, database_.prepare("SELECT seq FROM events WHERE t = ? AND body = ? AND "
                                           "seq <= ? ORDER BY seq LIMIT 1"));
  statement.bind(1, t.ns);
  statement.bind_text(2, body);
  statement.bind(3, static_cast<std::int64_t>(last_));
  BALLAST_TRY(row, statement.step());
  return row ? static_cast<std::uint64_t>(statement.integer(0)) : std::uint64_t{0};
}

Result<std::uint64_t> KnownEvents::take(Timestamp t, std::string_view body) {
  if (state_ == State::past) return 0;
  if (state_ == State::before) {
    BALLAST_TRY(found, find(t, body));
    state_ = found == 0 ? State::past : State::within;
    if (found == 0) return 0;
    first_ = next_ = found;
    BALLAST_TRY(rows, database_.prepare("SELECT t, body FROM events WHERE seq >= ? ORDER BY seq"));
    rows_ = std::move(rows);
    rows_.bind(1, static_cast<std::int64_t>(found));
  }
  BALLAST_TRY(row, rows_.step());
  if (!row || rows_.integer(0) != t.ns || rows_.bytes(1) != body)
    return fail(Errc::conflict,
                fmt::format("the input begins with event {} of the journal {} and then differs "
                            "from it at event {}. Give the same input to go on with it, only what "
                            "is new to add to the journal, or another file to begin again",
                            first_, path_, next_));
  const std::uint64_t seq = next_++;
  if (next_ > last_) {
    state_ = State::past;
    rows_ = {};
    database_ = {};
  }
  return seq;
}

}  // namespace ballast
