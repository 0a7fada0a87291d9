// LivePaths: what every factor of a running desk did, for charts: paths, excursions, and since when
// each is where it is.
//
// On the desk's thread alone: follow() after each group, the rest within DeskPort::query(). Memory
// is bounded by `budget_bytes`, shared among the factors. It is no part of the desk's state: save()
// beside the snapshots or at the end, load() before the start; what passed in between, and was not
// followed as the journal was replayed, is shown as unknown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/routes/desk_port.hpp"
#include "engine/path_history.hpp"

namespace ballast::api {

class LivePaths {
 public:
  static constexpr std::size_t budget_default = std::size_t{64} << 20;

  explicit LivePaths(std::size_t budget_bytes = budget_default) : budget_bytes_(budget_bytes) {}

  /// The desk is this one from now on, as it stands: after a reload, and by itself with the first
  /// group. Factors of the same key keep their paths.
  void resume(const Engine& engine);
  void follow(const DeskGroup& group);
  /// What one step changed: for who replays a journal after load() and before the start.
  void replayed(const Engine& engine);

  /// nullptr before resume().
  const PathHistory* path(FactorId id) const;
  /// Since when the factor is in its band, out of it, or unknown; nothing when it was so already
  /// when the recording began.
  std::optional<Timestamp> state_since(FactorId id) const;

  std::string save() const;
  /// Of a save(); an error leaves nothing loaded.
  Result<void> load(std::string_view bytes);

 private:
  struct Followed {
    std::string key;
    PathHistory history;
    Region region = Region::unknown;
    std::optional<Timestamp> since;  // of the region
    bool seen = false;
  };
  void record(const Engine& engine, FactorId id);
  void lose_sight(Followed& factor) const;
  std::size_t capacity(std::size_t factors) const;

  std::size_t budget_bytes_;
  std::vector<Followed> factors_;  // as the desk lists them
  Timestamp reached_{};            // the engine's clock when last told
  bool resumed_ = false;           // what is loaded has been joined to a running desk
};

}  // namespace ballast::api
