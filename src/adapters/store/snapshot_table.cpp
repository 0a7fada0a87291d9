#include "adapters/store/snapshot_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ballast {

namespace {

/// Small enough to bind without trouble, large enough that a row costs nothing.
constexpr std::size_t chunk_size = std::size_t{4} << 20U;
constexpr int snapshots_kept = 2;

/// Everything about a snapshot in one hash. The two lengths keep the parts apart.
Chain snapshot_hash(std::uint64_t seq,
                    std::string_view chain,
                    std::string_view engine_version,
                    std::string_view bytes) {
  const Chain content = blake2b(bytes);
  std::string text =
      fmt::format("ballast snapshot {} {} {} ", seq, engine_version.size(), bytes.size());
  text.append(engine_version).append(chain).append(bytes_of(content));
  return blake2b(text);
}

struct SnapshotRow {
  std::uint64_t seq = 0;
  std::string engine_version;
  std::int64_t parts = 0;
  std::int64_t size = 0;
  std::string chain;
  std::string hash;
};

Result<std::vector<SnapshotRow>> snapshot_rows(sqlite::Database& database) {
  BALLAST_TRY(statement, database.prepare("SELECT seq, engine_version, parts, size, chain, hash "
                                          "FROM snapshots ORDER BY seq DESC"));
  std::vector<SnapshotRow> rows;
  for (;;) {
    BALLAST_TRY(row, statement.step());
    if (!row) return rows;
    rows.push_back({static_cast<std::uint64_t>(statement.integer(0)),
                    std::string(statement.bytes(1)), statement.integer(2), statement.integer(3),
                    std::string(statement.bytes(4)), std::string(statement.bytes(5))});
  }
}

/// Its bytes, or Errc::corrupt.
Result<std::string> read_snapshot(sqlite::Database& database, const SnapshotRow& row) {
  const auto damaged = [&row](std::string_view what) {
    return fail(Errc::corrupt, fmt::format("the snapshot at event {}: {}", row.seq, what));
  };
  BALLAST_TRY(chain, stored_chain(database, row.seq));
  if (!chain || bytes_of(*chain) != row.chain) return damaged("it is of other events than these");
  BALLAST_TRY(statement, database.prepare("SELECT part, chunk FROM snapshot_parts WHERE seq = ? "
                                          "ORDER BY part"));
  statement.bind(1, static_cast<std::int64_t>(row.seq));
  std::string bytes;
  for (std::int64_t part = 0; part < row.parts; ++part) {
    BALLAST_TRY(found, statement.step());
    if (!found || statement.integer(0) != part)
      return damaged(fmt::format("part {} of {} is missing", part, row.parts));
    bytes.append(statement.bytes(1));
  }
  const Chain hash = snapshot_hash(row.seq, row.chain, row.engine_version, bytes);
  if (bytes.size() != static_cast<std::size_t>(row.size) || bytes_of(hash) != row.hash)
    return damaged("its bytes are not those written");
  return bytes;
}

}  // namespace

Result<void> write_snapshot(sqlite::Database& database,
                            const JournalHead& head,
                            std::string_view engine_version,
                            std::string_view bytes) {
  const auto seq = static_cast<std::int64_t>(head.seq);
  // Twice at the same event replaces; then the oldest goes, so that two are left with the new one.
  const std::string drop = fmt::format(
      "DELETE FROM snapshots WHERE seq = {0} OR seq NOT IN (SELECT seq FROM snapshots WHERE "
      "seq <> {0} ORDER BY seq DESC LIMIT {1});"
      "DELETE FROM snapshot_parts WHERE seq NOT IN (SELECT seq FROM snapshots)",
      seq, snapshots_kept - 1);
  BALLAST_CHECK(database.exec(drop.c_str()));

  const Chain hash = snapshot_hash(head.seq, bytes_of(head.chain), engine_version, bytes);
  const std::size_t parts = (bytes.size() + chunk_size - 1) / chunk_size;
  BALLAST_TRY(row, database.prepare("INSERT INTO snapshots VALUES(?, ?, ?, ?, ?, ?)"));
  row.bind(1, seq);
  row.bind_text(2, engine_version);
  row.bind(3, static_cast<std::int64_t>(parts));
  row.bind(4, static_cast<std::int64_t>(bytes.size()));
  row.bind_blob(5, bytes_of(head.chain));
  row.bind_blob(6, bytes_of(hash));
  BALLAST_CHECK(row.run());
  BALLAST_TRY(chunk, database.prepare("INSERT INTO snapshot_parts VALUES(?, ?, ?)"));
  for (std::size_t part = 0; part < parts; ++part) {
    chunk.bind(1, seq);
    chunk.bind(2, static_cast<std::int64_t>(part));
    chunk.bind_blob(3, bytes.substr(part * chunk_size, chunk_size));
    BALLAST_CHECK(chunk.run());
  }
  return {};
}

Result<SnapshotSearch> find_snapshot(sqlite::Database& database, std::string_view engine_version) {
  BALLAST_TRY(rows, snapshot_rows(database));
  SnapshotSearch search;
  for (const SnapshotRow& row : rows) {
    if (row.engine_version != engine_version) {
      search.damaged.push_back(fmt::format("the snapshot at event {} is of engine version {}",
                                           row.seq, row.engine_version));
      continue;
    }
    auto bytes = read_snapshot(database, row);
    if (bytes) {
      search.latest = Snapshot{row.seq, std::move(*bytes)};
      break;
    }
    if (bytes.error().code != Errc::corrupt) return tl::unexpected(bytes.error());
    search.damaged.push_back(bytes.error().what);
  }
  return search;
}

Result<std::vector<std::string>> check_snapshots(sqlite::Database& database, std::uint64_t& count) {
  BALLAST_TRY(rows, snapshot_rows(database));
  count = rows.size();
  std::vector<std::string> damaged;
  for (const SnapshotRow& row : rows) {
    const auto bytes = read_snapshot(database, row);
    if (bytes) continue;
    if (bytes.error().code != Errc::corrupt) return tl::unexpected(bytes.error());
    damaged.push_back(bytes.error().what);
  }
  BALLAST_TRY(orphans, database.text_of("SELECT count(*) FROM snapshot_parts WHERE seq NOT IN "
                                        "(SELECT seq FROM snapshots)"));
  if (orphans != "0") damaged.push_back(orphans + " snapshot chunks belong to no snapshot");
  return damaged;
}

Result<std::uint64_t> newest_snapshot_seq(sqlite::Database& database) {
  BALLAST_TRY(statement, database.prepare("SELECT max(seq) FROM snapshots"));
  BALLAST_TRY(row, statement.step());
  return row ? static_cast<std::uint64_t>(statement.integer(0)) : std::uint64_t{0};
}

}  // namespace ballast
