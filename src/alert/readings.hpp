// Readings: what alerts ask of the rest of the engine: the value of a measure, now.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

class Readings {
 public:
  virtual ~Readings() = default;
  /// The measure of a factor (invalid id: of the desk) at `at`, which is never before the last
  /// event. `window` ends at `at` and matters to windowed measures only. Nothing: unknown. Never
  /// NaN.
  virtual std::optional<double> value(FactorId factor,
                                      Measure measure,
                                      Window window,
                                      Timestamp at) const = 0;
};

}  // namespace ballast
