// FeedHealth: how each venue's feed is doing: when it was last heard of, how late its events come,
// how its clock stands to ours, and how often it fell silent.
//
// Fed with every event that arrives, journaled or conflated. Deterministic given its inputs; one
// thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

struct VenueHealth {
  VenueId venue;
  std::optional<double> age_seconds;                       // since its last event; absent: none yet
  std::optional<double> lag_p50_seconds, lag_p99_seconds;  // arrival - event time, last minute
  std::optional<double> skew_seconds;  // the least of these: what its clock is ahead or behind
  std::uint64_t gaps = 0;              // silences longer than `silent_after`, that ended
  double longest_gap_seconds = 0.0;
  bool silent = false;             // now
  double events_per_second = 0.0;  // over the last ten seconds
};

class FeedHealth {
 public:
  /// `since`: venues that are not heard of within `silent_after` of it are silent.
  FeedHealth(const Desk& desk, Duration silent_after, Timestamp since = {});
  FeedHealth(const FeedHealth&) = delete;
  FeedHealth& operator=(const FeedHealth&) = delete;
  ~FeedHealth();

  /// An event that came from outside, at `arrival` (the desk's clock).
  void heard(const Event& event, Timestamp arrival);
  std::vector<VenueHealth> at(Timestamp now) const;

 private:
  struct Feed;
  const Desk* desk_;
  Duration silent_after_;
  Timestamp since_;
  std::vector<Feed> feeds_;
};

}  // namespace ballast
