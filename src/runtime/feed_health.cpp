#include "runtime/feed_health.hpp"

#include <algorithm>
#include <variant>

#include "runtime/meters.hpp"

namespace ballast {
namespace {

/// Whose news an event is; invalid when no venue's.
VenueId venue_of(const Desk& desk, const Event& event) {
  return std::visit(
      [&](const auto& body) -> VenueId {
        if constexpr (requires { body.key.place; }) {
          return body.key.place.venue;
        } else if constexpr (requires { body.place.venue; }) {
          return body.place.venue;
        } else if constexpr (requires { body.instrument; }) {
          return body.instrument.valid() ? desk.instrument(body.instrument).venue : VenueId{};
        } else {
          return {};
        }
      },
      event.body);
}

}  // namespace

struct FeedHealth::Feed {
  std::optional<Timestamp> last;
  MinuteHistogram lag;
  RateMeter rate;
  std::uint64_t gaps = 0;
  Duration longest_gap{};
};

FeedHealth::FeedHealth(const Desk& desk, Duration silent_after, Timestamp since)
    : desk_(&desk), silent_after_(silent_after), since_(since), feeds_(desk.venues.size()) {}

FeedHealth::~FeedHealth() = default;

void FeedHealth::heard(const Event& event, Timestamp arrival) {
  const VenueId venue = venue_of(*desk_, event);
  if (!venue.valid()) return;
  Feed& feed = feeds_[venue.index()];
  if (feed.last && arrival - *feed.last > silent_after_) {
    ++feed.gaps;
    feed.longest_gap = std::max(feed.longest_gap, arrival - *feed.last);
  }
  feed.last = arrival;
  feed.lag.add(arrival, arrival - event.t);
  feed.rate.add(arrival);
}

std::vector<VenueHealth> FeedHealth::at(Timestamp now) const {
  std::vector<VenueHealth> all;
  const auto seconds = [](std::optional<Duration> duration) {
    return duration ? std::optional(duration->to_seconds()) : std::nullopt;
  };
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    const Feed& feed = feeds_[i];
    VenueHealth health;
    health.venue = VenueId{i};
    if (feed.last) health.age_seconds = (now - *feed.last).to_seconds();
    health.lag_p50_seconds = seconds(feed.lag.quantile(now, 0.5));
    health.lag_p99_seconds = seconds(feed.lag.quantile(now, 0.99));
    health.skew_seconds = seconds(feed.lag.least(now));
    health.gaps = feed.gaps;
    health.longest_gap_seconds = feed.longest_gap.to_seconds();
    health.silent = now - feed.last.value_or(since_) > silent_after_;
    health.events_per_second = feed.rate.per_second(now);
    all.push_back(health);
  }
  return all;
}

}  // namespace ballast
