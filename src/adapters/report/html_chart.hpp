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

/// From a proposal to its end.
struct ChartProposal {
  Timestamp since;
  std::optional<Timestamp> ended;
  bool lost = false;  // it failed, was held back, or nobody wanted it in time
};

/// What a chart marks beside the factor's own excursions and hedges.
struct ChartMarks {
  std::span<const ChartAlert> alerts = {};
  std::span<const ChartProposal> proposals = {};
};

/// Empty when the factor has no path. `id` is unique on the page and safe in an attribute.
std::string chart_html(const FactorReport& factor,
                       Timestamp from,
                       Timestamp to,
                       const ChartMarks& marks,
                       const std::string& id);

}  // namespace ballast
