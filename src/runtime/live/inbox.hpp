// Inbox: what was asked of a desk and not taken up yet. Submissions are bounded in number and
// bytes; questions and changes are not, for who asks them waits for the answer.
//
// Any number of threads put, one takes. Order is kept.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "runtime/live_desk.hpp"

namespace ballast {

using WallClock = std::chrono::steady_clock;

struct ChangeTask {
  Principal by;
  std::function<Result<PlannedChange>(const LiveView&)> prepare;
  bool dry_run = false;
  std::function<void(Result<ChangeOutcome>)> done;
};
struct QueryTask {
  std::function<void(const LiveView&)> look;
};
struct ReloadTask {
  Principal by;
  LiveDesk::Remake make;
  LiveDesk::Remake fall_back;
  std::string before;
  std::string after;
  std::function<void(Result<std::uint64_t>)> done;
};

struct Task {
  std::variant<Submission, ChangeTask, QueryTask, ReloadTask> what;
  WallClock::time_point since;
};

class Inbox {
 public:
  enum class Put : std::uint8_t { taken, full, closed };

  explicit Inbox(std::size_t capacity) : capacity_(capacity) {}

  /// Moves from `submission` only when it is taken.
  Put put(Submission& submission);
  /// The same, waiting at most so long for room.
  Put put(Submission& submission, Duration at_most);
  /// False when closed; `task` is as it was then.
  bool put(Task& task);

  /// Takes what is there, in order: submissions of about `lines_max` lines, at least one. Waits for
  /// something until `deadline`, or until closed.
  std::vector<Task> take(std::size_t lines_max, WallClock::time_point deadline);
  /// Nothing is taken in any more; what is there can still be taken out.
  void close();
  bool closed() const;
  /// Submissions.
  std::size_t queued() const;

 private:
  /// Of lines, counted together.
  static constexpr std::size_t bytes_max = std::size_t{256} << 20U;
  bool room(std::size_t bytes) const {
    return submissions_ < capacity_ && (bytes_ == 0 || bytes_ + bytes <= bytes_max);
  }
  void add(Submission& submission, std::size_t bytes);

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<Task> tasks_;
  std::size_t submissions_ = 0;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace ballast
