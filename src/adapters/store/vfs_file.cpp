#include "adapters/store/vfs_file.hpp"

#include <array>

#include <fmt/format.h>
#include <sqlite3.h>

#include "adapters/store/sqlite.hpp"
#include "base/contract.hpp"

namespace ballast::sqlite {

namespace {

constexpr std::size_t call_bytes_max = 0x1ffff;

Result<sqlite3_vfs*> find_vfs(const std::string& name) {
  sqlite3_initialize();
  sqlite3_vfs* vfs = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
  if (vfs == nullptr) return fail(Errc::not_found, fmt::format("no SQLite VFS named '{}'", name));
  return vfs;
}

/// The VFS wants absolute names; the result is SQLite's to free.
Result<const char*> full_name(sqlite3_vfs* vfs, const std::string& path) {
  std::string full(static_cast<std::size_t>(vfs->mxPathname) + 1, '\0');
  const int code = vfs->xFullPathname(vfs, path.c_str(), vfs->mxPathname + 1, full.data());
  if ((code & 0xff) != SQLITE_OK) return tl::unexpected(error_from(code, "path of " + path));
  const char* name = sqlite3_create_filename(full.c_str(), "", "", 0, nullptr);
  if (name == nullptr) return tl::unexpected(error_from(SQLITE_NOMEM, path));
  return name;
}

}  // namespace

void VfsFile::Close::operator()(sqlite3_file* file) const {
  if (file->pMethods != nullptr) file->pMethods->xClose(file);
  sqlite3_free(file);
}
void VfsFile::FreeName::operator()(const char* name) const {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): SQLite takes back what it gave as const.
  sqlite3_free_filename(const_cast<char*>(name));
}

Result<bool> VfsFile::exists(const std::string& path, const std::string& vfs_name) {
  BALLAST_TRY(vfs, find_vfs(vfs_name));
  BALLAST_TRY(name, full_name(vfs, path));
  const std::unique_ptr<const char, FreeName> owned(name);
  // EXISTS overlooks empty files, READWRITE those that this process may not write to.
  for (const int question : {SQLITE_ACCESS_EXISTS, SQLITE_ACCESS_READWRITE}) {
    int found = 0;
    const int code = vfs->xAccess(vfs, name, question, &found);
    if (code != SQLITE_OK) return tl::unexpected(error_from(code, "looking for " + path));
    if (found != 0) return true;
  }
  return false;
}

Result<VfsFile> VfsFile::open(const std::string& path, FileUse use, const std::string& vfs_name) {
  BALLAST_TRY(vfs, find_vfs(vfs_name));
  BALLAST_TRY(name, full_name(vfs, path));
  VfsFile result;
  result.name_.reset(name);
  auto* file = static_cast<sqlite3_file*>(sqlite3_malloc(vfs->szOsFile));
  if (file == nullptr) return tl::unexpected(error_from(SQLITE_NOMEM, path));
  file->pMethods = nullptr;
  result.file_.reset(file);
  const bool log = use == FileUse::log_read || use == FileUse::log_write;
  const bool writes = use == FileUse::database_write || use == FileUse::log_write;
  int flags = log ? SQLITE_OPEN_WAL : SQLITE_OPEN_MAIN_DB;
  flags |= writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (use == FileUse::database_write) flags |= SQLITE_OPEN_CREATE;
  int got = 0;
  const int code = vfs->xOpen(vfs, name, file, flags, &got);
  if ((code & 0xff) == SQLITE_CANTOPEN)
    return fail(Errc::io,
                fmt::format("{} cannot be {}: no such folder, or not this user's to {}", path,
                            writes ? "written to" : "read", writes ? "write to" : "read"));
  if (code != SQLITE_OK) return tl::unexpected(error_from(code, "opening " + path));
  if (writes && (got & SQLITE_OPEN_READONLY) != 0)
    return fail(Errc::io, path +
                              " cannot be written to: its disk is read-only, or this user may "
                              "only read it");
  return result;
}

Result<std::uint64_t> VfsFile::size() {
  sqlite3_int64 bytes = 0;
  const int code = file_->pMethods->xFileSize(file_.get(), &bytes);
  if (code != SQLITE_OK) return tl::unexpected(error_from(code, name_.get()));
  return static_cast<std::uint64_t>(bytes);
}

Result<bool> VfsFile::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  BALLAST_ASSERT(out.size() <= call_bytes_max);
  const int code = file_->pMethods->xRead(file_.get(), out.data(), static_cast<int>(out.size()),
                                          static_cast<sqlite3_int64>(offset));
  if (code == SQLITE_IOERR_SHORT_READ) return false;
  if (code != SQLITE_OK) return tl::unexpected(error_from(code, name_.get()));
  return true;
}

Result<void> VfsFile::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  BALLAST_ASSERT(bytes.size() <= call_bytes_max);
  const int code =
      file_->pMethods->xWrite(file_.get(), bytes.data(), static_cast<int>(bytes.size()),
                              static_cast<sqlite3_int64>(offset));
  if (code != SQLITE_OK) return tl::unexpected(error_from(code, name_.get()));
  return {};
}

Result<void> VfsFile::sync() {
  const int code = file_->pMethods->xSync(file_.get(), SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) return tl::unexpected(error_from(code, name_.get()));
  return {};
}

Result<void> VfsFile::lock(FileLock kind) {
  constexpr int attempts = 10;
  constexpr int pause_us = 20'000;
  // The VFS goes up one step at a time.
  constexpr std::array steps{SQLITE_LOCK_SHARED, SQLITE_LOCK_RESERVED, SQLITE_LOCK_EXCLUSIVE};
  const std::span wanted(steps.data(), kind == FileLock::shared ? 1 : steps.size());
  for (int attempt = 1;; ++attempt) {
    int code = SQLITE_OK;
    for (const int level : wanted)
      if (code == SQLITE_OK) code = file_->pMethods->xLock(file_.get(), level);
    if (code == SQLITE_OK) return {};
    // Back to the start, so that of two who try at once one succeeds.
    file_->pMethods->xUnlock(file_.get(), SQLITE_LOCK_NONE);
    if ((code & 0xff) != SQLITE_BUSY || attempt == attempts)
      return tl::unexpected(error_from(code, name_.get()));
    sqlite3_sleep(pause_us / 1000);
  }
}

}  // namespace ballast::sqlite
