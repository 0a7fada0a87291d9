// A bounded hand-over of filled batches from one thread to one other, with the empty ones going
// back, so that nothing is allocated once every batch has grown.
//
// Thread-safe for one producer and one consumer. Either may stop it: the other then gets nothing.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "base/contract.hpp"

namespace ballast {

template <class Batch, std::size_t N>
class BatchQueue {
 public:
  /// Waits for room, then swaps `batch` with an empty one. False when stopped.
  bool push(Batch& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ < N || stopped_; });
    if (stopped_) return false;
    std::swap(batches_[(first_ + count_) % N], batch);
    ++count_;
    changed_.notify_one();
    return true;
  }
  /// Waits for a batch, then swaps it in. False when stopped and nothing is left.
  bool pop(Batch& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ > 0 || stopped_; });
    if (count_ == 0) return false;
    std::swap(batches_[first_], batch);
    first_ = (first_ + 1) % N;
    --count_;
    changed_.notify_one();
    return true;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Batch, N> batches_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  bool stopped_ = false;
};

}  // namespace ballast
