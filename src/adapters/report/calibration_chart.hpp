// Charts of fitted option chains as inline SVG: an expiry's smile, market against model, and a
// figure over time. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "quant/pricing/chain_calibration.hpp"

namespace ballast {

/// Bid to ask of each quote as a bar, one-sided quotes as triangles that point to where the vol may
/// be, the model as a line. Strikes below, vols in percent at the left. Empty without quotes
/// and model.
std::string smile_chart(const ExpiryFit& expiry);

struct SeriesPoint {
  Timestamp at;
  double value = 0.0;
};
/// In the order of time; empty with fewer than two points. `title` says unit and all.
std::string series_chart(std::string_view title, std::span<const SeriesPoint> points);

/// The style of both, beside report_style.
std::string_view calibration_style();

}  // namespace ballast
