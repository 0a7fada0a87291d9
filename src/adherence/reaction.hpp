// How long the desk takes to react to an excursion: the median of the last 1,024 delays.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/timestamp.hpp"

namespace ballast {

class ReactionLog {
 public:
  static constexpr std::size_t kept_max = 1024;

  void add(Duration delay) {
    if (delays_.size() < kept_max) {
      delays_.push_back(delay);
    } else {
      delays_[next_] = delay;
    }
    next_ = (next_ + 1) % kept_max;
  }
  /// The lower middle one; absent when nothing was measured.
  std::optional<Duration> median() const {
    if (delays_.empty()) return std::nullopt;
    std::vector<Duration> sorted = delays_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }
  std::size_t memory_bytes() const { return delays_.capacity() * sizeof(Duration); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(delays_, next_);
    if constexpr (Archive::loading) {
      if (delays_.size() > kept_max) delays_.resize(kept_max);
      // Until the ring is full, the next place is its end.
      next_ = delays_.size() < kept_max ? delays_.size() : next_ % kept_max;
    }
  }

 private:
  std::vector<Duration> delays_;
  std::size_t next_ = 0;
};

}  // namespace ballast
