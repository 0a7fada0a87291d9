// Families: series put under the metrics of metric_table(), then written as text. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ballast::metrics {

/// Counts by upper bound, as a Prometheus histogram has them. Not thread-safe.
class Buckets {
 public:
  /// `bounds` rise, and outlive it.
  explicit Buckets(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  void observe(double value);
  std::span<const double> bounds() const { return bounds_; }
  /// By bound, and what is beyond the last; not cumulative.
  std::span<const std::uint64_t> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0.0;
};

struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::initializer_list<Label>;

class Families {
 public:
  Families();
  Families(const Families&) = delete;
  Families& operator=(const Families&) = delete;
  ~Families();

  // Each name is one of the table's, of that kind.
  void gauge(std::string_view name, Labels labels, double value);
  void counter(std::string_view name, Labels labels, double value);
  void histogram(std::string_view name, Labels labels, const Buckets& buckets);
  /// A quantile that is not known is left out.
  void summary(std::string_view name,
               std::initializer_list<std::pair<double, std::optional<double>>> quantiles,
               std::uint64_t count,
               double sum);

  /// The text exposition format, without metrics that have no series. Ends it.
  std::string text() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::metrics
