// LiveDeskPort: a LiveDesk as handlers and channels see it.
#pragma once

#include "adapters/api/routes/channels.hpp"
#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/live_paths.hpp"

namespace ballast::api {

class LiveDeskPort final : public DeskPort {
 public:
  /// `desk` outlives it.
  explicit LiveDeskPort(LiveDesk& desk) : desk_(&desk) {}

  void query(std::function<void(const DeskView&)> look) override;
  void change(Principal by,
              std::function<Result<PlannedChange>(const DeskView&)> prepare,
              bool dry_run,
              std::function<void(Result<ChangeOutcome>)> done) override;
  bool try_submit(Submission& submission) override;

 private:
  LiveDesk* desk_;
};

/// Tells paths and channels of each group, in this order; both outlive it. Added with
/// LiveDesk::observe() before the start.
class LiveFollower final : public LiveObserver {
 public:
  LiveFollower(LivePaths& paths, Channels& channels) : paths_(&paths), channels_(&channels) {}
  void on_group(const LiveGroup& group) override;
  void on_reload(const LiveView& view) override;

 private:
  LivePaths* paths_;
  Channels* channels_;
};

}  // namespace ballast::api
