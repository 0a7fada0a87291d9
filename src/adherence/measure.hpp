// One measure of one sliding window: what a rule asks for, without the rest of the figures.
#pragma once

#include <optional>

#include "adherence/sliding.hpp"
#include "model/desk.hpp"

namespace ballast {

/// The figure of figures(window.summary()) that the measure names, bit for bit, from the parts that
/// it needs; absent where that is.
/// @param measure  a windowed one.
std::optional<double> measured(const SlidingWindows::View& window, Measure measure);

/// Figures::mean_weight, likewise.
std::optional<double> mean_weight(const SlidingWindows::View& window);

}  // namespace ballast
