// Hashes blocks while more of them are read: half of the work of checking a large snapshot, done
// beside the other half.
//
// Internal to this folder. One thread owns it; a thread of its own works beside that.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/store/chain.hpp"
#include "base/state_image.hpp"

namespace ballast {

class Hashing {
 public:
  Hashing() = default;
  Hashing(const Hashing&) = delete;
  Hashing& operator=(const Hashing&) = delete;
  ~Hashing() { finish(); }

  void add(const Block& block);
  /// The hashes of all blocks, in the order they were added. The caller lends a hand.
  std::vector<Chain> finish();

 private:
  struct Task {
    Block block;
    Chain hash{};
  };
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;  // they stay where they are
  std::size_t next_ = 0;
  bool complete_ = false;
  std::thread thread_;
};

}  // namespace ballast
