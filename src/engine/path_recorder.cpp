#include "engine/path_recorder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/contract.hpp"

namespace ballast {
namespace {

double deviation(const PathPoint& point) { return point.actual - point.target; }

bool same_state(const PathPoint& a, const PathPoint& b) {
  return a.known == b.known && a.actual == b.actual && a.target == b.target && a.lower == b.lower &&
         a.upper == b.upper && a.limit_lower == b.limit_lower && a.limit_upper == b.limit_upper;
}

/// Moves what one bucket [begin, end) of `path` keeps to `out`; returns the new end.
std::size_t keep_bucket(std::vector<PathPoint>& path,
                        std::size_t begin,
                        std::size_t end,
                        std::size_t out) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t lowest = none;
  std::size_t highest = none;
  std::size_t lost = none;   // became unknown
  std::size_t found = none;  // and known again
  for (std::size_t i = begin; i < end; ++i) {
    if (!path[i].known) {
      if (lost == none) lost = i;
      continue;
    }
    if (lost != none && found == none) found = i;
    if (lowest == none || deviation(path[i]) < deviation(path[lowest])) lowest = i;
    if (highest == none || deviation(path[i]) > deviation(path[highest])) highest = i;
  }
  std::array kept{begin, lowest, highest, lost, found, end - 1};
  std::sort(kept.begin(), kept.end());
  std::size_t previous = none;
  for (const std::size_t i : kept) {
    if (i != none && i != previous) path[out++] = path[i];
    previous = i;
  }
  return out;
}

/// The number of the bucket of width `width` that holds t, counted from `origin` <= t.
std::int64_t bucket_of(Timestamp t, Timestamp origin, Duration width) {
  return (t.ns - origin.ns) / width.ns;
}

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
    const Timestamp origin = path_.front().t;
    std::size_t out = 0;
    for (std::size_t begin = 0, end = 0; begin < path_.size(); begin = end) {
      // Buckets are found before their points move down, so `origin` is taken by value.
      const std::int64_t bucket = bucket_of(path_[begin].t, origin, bucket_);
      while (end < path_.size() && bucket_of(path_[end].t, origin, bucket_) == bucket)
        ++end;
      out = keep_bucket(path_, begin, end, out);
    }
    path_.resize(out);
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
