#include "adapters/api/server/private_file.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ballast::api {
namespace {

constexpr std::size_t size_max = 4 << 20;

tl::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return fail(Errc::io,
              fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(errno)));
}

/// An open file that closes itself.
struct File {
  int number = -1;
  explicit File(int opened) : number(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number >= 0) ::close(number);
  }
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

FileStamp stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  // A change of mode moves the inode's time and not the content's.
  return {status.st_ino, status.st_ctim.tv_sec * 1'000'000'000 + status.st_ctim.tv_nsec,
          status.st_size};
}

Result<std::optional<std::string>> read_private(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return failed("open", path);
  }
  struct stat status {};
  if (::fstat(file.number, &status) != 0) return failed("look at", path);
  if (!S_ISREG(status.st_mode)) return fail(Errc::io, fmt::format("{} is no plain file", path));
  if ((status.st_mode & 077U) != 0)
    return fail(Errc::io, fmt::format("{} can be read or written by others (mode {:03o}); it "
                                      "guards the service. Run: chmod 600 {}",
                                      path, status.st_mode & 0777U, path));
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(file.number, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    if (got == 0) return std::optional<std::string>(std::move(content));
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > size_max)
      return fail(Errc::io, fmt::format("{} is longer than {} bytes", path, size_max));
  }
}

Result<void> replace_private(const std::string& path, std::string_view content) {
  const std::string aside = path + ".new";
  ::unlink(aside.c_str());  // of a process that died here; whoever writes holds the lock
  {
    const File file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.number < 0) return failed("create", aside);
    BALLAST_CHECK(write_all(file.number, content, aside));
    if (::fsync(file.number) != 0) return failed("sync", aside);
  }
  if (::rename(aside.c_str(), path.c_str()) != 0) return failed("replace", path);
  const std::string folder = folder_of(path);
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number < 0 || ::fsync(opened.number) != 0) return failed("sync the folder", folder);
  return {};
}

Result<PrivateLock> PrivateLock::acquire(const std::string& path) {
  PrivateLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.file_ < 0) return failed("open", path);
  while (::flock(lock.file_, LOCK_EX) != 0)
    if (errno != EINTR) return failed("lock", path);
  return lock;
}

PrivateLock::~PrivateLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace ballast::api
