#include "adapters/api/routes/live_desk_port.hpp"

namespace ballast::api {
namespace {

DeskView view_of(const LiveView& view) {
  return {view.engine, view.figures, [&view] { return view.feeds.at(view.figures.now); }};
}

}  // namespace

void LiveDeskPort::query(std::function<void(const DeskView&)> look) {
  desk_->query([look = std::move(look)](const LiveView& view) { look(view_of(view)); });
}

void LiveDeskPort::change(Principal by,
                          std::function<Result<PlannedChange>(const DeskView&)> prepare,
                          bool dry_run,
                          std::function<void(Result<ChangeOutcome>)> done) {
  desk_->change(
      std::move(by),
      [prepare = std::move(prepare)](const LiveView& view) { return prepare(view_of(view)); },
      dry_run, std::move(done));
}

bool LiveDeskPort::try_submit(Submission& submission) { return desk_->try_submit(submission); }

void LiveFollower::on_group(const LiveGroup& group) {
  const DeskView view = view_of(group.view);
  const DeskGroup told{view,           group.factors, group.positions,
                       group.balances, group.effects, group.notable};
  paths_->follow(told);
  channels_->follow(told);
}

void LiveFollower::on_reload(const LiveView& view) {
  paths_->resume(view.engine);
  channels_->restart();
}

}  // namespace ballast::api
