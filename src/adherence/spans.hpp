// The figures of an interval that are not sums: excursions and the largest |z|.
//
// An excursion is a maximal interval out of band in known time; unknown time ends it, and passing
// from above the band straight to below does not. One that is open when an interval begins starts
// there, as far as the interval knows. Merging adjacent intervals is exact and associative, with
// the empty interval as its neutral element: an excursion across the boundary is joined to one.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/timestamp.hpp"

namespace ballast {

struct Spans {
  std::int64_t length = 0;   // ns; 0: the empty interval
  std::int64_t prefix = 0;   // ns out of band from the interval's beginning on
  std::int64_t suffix = 0;   // ns out of band up to the interval's end: the open excursion's age
  std::int64_t longest = 0;  // ns
  std::int64_t count = 0;
  Timestamp first_start;  // of an excursion; meaningful when count > 0
  Timestamp last_start;
  double max_abs_z = 0.0;

  friend bool operator==(const Spans&, const Spans&) = default;

  /// Adds [from, from + ns) of one constant state; `from` is where this interval ends so far.
  void append(Timestamp from, std::int64_t ns, bool out, double abs_z) {
    if (ns == 0) return;
    if (out) {
      if (suffix == 0) {
        if (count == 0) first_start = from;
        last_start = from;
        ++count;
      }
      suffix += ns;
      longest = std::max(longest, suffix);
      if (suffix == length + ns) prefix = suffix;
    } else {
      suffix = 0;
    }
    length += ns;
    max_abs_z = std::max(max_abs_z, abs_z);
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(length, prefix, suffix, longest, count, first_start, last_start, max_abs_z);
  }
};

inline Spans merge(const Spans& left, const Spans& right) {
  if (left.length == 0) return right;
  if (right.length == 0) return left;
  const bool joined = left.suffix > 0 && right.prefix > 0;
  Spans both;
  both.length = left.length + right.length;
  both.prefix = left.prefix == left.length ? left.length + right.prefix : left.prefix;
  both.suffix = right.suffix == right.length ? left.suffix + right.length : right.suffix;
  both.longest = std::max({left.longest, right.longest, joined ? left.suffix + right.prefix : 0});
  both.count = left.count + right.count - (joined ? 1 : 0);
  both.first_start = left.count > 0 ? left.first_start : right.first_start;
  both.last_start = right.count > (joined ? 1 : 0) ? right.last_start : left.last_start;
  both.max_abs_z = std::max(left.max_abs_z, right.max_abs_z);
  return both;
}

}  // namespace ballast
