#include "adapters/store/event_scan.hpp"

#include <cstring>

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {

Result<std::optional<Chain>> stored_chain(sqlite::Database& database, std::uint64_t seq) {
  if (seq == 0) return std::optional<Chain>(chain_start());
  BALLAST_TRY(statement, database.prepare("SELECT chain FROM events WHERE seq = ?"));
  statement.bind(1, static_cast<std::int64_t>(seq));
  BALLAST_TRY(row, statement.step());
  if (!row) return std::optional<Chain>{};
  const std::string_view bytes = statement.bytes(0);
  if (!statement.is_blob(0) || bytes.size() != sizeof(Chain))
    return fail(Errc::corrupt, fmt::format("event {}: its chain value is damaged", seq));
  Chain chain;
  std::memcpy(chain.data(), bytes.data(), sizeof(Chain));
  return std::optional<Chain>(chain);
}

Result<EventScan> EventScan::start(sqlite::Database& database,
                                   std::uint64_t from,
                                   std::uint64_t to) {
  BALLAST_ASSERT(from >= 1);
  EventScan scan;
  scan.position_ = from;
  scan.to_ = to;
  BALLAST_TRY(before, stored_chain(database, from - 1));
  if (!before) return fail(Errc::corrupt, fmt::format("event {} is missing", from - 1));
  scan.chain_ = *before;
  // Without an upper bound on purpose: a row out of its place must be met, not filtered away.
  BALLAST_TRY(statement, database.prepare(
                             "SELECT seq, t, body, chain FROM events WHERE seq >= ? ORDER BY seq"));
  scan.statement_ = std::move(statement);
  scan.statement_.bind(1, static_cast<std::int64_t>(from));
  return scan;
}

Error EventScan::damage(std::string_view what) const {
  return {Errc::corrupt, fmt::format("event {}: {}", position_, what)};
}

Result<bool> EventScan::next() {
  if (position_ > to_) return false;
  auto row = statement_.step();
  if (!row) {
    if (row.error().code == Errc::corrupt) return tl::unexpected(damage(row.error().what));
    return tl::unexpected(row.error());
  }
  if (!*row) return tl::unexpected(damage(fmt::format("missing; the journal goes to {}", to_)));
  const auto seq = static_cast<std::uint64_t>(statement_.integer(0));
  if (seq != position_)
    return tl::unexpected(damage(fmt::format("missing; the next one stored is {}", seq)));
  const Timestamp t{statement_.integer(1)};
  const std::string_view stored = statement_.bytes(3);
  if (!statement_.is_integer(1) || !statement_.is_text(2) || stored.size() != sizeof(Chain))
    return tl::unexpected(damage("its row is damaged"));
  const std::string_view body = statement_.bytes(2);
  const Chain expected = chain_next(chain_, seq, t, body);
  if (std::memcmp(expected.data(), stored.data(), sizeof(Chain)) != 0)
    return tl::unexpected(damage("not as it was appended (the hash chain breaks)"));
  chain_ = expected;
  event_ = {seq, t, body};
  ++position_;
  return true;
}

}  // namespace ballast
