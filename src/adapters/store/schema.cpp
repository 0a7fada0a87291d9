#include "adapters/store/schema.hpp"

#include <string>

#include <fmt/format.h>

namespace ballast {

const std::array<SchemaObject, 20> journal_schema{{
    {"meta", R"(CREATE TABLE meta(
  key TEXT PRIMARY KEY, value TEXT NOT NULL, row_hash INTEGER NOT NULL) WITHOUT ROWID)"},
    {"events", R"(CREATE TABLE events(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, body TEXT NOT NULL, chain BLOB NOT NULL))"},
    {"snapshots", R"(CREATE TABLE snapshots(
  seq INTEGER PRIMARY KEY, engine_version TEXT NOT NULL, parts INTEGER NOT NULL,
  size INTEGER NOT NULL, chain BLOB NOT NULL, hash BLOB NOT NULL))"},
    {"snapshot_parts", R"(CREATE TABLE snapshot_parts(
  seq INTEGER NOT NULL, part INTEGER NOT NULL, block INTEGER NOT NULL,
  PRIMARY KEY(seq, part)) WITHOUT ROWID)",
     3},
    {"snapshot_blocks", R"(CREATE TABLE snapshot_blocks(
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL, bytes BLOB NOT NULL))",
     3},
    {"positions", R"(CREATE TABLE positions(
  venue TEXT NOT NULL, account TEXT NOT NULL, book TEXT NOT NULL, instrument TEXT NOT NULL,
  qty TEXT NOT NULL, average_price TEXT NOT NULL, cost TEXT NOT NULL, realized_pnl TEXT NOT NULL,
  fees TEXT NOT NULL, funding TEXT NOT NULL, row_hash INTEGER NOT NULL,
  PRIMARY KEY(instrument, book, account, venue)) WITHOUT ROWID)"},
    {"balances", R"(CREATE TABLE balances(
  venue TEXT NOT NULL, account TEXT NOT NULL, asset TEXT NOT NULL, qty TEXT NOT NULL,
  row_hash INTEGER NOT NULL, PRIMARY KEY(venue, account, asset)) WITHOUT ROWID)"},
    {"fills", R"(CREATE TABLE fills(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, venue TEXT NOT NULL, account TEXT NOT NULL,
  book TEXT NOT NULL, instrument TEXT NOT NULL, id TEXT NOT NULL, leg INTEGER NOT NULL,
  side TEXT NOT NULL, qty TEXT NOT NULL, price TEXT NOT NULL, fee TEXT, fee_asset TEXT,
  origin TEXT NOT NULL, liquidity TEXT NOT NULL, status TEXT NOT NULL,
  row_hash INTEGER NOT NULL))"},
    {"adherence_hourly", R"(CREATE TABLE adherence_hourly(
  factor TEXT NOT NULL, book TEXT NOT NULL, from_t INTEGER NOT NULL, to_t INTEGER NOT NULL,
  known_seconds REAL NOT NULL, unknown_seconds REAL NOT NULL, adherence REAL, time_in_band REAL,
  time_above REAL, time_below REAL, time_past_limit REAL, bias REAL, rms_z REAL, max_abs_z REAL,
  iae REAL NOT NULL, ise REAL NOT NULL, excursions INTEGER NOT NULL, summary BLOB NOT NULL,
  row_hash INTEGER NOT NULL, PRIMARY KEY(factor, book, from_t)) WITHOUT ROWID)"},
    {"alerts", R"(CREATE TABLE alerts(
  id TEXT PRIMARY KEY, rule TEXT NOT NULL, factor TEXT NOT NULL, book TEXT NOT NULL,
  episode INTEGER NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
  started INTEGER NOT NULL, value REAL NOT NULL, reason TEXT NOT NULL,
  row_hash INTEGER NOT NULL) WITHOUT ROWID)"},
    {"breaks", R"(CREATE TABLE breaks(
  venue TEXT NOT NULL, account TEXT NOT NULL, subject TEXT NOT NULL, since INTEGER NOT NULL,
  state TEXT NOT NULL, stated TEXT NOT NULL, ours TEXT NOT NULL, closed INTEGER,
  row_hash INTEGER NOT NULL, PRIMARY KEY(venue, account, subject, since)) WITHOUT ROWID)"},
    {"transfers", R"(CREATE TABLE transfers(
  id TEXT PRIMARY KEY, asset TEXT NOT NULL, qty TEXT NOT NULL, from_venue TEXT NOT NULL,
  from_account TEXT NOT NULL, to_venue TEXT NOT NULL, to_account TEXT NOT NULL,
  state TEXT NOT NULL, sent INTEGER NOT NULL, settled INTEGER, overdue INTEGER NOT NULL,
  row_hash INTEGER NOT NULL) WITHOUT ROWID)"},
    {"audit", R"(CREATE TABLE audit(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, by TEXT NOT NULL, role TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  reason TEXT NOT NULL, event INTEGER NOT NULL, row_hash INTEGER NOT NULL))",
     3},
    {"fills_by_id", "CREATE INDEX fills_by_id ON fills(id)"},
    // The same rows with times that people read.
    {"fills_utc", R"(CREATE VIEW fills_utc AS SELECT
  seq, strftime('%Y-%m-%dT%H:%M:%S', t / 1000000000, 'unixepoch') ||
  printf('.%09dZ', t % 1000000000) AS time, venue, account, book, instrument, id, leg, side, qty,
  price, fee, fee_asset, origin, liquidity, status FROM fills)"},
    {"events_utc", R"(CREATE VIEW events_utc AS SELECT
  seq, strftime('%Y-%m-%dT%H:%M:%S', t / 1000000000, 'unixepoch') ||
  printf('.%09dZ', t % 1000000000) AS time, body FROM events)"},
    {"adherence_hourly_utc", R"(CREATE VIEW adherence_hourly_utc AS SELECT
  factor, book, strftime('%Y-%m-%dT%H:%M:%SZ', from_t / 1000000000, 'unixepoch') AS hour,
  known_seconds, unknown_seconds, adherence, time_in_band, time_above, time_below, time_past_limit,
  bias, rms_z, max_abs_z, iae, ise, excursions FROM adherence_hourly)"},
    {"alerts_utc", R"(CREATE VIEW alerts_utc AS SELECT
  id, rule, factor, book, episode, severity, state,
  strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000000000, 'unixepoch') AS since,
  strftime('%Y-%m-%dT%H:%M:%SZ', started / 1000000000, 'unixepoch') AS started,
  value, reason FROM alerts)"},
    {"breaks_utc", R"(CREATE VIEW breaks_utc AS SELECT
  venue, account, subject, state, stated, ours,
  strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000000000, 'unixepoch') AS since,
  strftime('%Y-%m-%dT%H:%M:%SZ', closed / 1000000000, 'unixepoch') AS closed FROM breaks)"},
    {"audit_utc", R"(CREATE VIEW audit_utc AS SELECT
  seq, strftime('%Y-%m-%dT%H:%M:%S', t / 1000000000, 'unixepoch') ||
  printf('.%09dZ', t % 1000000000) AS time, by, role, action, subject, before, after, reason, event
  FROM audit)",
     3},
}};

const std::array<std::string_view, 8> projection_tables{
    "positions", "balances", "fills", "adherence_hourly", "alerts", "breaks", "transfers", "audit"};

Result<bool> schema_is_empty(sqlite::Database& database) {
  BALLAST_TRY(count, database.text_of("SELECT count(*) FROM sqlite_schema"));
  return count == "0";
}

Result<void> create_schema(sqlite::Database& database) {
  for (const SchemaObject& object : journal_schema)
    BALLAST_CHECK(database.exec(std::string(object.sql).c_str()));
  const std::string header = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                         journal_application_id, journal_format);
  return database.exec(header.c_str());
}

Result<std::int64_t> check_schema(sqlite::Database& database) {
  BALLAST_TRY(application, database.text_of("PRAGMA application_id"));
  if (application != std::to_string(journal_application_id))
    return fail(Errc::corrupt, "not a Ballast journal, or its header is damaged");
  BALLAST_TRY(stored, database.text_of("PRAGMA user_version"));
  std::int64_t format = journal_format;
  while (format >= journal_format_oldest && stored != std::to_string(format))
    --format;
  if (format < journal_format_oldest)
    return fail(
        Errc::corrupt,
        fmt::format("journal format {} where this program reads {} to {}, or a damaged header",
                    stored, journal_format_oldest, journal_format));
  BALLAST_TRY(statement, database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?"));
  for (const SchemaObject& object : journal_schema) {
    if (object.since > format) continue;
    statement.bind_text(1, object.name);
    BALLAST_TRY(row, statement.step());
    if (!row || statement.bytes(0) != object.sql)
      return fail(Errc::corrupt, fmt::format("the definition of '{}' is {}", object.name,
                                             row ? "not the one written" : "missing"));
    statement.reset();
  }
  return format;
}

Result<void> upgrade_schema(sqlite::Database& database) {
  BALLAST_CHECK(database.exec("BEGIN IMMEDIATE; DELETE FROM snapshots; DROP TABLE snapshot_parts"));
  for (const SchemaObject& object : journal_schema)
    if (object.since > journal_format_oldest)
      BALLAST_CHECK(database.exec(std::string(object.sql).c_str()));
  return database.exec(fmt::format("PRAGMA user_version = {}; COMMIT", journal_format).c_str());
}

}  // namespace ballast
