// FILE.lock, beside the journal FILE: who the writer is, and what it has acknowledged.
//
// The lock on it admits one writer, among processes and within one, and falls with the process.
// Readers need no lock. Its content is the mark: the number and chain value of the last
// acknowledged event, written after each commit and not synced. So the mark never claims more than
// is durable, and after anything but a power loss it claims exactly what was acknowledged: a
// journal that ends before its mark has lost events. Without the file, only that protection is
// missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/store/chain.hpp"
#include "adapters/store/vfs_file.hpp"
#include "base/result.hpp"

namespace ballast {

struct AckMark {
  std::uint64_t seq = 0;
  Chain chain{};
};

class LockFile {
 public:
  /// Becomes the writer of the journal at `path`; Errc::locked when there is one already.
  static Result<LockFile> acquire(const std::string& path, const std::string& vfs);
  /// For a reader's short look at what only a writer changes: false when there is a writer. Until
  /// this LockFile goes, nobody becomes one.
  Result<bool> hold_off_writers(const std::string& path, const std::string& vfs);
  /// For readers. Absent: no file, or no whole mark in it.
  static Result<std::optional<AckMark>> read_mark(const std::string& path, const std::string& vfs);

  Result<std::optional<AckMark>> mark();
  Result<void> set_mark(const AckMark& mark);
  /// Forgets, durably, the mark of a journal that was here before.
  Result<void> clear_mark();

 private:
  sqlite::VfsFile file_;
};

}  // namespace ballast
