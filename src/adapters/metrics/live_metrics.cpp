#include "adapters/metrics/live_metrics.hpp"

namespace ballast::metrics {

void LiveMetrics::on_group(const LiveGroup& group) {
  metrics_->count(group.effects, group.commit_seconds);
  if (!metrics_->copy_due()) return;
  const LiveView& view = group.view;
  metrics_->copy(view.engine, view.figures, view.feeds.at(view.figures.now));
}

void LiveMetrics::on_reload(const LiveView& view) {
  metrics_->forget_names();
  metrics_->copy(view.engine, view.figures, view.feeds.at(view.figures.now));
}

}  // namespace ballast::metrics
