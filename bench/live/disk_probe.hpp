// What the disk does by itself: how long a sync of 64 KiB appended to a file beside the journal
// takes, before the load and, sparsely, beside it. Threading: one of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <thread>

#include "live/basics.hpp"
#include "live/sockets.hpp"

namespace ballast::live_bench {

class DiskProbe {
 public:
  explicit DiskProbe(const std::filesystem::path& folder);
  ~DiskProbe();
  DiskProbe(const DiskProbe&) = delete;
  DiskProbe& operator=(const DiskProbe&) = delete;

  /// One after another.
  Samples measure(int syncs);
  /// A few a second, until finish().
  void start();
  Samples finish();

 private:
  std::int64_t sync();

  std::filesystem::path path_;
  Descriptor file_;
  Samples beside_;
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

}  // namespace ballast::live_bench
