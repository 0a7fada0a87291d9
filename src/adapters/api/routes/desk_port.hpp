// DeskPort: what handlers and channels ask of a live desk. LiveDeskPort (live_desk_port.hpp) is the
// one that runs; tests put an engine of their own behind it.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/live_desk.hpp"

namespace ballast::api {

/// A desk at one moment: valid during the call that hands it out, on the desk's thread.
struct DeskView {
  const Engine& engine;
  const LiveFigures& figures;
  std::function<std::vector<VenueHealth>()> feeds;
};

/// What a durable group of events changed (LiveGroup), each thing once.
struct DeskGroup {
  const DeskView& view;
  std::span<const FactorId> factors;
  std::span<const PositionId> positions;
  std::span<const std::pair<AccountId, AssetId>> balances;
  std::span<const SeqEffect> effects;
  std::span<const Event> notable;
};

/// As LiveDesk's functions of these names; any thread.
class DeskPort {
 public:
  virtual ~DeskPort() = default;

  virtual void query(std::function<void(const DeskView&)> look) = 0;
  virtual void change(Principal by,
                      std::function<Result<PlannedChange>(const DeskView&)> prepare,
                      bool dry_run,
                      std::function<void(Result<ChangeOutcome>)> done) = 0;
  virtual bool try_submit(Submission& submission) = 0;

 protected:
  DeskPort() = default;
  DeskPort(const DeskPort&) = default;
  DeskPort& operator=(const DeskPort&) = default;
};

}  // namespace ballast::api
