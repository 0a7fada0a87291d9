#include "adapters/store/hashing.hpp"

namespace ballast {

void Hashing::add(const Block& block) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({block, {}});
  }
  changed_.notify_one();
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
}

void Hashing::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return next_ < tasks_.size() || complete_; });
    if (next_ == tasks_.size()) return;
    Task& task = tasks_[next_++];
    lock.unlock();
    task.hash = blake2b(task.block.bytes());
    task.block = {};
    lock.lock();
  }
}

std::vector<Chain> Hashing::finish() {
  {
    const std::lock_guard lock(mutex_);
    complete_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    work();
    thread_.join();
  }
  std::vector<Chain> hashes;
  for (const Task& task : tasks_)
    hashes.push_back(task.hash);
  return hashes;
}

}  // namespace ballast
