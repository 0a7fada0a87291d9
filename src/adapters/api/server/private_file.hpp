// Files that only their owner may read: read whole, replaced whole, and a lock between processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace ballast::api {

/// What tells one content of a file from the next without reading it.
struct FileStamp {
  std::uint64_t inode = 0;
  std::int64_t changed_ns = 0;  // of content or mode
  std::int64_t size = -1;       // -1: there is no file
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
FileStamp stamp_of(const std::string& path);

/// Nothing when there is none. Errc::io when it cannot be read, is no plain file, or others may
/// read or write it.
Result<std::optional<std::string>> read_private(const std::string& path);

/// Durable once it returns; a reader sees the old content or the new one.
Result<void> replace_private(const std::string& path, std::string_view content);

/// Held by one process at a time; waits for the other.
class PrivateLock {
 public:
  static Result<PrivateLock> acquire(const std::string& path);
  PrivateLock(PrivateLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  PrivateLock& operator=(PrivateLock&&) = delete;
  PrivateLock(const PrivateLock&) = delete;
  PrivateLock& operator=(const PrivateLock&) = delete;
  ~PrivateLock();

 private:
  explicit PrivateLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace ballast::api
