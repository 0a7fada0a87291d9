// Every metric that the service gives out: its name, kind, labels and help. What is rendered is
// held to this table, and so are docs/operations.md, the dashboard and the alert rules.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ballast::metrics {

enum class Kind : std::uint8_t { counter, gauge, histogram, summary };
constexpr std::string_view to_string(Kind kind) {
  constexpr std::string_view names[] = {"counter", "gauge", "histogram", "summary"};
  return names[static_cast<std::size_t>(kind)];
}

struct MetricInfo {
  std::string_view name;
  Kind kind = Kind::gauge;
  std::string_view labels;  // "factor, book"; those of every series of it
  std::string_view help;    // one sentence
};

/// In the order in which they are rendered; names are unique.
std::span<const MetricInfo> metric_table();

}  // namespace ballast::metrics
