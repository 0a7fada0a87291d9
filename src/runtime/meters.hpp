// What a live desk measures of itself: quantiles of the last minute, rates of the last ten seconds.
//
// Both are fed with times that do not go back, allocate nothing, and cost a few nanoseconds.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/timestamp.hpp"

namespace ballast {

/// Durations: of the last minute, in buckets at most 1/8 wide, and their sum since the start. What
/// is negative counts as zero, but for least().
class MinuteHistogram {
 public:
  void add(Timestamp now, Duration value) {
    turn_to(now);
    Slot& slot = slots_[static_cast<std::size_t>(slot_) % slots];
    const std::size_t bucket = bucket_of(value);
    ++slot.counts[bucket];
    ++slot.count;
    slot.least = std::min(slot.least, value);
    ++count_;
    sum_ += std::max(value.to_seconds(), 0.0);
  }

  /// Since the start, and so is sum(), in seconds: a thousand events of last year are more than a
  /// Duration holds.
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }

  /// The upper end of the bucket that holds the quantile; nothing when nothing was added.
  std::optional<Duration> quantile(Timestamp now, double share) const {
    std::uint64_t count = 0;
    visit(now, [&](const Slot& slot) { count += slot.count; });
    if (count == 0) return std::nullopt;
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(count - 1));
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      visit(now, [&](const Slot& slot) { below += slot.counts[bucket]; });
      if (below > rank) return Duration{upper_end(bucket)};
    }
    return Duration{upper_end(buckets - 1)};
  }
  std::optional<Duration> least(Timestamp now) const {
    std::optional<Duration> least;
    visit(now, [&](const Slot& slot) {
      if (slot.count > 0) least = least ? std::min(*least, slot.least) : slot.least;
    });
    return least;
  }

 private:
  static constexpr std::size_t slots = 6;
  static constexpr std::int64_t slot_ns = 10'000'000'000;
  static constexpr unsigned shift_least = 8;  // below 2^8 ns all is one
  static constexpr unsigned shift_most = 37;  // and above 2^37 ns, two minutes
  static constexpr std::size_t buckets = (shift_most - shift_least) * 8 + 1;

  struct Slot {
    std::array<std::uint32_t, buckets> counts{};
    std::uint64_t count = 0;
    Duration least{std::numeric_limits<std::int64_t>::max()};
  };

  static std::size_t bucket_of(Duration value) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(value.ns, 0));
    if (ns < (1ULL << shift_least)) return 0;
    if (ns >= (1ULL << shift_most)) return buckets - 1;
    const auto power = static_cast<unsigned>(std::bit_width(ns)) - 1;
    const std::uint64_t eighth = (ns >> (power - 3)) & 7U;
    return (power - shift_least) * 8 + eighth + 1;
  }
  static std::int64_t upper_end(std::size_t bucket) {
    if (bucket == 0) return 1LL << shift_least;
    const std::size_t power = (bucket - 1) / 8 + shift_least;
    return static_cast<std::int64_t>((9 + (bucket - 1) % 8) << (power - 3));
  }

  void turn_to(Timestamp now) {
    const std::int64_t slot = now.ns / slot_ns;
    if (slot <= slot_) return;
    const std::int64_t passed = std::min<std::int64_t>(slot - slot_, slots);
    for (std::int64_t i = 0; i < passed; ++i)
      slots_[static_cast<std::size_t>(slot - i) % slots] = {};
    slot_ = slot;
  }
  template <class Fn>
  void visit(Timestamp now, const Fn& fn) const {
    const std::int64_t last = std::max(now.ns / slot_ns, slot_);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(slots); ++i) {
      if (slot_ - i > last - static_cast<std::int64_t>(slots) && slot_ >= i)
        fn(slots_[static_cast<std::size_t>(slot_ - i) % slots]);
    }
  }

  std::array<Slot, slots> slots_{};
  std::int64_t slot_ = 0;  // the latest that was added to
  std::uint64_t count_ = 0;
  double sum_ = 0.0;
};

/// How many a second, over the last ten whole seconds.
class RateMeter {
 public:
  void add(Timestamp now, std::uint64_t count = 1) {
    turn_to(now);
    counts_[index(second_)] += count;
  }
  double per_second(Timestamp now) const {
    const std::int64_t last = std::max(now.ns / second_ns, second_);
    std::uint64_t sum = 0;
    for (std::int64_t i = 1; i <= seconds; ++i) {
      if (last - i <= second_ && last - i > second_ - kept) sum += counts_[index(last - i)];
    }
    return static_cast<double>(sum) / static_cast<double>(seconds);
  }

 private:
  static constexpr std::int64_t second_ns = 1'000'000'000;
  static constexpr std::int64_t seconds = 10;
  static constexpr std::int64_t kept = seconds + 1;

  static std::size_t index(std::int64_t second) {
    return static_cast<std::size_t>((second % kept + kept) % kept);
  }
  void turn_to(Timestamp now) {
    const std::int64_t second = now.ns / second_ns;
    if (second <= second_) return;
    const std::int64_t passed = std::min(second - second_, kept);
    for (std::int64_t i = 0; i < passed; ++i)
      counts_[index(second - i)] = 0;
    second_ = second;
  }

  std::array<std::uint64_t, kept> counts_{};
  std::int64_t second_ = 0;
};

}  // namespace ballast
