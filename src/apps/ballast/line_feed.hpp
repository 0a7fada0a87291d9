// Events that come as lines, from a file that grows or from standard input, into a live desk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "apps/ballast/service_part.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {

/// Hands batches of lines to a desk, waits while it is full, and says what it refused.
class LineFeed {
 public:
  /// `name` stands in messages, and in the journal.
  LineFeed(LiveDesk& desk, std::string name);

  const std::string& name() const { return name_; }
  /// `where` says which lines these are; `key`: they are taken once, even after a restart. False
  /// when the desk takes nothing any more, or stop() was called.
  bool submit(std::vector<std::string> lines, std::string where, std::string key = {});
  bool stopped() const { return stopped_; }
  /// Waits, unless stopped.
  void pause(Duration time);
  void stop();
  /// Waits for the answers to what was submitted.
  void finish();

 private:
  void hear(const Result<SubmissionOutcome>& answer, const std::string& where);

  static constexpr std::size_t in_flight_max = 4;
  static constexpr std::uint64_t told_max = 100;  // refusals; the rest are counted only

  LiveDesk& desk_;
  std::string name_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::uint64_t refused_ = 0;
};

/// Complete lines of a growing text, in batches.
class LineCutter {
 public:
  /// Bytes as they come.
  void add(std::string_view bytes) { text_.append(bytes); }
  /// Up to `max` lines that hold events; `end` is where they end, counted from the first byte
  /// added. `last`: what has no line end yet is a line, too.
  std::vector<std::string> take(std::size_t max, bool last = false);
  std::uint64_t end() const { return end_; }
  void restart(std::uint64_t at) {
    text_.clear();
    end_ = at;
  }

 private:
  std::string text_;
  std::uint64_t end_ = 0;
};

/// Follows a file as `tail -F` does: it may grow, be replaced, or not be there yet. Where it was is
/// in the journal, with the events: a restart neither loses nor repeats one.
class FileFollower final : public ServicePart {
 public:
  /// `last_key`: of the last receipt of name_of(path).
  FileFollower(LiveDesk& desk, std::string path, std::optional<std::string> last_key);
  ~FileFollower() override { stop(); }
  /// "file:" and the path, or, where that is longer than an event's `by`, its hash.
  static std::string name_of(std::string_view path);

  Result<void> start() override;
  void stop() override;

 private:
  struct File {  // an open one
    int descriptor = -1;
    std::uint64_t inode = 0;
    std::string first_line;  // with the inode, who it is
  };

  void run();
  bool open(const std::string& path);
  void close();
  /// Where a restart goes on: the file, or what it was renamed to, behind what was taken.
  void resume();
  bool read_some();
  bool submit(bool last);
  bool renamed() const;
  bool rewritten() const;
  std::string key(std::uint64_t end) const;

  LineFeed feed_;
  std::string path_;
  std::optional<std::string> last_key_;
  File file_;
  LineCutter lines_;
  std::uint64_t read_ = 0;  // bytes of the file
  int read_error_ = 0;      // the last that was told
  std::thread thread_;
};

/// Standard input, to its end.
class StandardInput final : public ServicePart {
 public:
  explicit StandardInput(LiveDesk& desk) : feed_(desk, "stdin") {}
  ~StandardInput() override { stop(); }
  Result<void> start() override;
  void stop() override;

 private:
  void run();

  LineFeed feed_;
  std::thread thread_;
};

}  // namespace ballast
