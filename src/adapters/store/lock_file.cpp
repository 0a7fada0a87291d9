#include "adapters/store/lock_file.hpp"

#include <array>
#include <cstring>

#include <fmt/format.h>

namespace ballast {

namespace {

// magic 8, seq 8, chain 32, then 16 bytes that check those 48: one write inside one sector.
constexpr std::size_t record_size = 64;
constexpr std::size_t checked_size = 48;
constexpr std::string_view magic = "BLSTMARK";
using Record = std::array<std::uint8_t, record_size>;

std::string lock_path(const std::string& path) { return path + ".lock"; }

std::string_view checked_part(const Record& record) {
  return {reinterpret_cast<const char*>(record.data()), checked_size};
}

Result<std::optional<AckMark>> read_from(sqlite::VfsFile& file) {
  Record record{};
  BALLAST_TRY(whole, file.read(0, record));
  const Chain check = blake2b(checked_part(record));
  if (!whole || std::memcmp(record.data(), magic.data(), magic.size()) != 0 ||
      std::memcmp(record.data() + checked_size, check.data(), record_size - checked_size) != 0)
    return std::optional<AckMark>{};
  AckMark mark;
  std::memcpy(&mark.seq, record.data() + 8, 8);
  std::memcpy(mark.chain.data(), record.data() + 16, sizeof(Chain));
  return std::optional<AckMark>(mark);
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path, const std::string& vfs) {
  LockFile lock;
  BALLAST_TRY(file, sqlite::VfsFile::open(lock_path(path), sqlite::FileUse::database_write, vfs));
  if (auto locked = file.lock(sqlite::FileLock::exclusive); !locked) {
    if (locked.error().code != Errc::locked) return tl::unexpected(locked.error());
    return fail(Errc::locked,
                fmt::format("journal {} already has a writer (it holds {}); stop that one first. "
                            "Reading and reporting work beside it",
                            path, lock_path(path)));
  }
  lock.file_ = std::move(file);
  return lock;
}

Result<std::optional<AckMark>> LockFile::read_mark(const std::string& path,
                                                   const std::string& vfs) {
  BALLAST_TRY(exists, sqlite::VfsFile::exists(lock_path(path), vfs));
  if (!exists) return std::optional<AckMark>{};
  BALLAST_TRY(file, sqlite::VfsFile::open(lock_path(path), sqlite::FileUse::database_read, vfs));
  return read_from(file);
}

Result<bool> LockFile::hold_off_writers(const std::string& path, const std::string& vfs) {
  BALLAST_TRY(exists, sqlite::VfsFile::exists(lock_path(path), vfs));
  if (!exists) return true;
  BALLAST_TRY(file, sqlite::VfsFile::open(lock_path(path), sqlite::FileUse::database_read, vfs));
  const auto locked = file.lock(sqlite::FileLock::shared);
  if (!locked && locked.error().code != Errc::locked) return tl::unexpected(locked.error());
  if (!locked) return false;
  file_ = std::move(file);
  return true;
}

Result<std::optional<AckMark>> LockFile::mark() { return read_from(file_); }

Result<void> LockFile::set_mark(const AckMark& mark) {
  Record record{};
  std::memcpy(record.data(), magic.data(), magic.size());
  std::memcpy(record.data() + 8, &mark.seq, 8);
  std::memcpy(record.data() + 16, mark.chain.data(), sizeof(Chain));
  const Chain check = blake2b(checked_part(record));
  std::memcpy(record.data() + checked_size, check.data(), record_size - checked_size);
  return file_.write(0, record);
}

Result<void> LockFile::clear_mark() {
  BALLAST_CHECK(set_mark({0, chain_start()}));
  return file_.sync();
}

}  // namespace ballast
