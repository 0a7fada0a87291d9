// The tables of a journal file, as any SQLite tool shows them. docs/journal.md explains each
// column.
//
// Internal to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"

namespace ballast {

/// "Blst" in the file's header tells `file` and us what it is.
constexpr std::int64_t journal_application_id = 0x426c7374;
constexpr std::int64_t journal_format = 3;
/// As far back as a journal can be read. Format 2 kept snapshots in another way.
constexpr std::int64_t journal_format_oldest = 2;

struct SchemaObject {
  std::string_view name;
  std::string_view sql;
  std::int64_t since = journal_format_oldest;
};
/// Tables first, in the order they are created; then the index; then the views.
extern const std::array<SchemaObject, 20> journal_schema;

/// Tables that replay derives again. Each row ends in row_hash.
extern const std::array<std::string_view, 8> projection_tables;

/// Whether the file holds no table at all: a new one, or one whose creation a crash undid.
Result<bool> schema_is_empty(sqlite::Database& database);
Result<void> create_schema(sqlite::Database& database);
/// The file's format. Errc::corrupt when it is not a journal, of a format that cannot be read, or
/// its schema was altered.
Result<std::int64_t> check_schema(sqlite::Database& database);
/// Brings a journal of an older format to the present one. Its snapshots go; the events stay.
Result<void> upgrade_schema(sqlite::Database& database);

}  // namespace ballast
