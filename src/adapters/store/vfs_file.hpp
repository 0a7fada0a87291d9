// One file reached through a SQLite VFS, so that what the journal keeps beside SQLite's own files
// passes the same door (and the same fault injection) as they do, and takes part in its locking:
// closing a file behind SQLite's back would drop the locks this process holds on it.
//
// Internal to this folder. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

struct sqlite3_file;
struct sqlite3_vfs;

namespace ballast::sqlite {

enum class FileUse { database_read, database_write, log_read, log_write };

enum class FileLock { shared, exclusive };

class VfsFile {
 public:
  VfsFile() = default;

  static Result<bool> exists(const std::string& path, const std::string& vfs);
  /// `database_write` creates the file when it is missing, the others do not.
  static Result<VfsFile> open(const std::string& path, FileUse use, const std::string& vfs);

  Result<std::uint64_t> size();
  // SQLite's Unix VFS moves less than 128 KiB in one call; so do these.
  /// False when the file ends before `out` is full (the rest is zeros).
  Result<bool> read(std::uint64_t offset, std::span<std::uint8_t> out);
  Result<void> write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  Result<void> sync();
  /// Until closed or the process ends; Errc::locked when somebody else holds what excludes it, for
  /// longer than a look at the file takes.
  Result<void> lock(FileLock kind);

 private:
  struct Close {
    void operator()(sqlite3_file* file) const;
  };
  struct FreeName {
    void operator()(const char* name) const;
  };
  std::unique_ptr<const char, FreeName> name_;  // outlives the file, as the VFS demands
  std::unique_ptr<sqlite3_file, Close> file_;
};

}  // namespace ballast::sqlite
