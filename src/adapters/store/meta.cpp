#include "adapters/store/meta.hpp"

#include <charconv>

#include <fmt/format.h>

#include "adapters/store/hashed_row.hpp"

namespace ballast {

const std::string_view upsert_meta_sql =
    "INSERT INTO meta VALUES(?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
    "value = excluded.value, row_hash = excluded.row_hash";

namespace {

Result<std::string> read_meta(sqlite::Database& database, std::string_view key) {
  BALLAST_TRY(statement, database.prepare("SELECT key, value, row_hash FROM meta WHERE key = ?"));
  statement.bind_text(1, key);
  BALLAST_TRY(row, statement.step());
  if (!row) return fail(Errc::corrupt, fmt::format("meta has no row '{}'", key));
  if (!row_is_intact(statement))
    return fail(Errc::corrupt, fmt::format("the row '{}' of meta is damaged", key));
  return std::string(statement.bytes(1));
}

}  // namespace

Result<std::string> read_desk(sqlite::Database& database) { return read_meta(database, "desk"); }

Result<void> write_desk(sqlite::Database& database, std::string_view desk) {
  BALLAST_TRY(statement, database.prepare(upsert_meta_sql));
  return RowWriter(statement).text("desk").text(desk).write();
}

Result<StoredHead> read_head(sqlite::Database& database) {
  BALLAST_TRY(text, read_meta(database, "head"));
  StoredHead stored;
  const char* const end = text.data() + text.size();
  const auto seq = std::from_chars(text.data(), end, stored.head.seq);
  const char* at = seq.ptr + (seq.ptr == end ? 0 : 1);
  for (std::uint8_t& byte : stored.head.chain) {
    const auto digits = std::from_chars(at, at + (end - at < 2 ? end - at : 2), byte, 16);
    at = digits.ptr;
  }
  const auto projected = std::from_chars(at + (at == end ? 0 : 1), end, stored.projected);
  // The row's hash vouches for the text, so this is about who wrote it.
  if (seq.ec != std::errc{} || projected.ec != std::errc{} || projected.ptr != end)
    return fail(Errc::corrupt, fmt::format("the row 'head' of meta reads '{}'", text));
  return stored;
}

Result<void> write_head(sqlite::Statement& statement, const StoredHead& stored) {
  const std::string text =
      fmt::format("{} {} {}", stored.head.seq, hex_of(stored.head.chain), stored.projected);
  return RowWriter(statement).text("head").text(text).write();
}

Result<StoredHead> checked_head(sqlite::Database& database) {
  BALLAST_TRY(stored, read_head(database));
  BALLAST_TRY(last, database.prepare("SELECT seq FROM events ORDER BY seq DESC LIMIT 1"));
  BALLAST_TRY(row, last.step());
  const auto seq = row ? static_cast<std::uint64_t>(last.integer(0)) : 0;
  if (seq < stored.head.seq)
    return fail(Errc::corrupt, fmt::format("event {}: missing; {} events were made durable",
                                           seq + 1, stored.head.seq));
  if (seq > stored.head.seq)
    return fail(Errc::corrupt, fmt::format("event {}: not written by the journal, which ends at {}",
                                           seq, stored.head.seq));
  BALLAST_TRY(chain, stored_chain(database, seq));
  if (!chain || *chain != stored.head.chain)
    return fail(Errc::corrupt,
                fmt::format("event {}: its chain value is not the one recorded as the head", seq));
  return stored;
}

}  // namespace ballast
