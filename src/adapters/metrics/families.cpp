#include "adapters/metrics/families.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "adapters/metrics/metric_table.hpp"
#include "base/contract.hpp"

namespace ballast::metrics {
namespace {

prometheus::MetricType type_of(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return prometheus::MetricType::Counter;
    case Kind::gauge:
      return prometheus::MetricType::Gauge;
    case Kind::histogram:
      return prometheus::MetricType::Histogram;
    case Kind::summary:
      return prometheus::MetricType::Summary;
  }
  return prometheus::MetricType::Untyped;
}

}  // namespace

void Buckets::observe(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++counts_[static_cast<std::size_t>(bound - bounds_.begin())];
  sum_ += value;
}

struct Families::State {
  std::vector<prometheus::MetricFamily> families;
  std::map<std::string_view, std::size_t> places;

  prometheus::ClientMetric& add(std::string_view name, Kind kind, Labels labels) {
    const auto place = places.find(name);
    BALLAST_ASSERT(place != places.end() && metric_table()[place->second].kind == kind);
    prometheus::ClientMetric& series = families[place->second].metric.emplace_back();
    for (const Label& label : labels)
      series.label.push_back({std::string(label.name), std::string(label.value)});
    return series;
  }
};

Families::Families() : state_(std::make_unique<State>()) {
  for (const MetricInfo& info : metric_table()) {
    state_->places.emplace(info.name, state_->families.size());
    state_->families.push_back(
        {std::string(info.name), std::string(info.help), type_of(info.kind), {}});
  }
}

Families::~Families() = default;

void Families::gauge(std::string_view name, Labels labels, double value) {
  state_->add(name, Kind::gauge, labels).gauge.value = value;
}

void Families::counter(std::string_view name, Labels labels, double value) {
  state_->add(name, Kind::counter, labels).counter.value = value;
}

void Families::histogram(std::string_view name, Labels labels, const Buckets& buckets) {
  auto& histogram = state_->add(name, Kind::histogram, labels).histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets.counts().size(); ++i) {
    below += buckets.counts()[i];
    histogram.bucket.push_back({below, i < buckets.bounds().size()
                                           ? buckets.bounds()[i]
                                           : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_count = below;
  histogram.sample_sum = buckets.sum();
}

void Families::summary(std::string_view name,
                       std::initializer_list<std::pair<double, std::optional<double>>> quantiles,
                       std::uint64_t count,
                       double sum) {
  auto& summary = state_->add(name, Kind::summary, {}).summary;
  for (const auto& [quantile, value] : quantiles)
    if (value) summary.quantile.push_back({quantile, *value});
  summary.sample_count = count;
  summary.sample_sum = sum;
}

std::string Families::text() && {
  std::erase_if(state_->families, [](const auto& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(state_->families);
}

}  // namespace ballast::metrics
