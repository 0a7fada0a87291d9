// The desk's figures as series. Pure.
#pragma once

#include "adapters/metrics/desk_figures.hpp"
#include "adapters/metrics/families.hpp"

namespace ballast::metrics {

/// @param factors_max, venues_max  how many get series of their own.
void render_desk(const DeskFigures& figures,
                 std::size_t factors_max,
                 std::size_t venues_max,
                 Families& out);

}  // namespace ballast::metrics
