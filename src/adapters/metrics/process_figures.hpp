// What this process uses of the machine, as /proc says.
#pragma once

#include <cstdint>
#include <optional>

namespace ballast::metrics {

struct ProcessFigures {
  double cpu_seconds = 0.0;
  double resident_bytes = 0.0;
  double virtual_bytes = 0.0;
  double threads = 0.0;
  double open_fds = 0.0;
  std::optional<double> max_fds;  // absent: no limit
  double start_seconds = 0.0;     // since the epoch
};

/// Nothing where there is no /proc, or it cannot be read.
std::optional<ProcessFigures> process_figures();

}  // namespace ballast::metrics
