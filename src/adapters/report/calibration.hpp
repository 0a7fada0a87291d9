// Fits of option chains as text: JSON for programs, a table for a terminal, CSV for a spreadsheet,
// HTML with charts for people. Vols are numbers in JSON and CSV (0.5 is 50 %), percent elsewhere.
//
// One fit is shown whole. Several, of snapshots in their order, are a time series: a row each, and
// in HTML the charts by expiry of the last. Pure functions: equal fits give equal bytes.
#pragma once

#include <span>
#include <string>

#include "adapters/report/render.hpp"
#include "quant/pricing/chain_calibration.hpp"

namespace ballast {

/// All of one model, and at least one.
std::string render_calibration_table(std::span<const ChainFit> fits, TableStyle style);
std::string render_calibration_json(std::span<const ChainFit> fits);
/// Of Heston a row a snapshot, of SVI a row an expiry and snapshot.
std::string render_calibration_csv(std::span<const ChainFit> fits);
/// One self-contained file: no script, no request to anywhere.
std::string render_calibration_html(std::span<const ChainFit> fits);

}  // namespace ballast
