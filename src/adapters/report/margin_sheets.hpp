// The tables of a desk's margin: how each account stands, and what it is asked for. Pure.
#pragma once

#include <string>

#include "adapters/report/sheet.hpp"

namespace ballast {

/// "deribit/main".
std::string account_text(const MarginView& view);
/// "-16 %, volatility up (+50 %)", "none" where no scenario loses anything.
std::string worst_text(const CoinMarginView& coin);

Sheet margins_sheet(const Report& report);           // a row for each account and currency
Sheet margin_positions_sheet(const Report& report);  // standard margin, position by position
Sheet margin_coins_sheet(const Report& report);      // portfolio margin, coin by coin

}  // namespace ballast
