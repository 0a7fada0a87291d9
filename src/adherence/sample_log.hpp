// The latest grid samples of a path, run-length encoded: a quiet day is one run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "quant/stats/minimum_variance.hpp"

namespace ballast {

class SampleLog {
 public:
  /// @param runs_max  >= 1; the oldest run is forgotten when there are more.
  explicit SampleLog(std::size_t runs_max) : runs_max_(runs_max) {}

  void add(double value, bool known, std::int64_t count) {
    if (count == 0) return;
    if (!runs_.empty()) {
      SampleRun& last = runs_[newest_];
      // Every unknown sample is equal to every other.
      if (last.known == known && (!known || last.value == value)) {
        last.count += count;
        return;
      }
    }
    const SampleRun run{known ? value : 0.0, count, known};
    if (runs_.size() < runs_max_) {
      newest_ = runs_.size();
      runs_.push_back(run);
    } else {
      newest_ = (newest_ + 1) % runs_max_;
      runs_[newest_] = run;
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
  std::size_t runs_max_;  // configuration, not state
  std::vector<SampleRun> runs_;
  std::size_t newest_ = 0;
};

}  // namespace ballast
