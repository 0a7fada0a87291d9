// The tables of a fitted option chain, for the terminal and for the page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/report/sheet.hpp"
#include "quant/pricing/chain_calibration.hpp"

namespace ballast {

std::string_view model_name(const ChainFit& fit);  // "Heston" or "SVI"

/// A vol, or a difference of vols, in percent: "54.31". Two digits, four below 0.01.
std::string vol_text(double vol);

/// A fit in sentences: what was used, how close it came, what else must be known.
std::vector<std::string> calibration_notes(const ChainFit& fit);
/// What speaks against relying on it: parameters at bounds, searches that did not end, arbitrage.
std::vector<std::string> calibration_warnings(const ChainFit& fit);

Sheet heston_sheet(const ChainFit& fit);    // the parameters; empty for SVI
Sheet searches_sheet(const ChainFit& fit);  // from each start; empty for SVI
Sheet expiries_sheet(const ChainFit& fit);
Sheet smiles_sheet(const ChainFit& fit);  // raw SVI by expiry; empty for Heston
Sheet series_sheet(std::span<const ChainFit> fits);

}  // namespace ballast
