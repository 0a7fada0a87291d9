// Views of a desk's margin at the engine's clock, as views.hpp: what each account of [[margins]] is
// asked for, by the same function that gives hedges their budget and the rail `margin` its answer.
#pragma once

#include <vector>

#include "engine/engine.hpp"
#include "engine/margin_report.hpp"

namespace ballast {

/// @param index  of Desk::margins.
MarginView margin_view(const Engine& engine, std::size_t index);
/// All, as configured.
std::vector<MarginView> margin_views(const Engine& engine);
/// "deribit/main BTC".
std::string margin_label(const Desk& desk, const MarginConfig& config);

}  // namespace ballast
