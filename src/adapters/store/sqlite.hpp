// A thin skin over SQLite's C interface: owned handles, and errors as Results.
//
// Internal to this folder. Not thread-safe: a Database and its Statements belong to one thread at a
// time (connections are opened without SQLite's own mutex).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ballast::sqlite {

/// What a SQLite result code means to us. `what` becomes part of the sentence.
Error error_from(int code, std::string_view what);

/// A prepared statement. Parameters count from 1, columns from 0. Bound bytes must outlive step().
class Statement {
 public:
  Statement() = default;

  void bind(int parameter, std::int64_t value);
  void bind_real(int parameter, double value);
  void bind_text(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  void bind_null(int parameter);

  /// True when there is a row, false when done (the statement is then reset).
  Result<bool> step();
  /// For statements without rows.
  Result<void> run();
  void reset();

  int column_count() const;
  bool is_integer(int column) const;
  bool is_real(int column) const;
  bool is_text(int column) const;
  bool is_blob(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Text or blob, valid until the next step.
  std::string_view bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void note(int code);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_code_ = 0;  // the first bind that failed; step() reports it
};

enum class Access { read_only, read_write, create };

class Database {
 public:
  Database() = default;

  /// `vfs` names a registered SQLite VFS; empty: the default.
  static Result<Database> open(const std::string& path, Access access, const std::string& vfs);

  /// One or several statements without rows that matter.
  Result<void> exec(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row as text; empty when there is no row.
  Result<std::string> text_of(std::string_view sql);

  bool is_open() const { return handle_ != nullptr; }
  /// From now on each commit puts the number of pages in the write-ahead log into `pages`, which
  /// outlives this.
  void watch_log(std::uint32_t* pages);
  /// Whether closing this connection leaves the write-ahead log as it is.
  void keep_log_on_close(bool keep);
  /// Closes now, so that an error can be told; all statements must be gone.
  Result<void> close();

 private:
  static Result<Database> open_as(const std::string& name, int flags, const std::string& vfs);

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace ballast::sqlite
