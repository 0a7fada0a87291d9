// The latest grid samples of a path, run-length encoded: a quiet day is one run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "quant/stats/minimum_variance.hpp"

namespace ballast {

class SampleLog {
 public:
  /// @param runs_max  >= 1; the oldest run is forgotten when there are more.
  explicit SampleLog(std::size_t runs_max) : runs_max_(runs_max) {}

  void add(double value, bool known, std::int64_t count) {
    if (!known) value = 0.0;  // every unknown sample is equal to every other
    if (count > 0 && !runs_.empty()) {
      SampleRun& last = runs_[newest_];
      if (last.known == known && last.value == value) count -= extend(last, count);
    }
    while (count > 0) {
      if (runs_.size() < runs_max_) {
        newest_ = runs_.size();
        runs_.emplace_back();
      } else {
        newest_ = (newest_ + 1) % runs_max_;
      }
      runs_[newest_] = {value, 0, known};
      count -= extend(runs_[newest_], count);
    }
  }

  /// In time order.
  std::vector<SampleRun> runs() const {
    std::vector<SampleRun> ordered = runs_;
    if (!ordered.empty()) {
      std::rotate(ordered.begin(),
                  ordered.begin() + static_cast<std::ptrdiff_t>((newest_ + 1) % ordered.size()),
                  ordered.end());
    }
    return ordered;
  }
  std::size_t memory_bytes() const { return runs_.capacity() * sizeof(SampleRun); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(runs_, newest_);
    if constexpr (Archive::loading) {
      if (runs_.size() > runs_max_) runs_.resize(runs_max_);
      newest_ = runs_.empty() ? 0 : std::min(newest_, runs_.size() - 1);
    }
  }

 private:
  /// As many as the run's counter holds.
  static std::int64_t extend(SampleRun& run, std::int64_t count) {
    const std::int64_t room = std::numeric_limits<std::uint32_t>::max() - run.count;
    const std::int64_t added = std::min(count, room);
    run.count += static_cast<std::uint32_t>(added);
    return added;
  }

  std::size_t runs_max_;  // configuration, not state
  std::vector<SampleRun> runs_;
  std::size_t newest_ = 0;
};

}  // namespace ballast
