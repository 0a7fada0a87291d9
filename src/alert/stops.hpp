// Stops: what keeps control from acting, as alerts that no rule makes. A factor's breaker that
// tripped and a kill switch that was thrown are critical and fire at once; only a `rearm` ends
// them. They have neither dwell nor reminders, and are always notified: there are few, and each
// means that the desk's inventory is on its own.
//
//          ok ----------------> firing -------------------> acknowledged
//           ^    trip, kill       |        acknowledge            |
//           +---------------------+-------------------------------+
//                  rearm
//
// Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "alert/alerts.hpp"

namespace ballast {

/// From being stopped to being armed again, as far as it got.
struct StopEpisode : AlertEpisode {
  Scope scope;         // of a kill switch
  std::string reason;  // why, and who armed it again

  AlertTransition transition() const;

  template <class Archive>
  void archive(Archive& ar) {
    AlertEpisode::archive(ar);
    ar(scope.kind, scope.place.venue, scope.place.account, scope.book, scope.factor, reason);
  }
};

class Stops {
 public:
  static constexpr std::size_t history_max = 10'000;  // ended ones kept, the newest

  void tripped(Timestamp now, const BreakerTripped& breaker, std::vector<Effect>& effects);
  void killed(Timestamp now, const Kill& kill, std::vector<Effect>& effects);
  /// Ends the kill switch of the scope, and the breaker when it is a factor's.
  void rearmed(Timestamp now, const Rearm& rearm, std::vector<Effect>& effects);
  /// The breaker of the event's factor; without one, every kill switch.
  AlertAnswer apply(Timestamp now, const Acknowledge& event, std::vector<Effect>& effects);

  /// In the order in which they began.
  const std::vector<StopEpisode>& all() const { return all_; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(all_);
  }
  /// After loading, when the bytes may be damaged: whether all of it is of this desk.
  bool fits(const Desk& desk) const;

 private:
  void begin(StopEpisode episode, Timestamp now, std::vector<Effect>& effects);

  std::vector<StopEpisode> all_;
};

}  // namespace ballast
