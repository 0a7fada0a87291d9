#include "adapters/store/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "adapters/store/vfs_file.hpp"

namespace ballast::sqlite {

namespace {

/// A writer that meets another connection's short lock (a tool's, a checkpoint's) waits this long.
constexpr int busy_timeout_ms = 5000;

Errc errc_from(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // our statements are right for the tables that we made
      return Errc::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::locked;
    default:
      return Errc::io;
  }
}

Error error_of(sqlite3* database, int code) {
  const char* message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  return error_from(code, message);
}

}  // namespace

Error error_from(int code, std::string_view what) {
  // What a reader meets after a crash; SQLite speaks of an attempt to write.
  if (code == SQLITE_READONLY_ROLLBACK)
    return {Errc::io, "its making was interrupted; the next writer finishes it"};
  if ((code & 0xff) == SQLITE_READONLY)
    return {Errc::io, "it needs recovery, and its folder cannot be written to by this user"};
  const std::string_view meaning = sqlite3_errstr(code);
  return {errc_from(code), what == meaning ? fmt::format("SQLite: {}", what)
                                           : fmt::format("SQLite: {} ({})", what, meaning)};
}

// ---- Statement ----------------------------------------------------------------------------------

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::note(int code) {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}
void Statement::bind(int parameter, std::int64_t value) {
  note(sqlite3_bind_int64(handle_.get(), parameter, value));
}
void Statement::bind_real(int parameter, double value) {
  note(sqlite3_bind_double(handle_.get(), parameter, value));
}
void Statement::bind_text(int parameter, std::string_view text) {
  note(sqlite3_bind_text64(handle_.get(), parameter, text.data() == nullptr ? "" : text.data(),
                           text.size(), SQLITE_STATIC, SQLITE_UTF8));
}
void Statement::bind_blob(int parameter, std::string_view bytes) {
  note(sqlite3_bind_blob64(handle_.get(), parameter, bytes.data() == nullptr ? "" : bytes.data(),
                           bytes.size(), SQLITE_STATIC));
}
void Statement::bind_null(int parameter) { note(sqlite3_bind_null(handle_.get(), parameter)); }

Result<bool> Statement::step() {
  int code = bind_code_;
  if (code == SQLITE_OK) code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(handle_.get());
    return false;
  }
  Error error = error_of(sqlite3_db_handle(handle_.get()), code);
  reset();
  return tl::unexpected(std::move(error));
}

Result<void> Statement::run() {
  BALLAST_TRY(row, step());
  if (row) sqlite3_reset(handle_.get());
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  bind_code_ = SQLITE_OK;
}

int Statement::column_count() const { return sqlite3_column_count(handle_.get()); }
bool Statement::is_integer(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_INTEGER;
}
bool Statement::is_real(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_FLOAT;
}
bool Statement::is_text(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_TEXT;
}
bool Statement::is_blob(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_BLOB;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}
double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }
std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

// ---- Database -----------------------------------------------------------------------------------

namespace {

Result<bool> has_bytes(const std::string& path, const std::string& vfs) {
  BALLAST_TRY(exists, VfsFile::exists(path, vfs));
  if (!exists) return false;
  BALLAST_TRY(file, VfsFile::open(path, FileUse::database_read, vfs));
  BALLAST_TRY(size, file.size());
  return size > 0;
}

std::string immutable_uri(std::string_view path) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& path, Access access, const std::string& vfs) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (access != Access::read_only)
    return open_as(
        path, flags | SQLITE_OPEN_READWRITE | (access == Access::create ? SQLITE_OPEN_CREATE : 0),
        vfs);
  flags |= SQLITE_OPEN_READONLY;
  BALLAST_TRY(database, open_as(path, flags, vfs));
  database.keep_log_on_close(true);
  // SQLite wants to make FILE-shm, even to read. Where this user may not, a file without a log is
  // not in use, and can be read as one that never changes.
  const int code = sqlite3_exec(database.handle_.get(), "SELECT 1 FROM sqlite_schema LIMIT 1",
                                nullptr, nullptr, nullptr);
  const bool barred = (code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN;
  if (barred && code != SQLITE_READONLY_ROLLBACK) {
    BALLAST_TRY(log_used, has_bytes(path + "-wal", vfs));
    if (!log_used) return open_as(immutable_uri(path), flags | SQLITE_OPEN_URI, vfs);
    return fail(
        Errc::io,
        fmt::format("{0}-wal takes a user who may write to its folder; or copy both files to "
                    "another one",
                    path));
  }
  return {std::move(database)};
}

Result<Database> Database::open_as(const std::string& name, int flags, const std::string& vfs) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database;
  database.handle_.reset(raw);
  if (code != SQLITE_OK) return tl::unexpected(error_of(raw, code));
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  // A damaged schema must not be able to run anything.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Result<void> Database::exec(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(handle_.get(), code));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(handle_.get(), code));
  Statement statement;
  statement.handle_.reset(raw);
  return statement;
}

Result<std::string> Database::text_of(std::string_view sql) {
  BALLAST_TRY(statement, prepare(sql));
  BALLAST_TRY(row, statement.step());
  return row ? std::string(statement.bytes(0)) : std::string();
}

void Database::watch_log(std::uint32_t* pages) {
  const auto note = [](void* out, sqlite3* /*database*/, const char* /*name*/, int count) {
    *static_cast<std::uint32_t*>(out) = static_cast<std::uint32_t>(count);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_.get(), note, pages);
}

void Database::keep_log_on_close(bool keep) {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Result<void> Database::close() {
  const int code = sqlite3_close(handle_.get());
  if (code != SQLITE_OK) return tl::unexpected(error_of(handle_.get(), code));
  static_cast<void>(handle_.release());
  return {};
}

}  // namespace ballast::sqlite
