#include "apps/ballast/line_feed.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/ballast/console.hpp"
#include "base/hash.hpp"

namespace ballast {
namespace {

constexpr std::size_t lines_max = 4096;  // a batch
constexpr std::size_t chunk = std::size_t{1} << 20U;
constexpr Duration look_every = Duration::milliseconds(50);
constexpr Duration wait_for_room = Duration::milliseconds(200);

bool holds_event(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first != std::string_view::npos && line[first] != '#';
}

}  // namespace

// ---- lines to the desk

LineFeed::LineFeed(LiveDesk& desk, std::string name) : desk_(desk), name_(std::move(name)) {}

bool LineFeed::submit(std::vector<std::string> lines, std::string where, std::string key) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || in_flight_ < in_flight_max; });
    if (stopped_) return false;
    ++in_flight_;
  }
  Submission submission;
  submission.lines = std::move(lines);
  submission.by = {name_, Role::admin};  // of whoever started the service
  submission.key = std::move(key);
  submission.done = [this, where = std::move(where)](const Result<SubmissionOutcome>& answer) {
    hear(answer, where);
  };
  while (!desk_.submit(submission, wait_for_room)) {
    if (!stopped_) continue;
    const std::lock_guard lock(mutex_);
    --in_flight_;
    changed_.notify_all();
    return false;
  }
  return !stopped_;
}

void LineFeed::hear(const Result<SubmissionOutcome>& answer, const std::string& where) {
  if (!answer) {
    const bool over = answer.error().code == Errc::io || answer.error().code == Errc::locked;
    if (!over) complain(fmt::format("{}: not taken: {}", where, answer.error().what));
    if (over) stopped_ = true;
  } else {
    for (std::size_t i = 0; i < answer->lines.size(); ++i) {
      const LineOutcome& line = answer->lines[i];
      if (line.kind != LineOutcome::Kind::refused || answer->replayed) continue;
      if (++refused_ <= told_max)
        complain(fmt::format("{}, event {} of them: refused: {}", where, i + 1, line.detail));
      if (refused_ == told_max) complain(fmt::format("{}: further refusals are not told", name_));
    }
  }
  const std::lock_guard lock(mutex_);
  --in_flight_;
  changed_.notify_all();
}

void LineFeed::pause(Duration time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::nanoseconds(time.ns), [&] { return stopped_.load(); });
}

void LineFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

void LineFeed::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return in_flight_ == 0; });
}

std::vector<std::string> LineCutter::take(std::size_t max, bool last) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (lines.size() < max) {
    const std::size_t line_end = text_.find('\n', at);
    if (line_end == std::string::npos && (!last || at == text_.size())) break;
    const bool cut = line_end == std::string::npos;
    const std::string_view line =
        std::string_view(text_).substr(at, cut ? std::string_view::npos : line_end - at);
    if (holds_event(line)) lines.emplace_back(line);
    at += line.size() + (cut ? 0 : 1);
  }
  text_.erase(0, at);
  end_ += at;
  return lines;
}

// ---- a file

FileFollower::FileFollower(LiveDesk& desk, std::string path, std::optional<std::string> last_key)
    : feed_(desk, name_of(path)), path_(std::move(path)), last_key_(std::move(last_key)) {}

std::string FileFollower::name_of(std::string_view path) {
  std::string name = "file:" + std::string(path);
  return name.size() <= Note::capacity ? name : fmt::format("file:{:016x}", hash_bytes(path));
}

Result<void> FileFollower::start() {
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return fail(Errc::bad_input, fmt::format("{}: is no file that can be followed", path_));
  if (::access(path_.c_str(), F_OK) == 0 && ::access(path_.c_str(), R_OK) != 0) {
    return fail(Errc::io, fmt::format("{}: cannot be read: {}", path_, std::strerror(errno)));
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void FileFollower::stop() {
  feed_.stop();
  if (thread_.joinable()) thread_.join();
  feed_.finish();
}

void FileFollower::run() {
  resume();
  while (!feed_.stopped()) {
    if (file_.descriptor < 0 && !open(path_)) {
      feed_.pause(look_every);
      continue;
    }
    if (rewritten()) {
      complain(fmt::format("{}: was written anew, and is read from its beginning", path_));
      close();
      continue;
    }
    const bool more = read_some();
    if (!submit(false)) break;
    if (more) continue;
    if (!renamed()) {
      feed_.pause(look_every);
      continue;
    }
    while (read_some())  // what was written before the new one came
      if (!submit(false)) break;
    if (!submit(true)) break;
    close();
  }
  close();
}

bool FileFollower::open(const std::string& path) {
  file_.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file_.descriptor < 0 || ::fstat(file_.descriptor, &status) != 0) {
    close();
    return false;
  }
  file_.inode = status.st_ino;
  lines_.restart(0);
  read_ = 0;
  return true;
}

void FileFollower::close() {
  if (file_.descriptor >= 0) ::close(file_.descriptor);
  file_ = {};
}

/// A key is "<inode>.<hash of the first line>@<end>".
std::string FileFollower::key(std::uint64_t end) const {
  return fmt::format("{}.{:016x}@{}", file_.inode, hash_bytes(file_.first_line), end);
}

void FileFollower::resume() {
  if (!last_key_) return;
  const std::size_t at = last_key_->rfind('@');
  const std::string who = last_key_->substr(0, at);
  std::uint64_t end = 0;
  std::from_chars(last_key_->data() + at + 1, last_key_->data() + last_key_->size(), end);
  const auto is_it = [&](const std::string& path) {
    if (!open(path)) return false;
    const bool more = read_some();
    const std::string found = key(0);
    if (more && found.substr(0, found.size() - 2) == who &&
        ::lseek(file_.descriptor, 0, SEEK_END) >= static_cast<off_t>(end)) {
      ::lseek(file_.descriptor, static_cast<off_t>(end), SEEK_SET);
      lines_.restart(end);
      read_ = end;
      return true;
    }
    close();
    return false;
  };
  if (is_it(path_)) return;
  // Renamed since, as log rotation does?
  const std::filesystem::path path(path_);
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(path.filename().string()) &&
        entry.path() != path && entry.is_regular_file(error) && is_it(entry.path().string())) {
      return;
    }
  }
  complain(
      fmt::format("{}: is not the file that was followed before, which is gone: what stood in "
                  "that one behind byte {} was not read",
                  path_, end));
}

bool FileFollower::read_some() {
  std::string bytes(chunk, '\0');
  const ssize_t got = ::read(file_.descriptor, bytes.data(), bytes.size());
  if (got < 0 && std::exchange(read_error_, errno) != errno)
    complain(fmt::format("{}: cannot be read on: {}", path_, std::strerror(errno)));
  if (got <= 0) return false;
  bytes.resize(static_cast<std::size_t>(got));
  if (read_ == 0 || file_.first_line.find('\n') == std::string::npos) {
    const std::size_t line_end = bytes.find('\n');
    file_.first_line += bytes.substr(0, line_end == std::string::npos ? line_end : line_end + 1);
  }
  read_ += bytes.size();
  lines_.add(bytes);
  return true;
}

bool FileFollower::submit(bool last) {
  for (;;) {
    const std::uint64_t from = lines_.end();
    auto lines = lines_.take(lines_max, last);
    if (lines.empty()) return true;
    if (!feed_.submit(std::move(lines),
                      fmt::format("{}, bytes {} to {}", path_, from, lines_.end()),
                      key(lines_.end()))) {
      return false;
    }
  }
}

/// Another file bears the name.
bool FileFollower::renamed() const {
  struct stat named {};
  return ::stat(path_.c_str(), &named) == 0 && named.st_ino != file_.inode;
}

/// It was cut, or begins otherwise than it did.
bool FileFollower::rewritten() const {
  struct stat opened {};
  if (::fstat(file_.descriptor, &opened) != 0) return true;
  if (static_cast<std::uint64_t>(opened.st_size) < read_) return true;
  std::string beginning(file_.first_line.size(), '\0');
  const ssize_t got = ::pread(file_.descriptor, beginning.data(), beginning.size(), 0);
  return got < 0 || beginning != file_.first_line;
}

// ---- standard input

Result<void> StandardInput::start() {
  thread_ = std::thread([this] { run(); });
  return {};
}

void StandardInput::stop() {
  feed_.stop();
  if (thread_.joinable()) thread_.join();
  feed_.finish();
}

void StandardInput::run() {
  LineCutter lines;
  std::uint64_t count = 0;
  const auto submit = [&](bool last) {
    for (;;) {
      auto batch = lines.take(lines_max, last);
      if (batch.empty()) return true;
      const std::uint64_t first = count + 1;
      count += batch.size();
      if (!feed_.submit(std::move(batch),
                        fmt::format("standard input, events {} to {}", first, count))) {
        return false;
      }
    }
  };
  std::string bytes(chunk, '\0');
  while (!feed_.stopped()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, static_cast<int>(look_every.ns / 1'000'000)) <= 0) continue;
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    lines.add(std::string_view(bytes).substr(0, static_cast<std::size_t>(got)));
    if (!submit(false)) return;
  }
  submit(true);
}

}  // namespace ballast
