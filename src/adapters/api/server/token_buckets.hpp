// Rates by key: each key has a bucket of permits that refills at a steady rate. Any thread.
//
// Bounded: when there are too many keys, those whose buckets are full again are forgotten, which
// changes nothing for them; when none is, all are.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace ballast::api {

class TokenBuckets {
 public:
  using Time = std::chrono::steady_clock::time_point;

  TokenBuckets(double per_second, double at_once) : rate_(per_second), size_(at_once) {}

  /// Zero when a permit was there, and was taken; otherwise in how many seconds there is one.
  double take(std::string_view key, Time now) {
    const std::lock_guard guard(mutex_);
    if (buckets_.size() >= keys_max) forget(now);
    const auto at = buckets_.try_emplace(std::string(key), Bucket{size_, now}).first;
    Bucket& bucket = at->second;
    bucket.permits = refilled(bucket, now);
    bucket.at = now;
    if (bucket.permits < 1.0) return (1.0 - bucket.permits) / rate_;
    bucket.permits -= 1.0;
    return 0.0;
  }

 private:
  static constexpr std::size_t keys_max = 8192;
  struct Bucket {
    double permits = 0.0;
    Time at;
  };
  double refilled(const Bucket& bucket, Time now) const {
    const double seconds = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(size_, bucket.permits + std::max(0.0, seconds) * rate_);
  }
  void forget(Time now) {
    std::erase_if(buckets_, [&](const auto& row) { return refilled(row.second, now) >= size_; });
    if (buckets_.size() >= keys_max) buckets_.clear();
  }

  const double rate_;
  const double size_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace ballast::api
