// LiveMetrics: hands a live desk's figures to Metrics. On the desk's thread.
#pragma once

#include "adapters/metrics/metrics.hpp"
#include "runtime/live_desk.hpp"

namespace ballast::metrics {

class LiveMetrics final : public LiveObserver {
 public:
  /// `metrics` outlives it.
  explicit LiveMetrics(Metrics& metrics) : metrics_(&metrics) {}

  void on_group(const LiveGroup& group) override;
  void on_reload(const LiveView& view) override;

 private:
  Metrics* metrics_;
};

}  // namespace ballast::metrics
