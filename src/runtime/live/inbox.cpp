#include "runtime/live/inbox.hpp"

#include <utility>

namespace ballast {
namespace {

std::size_t bytes_of(const Submission& submission) {
  std::size_t bytes = 0;
  for (const std::string& line : submission.lines)
    bytes += line.size();
  return bytes;
}

}  // namespace

void Inbox::add(Submission& submission, std::size_t bytes) {
  ++submissions_;
  bytes_ += bytes;
  tasks_.push_back({std::move(submission), WallClock::now()});
  filled_.notify_one();
}

Inbox::Put Inbox::put(Submission& submission) {
  const std::size_t bytes = bytes_of(submission);
  const std::lock_guard lock(mutex_);
  if (closed_) return Put::closed;
  if (!room(bytes)) return Put::full;
  add(submission, bytes);
  return Put::taken;
}

Inbox::Put Inbox::put(Submission& submission, Duration at_most) {
  const std::size_t bytes = bytes_of(submission);
  std::unique_lock lock(mutex_);
  emptied_.wait_for(lock, std::chrono::nanoseconds(at_most.ns),
                    [&] { return closed_ || room(bytes); });
  if (closed_) return Put::closed;
  if (!room(bytes)) return Put::full;
  add(submission, bytes);
  return Put::taken;
}

bool Inbox::put(Task& task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  task.since = WallClock::now();
  tasks_.push_back(std::move(task));
  filled_.notify_one();
  return true;
}

std::vector<Task> Inbox::take(std::size_t lines_max, WallClock::time_point deadline) {
  std::vector<Task> taken;
  std::unique_lock lock(mutex_);
  filled_.wait_until(lock, deadline, [&] { return closed_ || !tasks_.empty(); });
  std::size_t lines = 0;
  while (!tasks_.empty()) {
    if (const auto* submission = std::get_if<Submission>(&tasks_.front().what)) {
      if (lines > 0 && lines + submission->lines.size() > lines_max) break;
      lines += submission->lines.size();
      bytes_ -= bytes_of(*submission);
      --submissions_;
    }
    taken.push_back(std::move(tasks_.front()));
    tasks_.pop_front();
  }
  lock.unlock();
  if (!taken.empty()) emptied_.notify_all();
  return taken;
}

void Inbox::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
  emptied_.notify_all();
}

bool Inbox::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t Inbox::queued() const {
  const std::lock_guard lock(mutex_);
  return submissions_;
}

}  // namespace ballast
