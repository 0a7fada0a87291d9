// What `drift` events expect of prices, by asset. Not thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

struct DriftNow {
  double rate = 0.0;       // expected relative return a day
  double std_error = 0.0;  // of it
  Timestamp t{};           // when it was said
};

class Drifts {
 public:
  explicit Drifts(std::size_t assets) : drifts_(assets) {}

  void apply(Timestamp now, const Drift& drift) {
    Said& said = drifts_[drift.asset.index()];
    said.now = {to_double(drift.rate), to_double(drift.std_error), now};
    said.until = drift.until;
    said.given = !drift.clear;
  }
  /// Nothing when nobody said anything that still holds.
  std::optional<DriftNow> of(AssetId asset, Timestamp now) const {
    const Said& said = drifts_[asset.index()];
    if (!said.given || (said.until && *said.until <= now)) return std::nullopt;
    return said.now;
  }

  template <class Archive>
  void archive(Archive& ar) {
    for (Said& said : drifts_)
      ar(said.now.rate, said.now.std_error, said.now.t, said.until, said.given);
  }

 private:
  struct Said {
    DriftNow now;
    std::optional<Timestamp> until;
    bool given = false;
  };
  std::vector<Said> drifts_;
};

}  // namespace ballast
