// What has been stopped, by whom and why, until it is armed again. Not thread-safe.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

class KillSwitches {
 public:
  struct Switch {
    Scope scope;
    Note by;
    Note reason;
    Timestamp since{};

    template <class Archive>
    void archive(Archive& ar) {
      ar(scope.kind, scope.place.venue, scope.place.account, scope.book, scope.factor, by, reason,
         since);
    }
  };

  /// False when the scope is stopped already.
  bool kill(Timestamp now, const Kill& kill) {
    if (find(kill.scope) != switches_.end()) return false;
    switches_.push_back({kill.scope, kill.by, kill.reason, now});
    return true;
  }
  /// False when the scope is not stopped.
  bool rearm(const Scope& scope) {
    const auto at = find(scope);
    if (at == switches_.end()) return false;
    switches_.erase(at);
    return true;
  }

  /// The first switch that covers what trades at this place for this book; nullptr when none does.
  const Switch* covers(const Place& place, const BookName& book) const {
    for (const Switch& s : switches_) {
      const bool covered =
          s.scope.kind == ScopeKind::desk ||
          (s.scope.kind == ScopeKind::venue && s.scope.place.venue == place.venue) ||
          (s.scope.kind == ScopeKind::account && s.scope.place == place) ||
          (s.scope.kind == ScopeKind::book && s.scope.book == book);
      if (covered) return &s;
    }
    return nullptr;
  }
  /// Whether a factor's control is stopped, by the desk's switch or its own.
  const Switch* stops(FactorId factor) const {
    for (const Switch& s : switches_) {
      if (s.scope.kind == ScopeKind::desk ||
          (s.scope.kind == ScopeKind::factor && s.scope.factor == factor)) {
        return &s;
      }
    }
    return nullptr;
  }
  const std::vector<Switch>& all() const { return switches_; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(switches_);
  }

 private:
  std::vector<Switch>::const_iterator find(const Scope& scope) const {
    return std::find_if(switches_.begin(), switches_.end(),
                        [&](const Switch& s) { return s.scope == scope; });
  }
  std::vector<Switch> switches_;  // in the order in which they were thrown
};

}  // namespace ballast
