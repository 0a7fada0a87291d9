// The chart of one factor: its actual against its target as steps, in its band and limits, with
// excursions and alerts marked, as HTML with inline SVG. Pure.
//
// The plot stretches to the width of the page; labels are text beside it, so they stay readable on
// a telephone and in print. What it shows is also said in its description and in tables.
#pragma once

#include <span>
#include <string>

#include "engine/report.hpp"

namespace ballast {

/// An alert by its number in the table of alerts.
struct ChartAlert {
  std::size_t number = 0;
  Timestamp fired;
  std::optional<Timestamp> cleared;
};

/// Empty when the factor has no path. `id` is unique on the page and safe in an attribute.
std::string chart_html(const FactorReport& factor,
                       Timestamp from,
                       Timestamp to,
                       std::span<const ChartAlert> alerts,
                       const std::string& id);

}  // namespace ballast
