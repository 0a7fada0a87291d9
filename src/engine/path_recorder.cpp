#include "engine/path_recorder.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"
#include "engine/path_thinning.hpp"

namespace ballast {
namespace {

Duration length(const ExcursionReport& excursion) { return *excursion.to - excursion.from; }

/// The longest `count` of closed excursions, the earlier of equals, in time order.
void keep_longest(std::vector<ExcursionReport>& list, std::size_t count) {
  if (list.size() <= count) return;
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return length(a) > length(b); });
  list.resize(count);
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
}

}  // namespace

PathRecorder::PathRecorder(std::size_t capacity, std::size_t excursion_capacity)
    : capacity_(capacity), excursion_capacity_(excursion_capacity) {
  BALLAST_ASSERT(capacity_ >= capacity_min && excursion_capacity_ > 0);
}

void PathRecorder::add(const PathPoint& point) {
  if (!path_.empty()) {
    BALLAST_ASSERT(point.t >= path_.back().t);
    if (point.t == path_.back().t) path_.pop_back();
  }
  if (!path_.empty() && same_state(point, path_.back())) return;
  if (path_.size() == capacity_) compact();
  path_.push_back(point);
}

void PathRecorder::hedged(Timestamp t) {
  if (!hedges_.empty() && t - hedges_.back() < hedge_bucket_) return;
  while (hedges_.size() >= capacity_) {
    hedge_bucket_ = hedge_bucket_ + hedge_bucket_;
    std::size_t kept = 1;
    for (std::size_t i = 1; i < hedges_.size(); ++i) {
      if (hedges_[i] - hedges_[kept - 1] >= hedge_bucket_) hedges_[kept++] = hedges_[i];
    }
    hedges_.resize(kept);
  }
  hedges_.push_back(t);
}

void PathRecorder::compact() {
  while (path_.size() > capacity_ / 2) {
    thin_path(path_, path_.front().t, bucket_);
    if (path_.size() > capacity_ / 2) bucket_ = bucket_ + bucket_;
  }
}

void PathRecorder::observe(const ExcursionSample& sample) {
  if (!sample.known || !sample.out_of_band) {
    if (open_) close_excursion(sample.t);
    return;
  }
  if (!open_) open_ = ExcursionReport{sample.t, std::nullopt, sample.z > 0.0, sample.z, {}};
  if (std::abs(sample.z) > std::abs(open_->worst_z)) open_->worst_z = sample.z;
  if (open_->cause != sample.cause) open_->cause = sample.cause;
}

void PathRecorder::close_excursion(Timestamp t) {
  open_->to = t;
  if (length(*open_).ns > 0) closed_.push_back(std::move(*open_));
  open_.reset();
  if (closed_.size() == 2 * excursion_capacity_) keep_longest(closed_, excursion_capacity_);
}

std::vector<ExcursionReport> PathRecorder::excursions() const {
  std::vector<ExcursionReport> list = closed_;
  keep_longest(list, excursion_capacity_);
  if (open_) list.push_back(*open_);
  return list;
}

}  // namespace ballast
