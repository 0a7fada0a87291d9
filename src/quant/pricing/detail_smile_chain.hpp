// The quotes of one expiry, checked, as fits of smiles need them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/svi_fit.hpp"

namespace ballast::detail {

enum class SmileSide : std::uint8_t { both, bid, ask };

/// The residual is root_weight times (vol - level), where the smile is on the wrong side of it.
struct SmileTarget {
  double log_strike = 0.0;
  double level = 0.0;  // the middle of two sides, or the one
  double root_weight = 1.0;
  SmileSide side = SmileSide::both;

  double miss(double vol) const {
    if (side == SmileSide::both) return vol - level;
    return side == SmileSide::bid ? std::min(0.0, vol - level) : std::max(0.0, vol - level);
  }
};

struct SmileChain {
  std::vector<SmileTarget> targets = {};
  double years = 0.0;
  double weight_sum = 0.0;  // of two-sided quotes
  double low = 0.0;         // the least and greatest k
  double high = 0.0;
};

/// Errors: fit_svi's of quotes and years.
Result<SmileChain> smile_chain(std::span<const SmileQuote> quotes, double years);

inline double smile_vol(double total_variance, double years) {
  return std::sqrt(std::max(0.0, total_variance) / years);
}

/// Of the smile w(k).
template <class W>
SmileResiduals residuals_of(std::span<const SmileQuote> quotes, double years, const W& w) {
  std::vector<double> vols;
  vols.reserve(quotes.size());
  for (const SmileQuote& quote : quotes)
    vols.push_back(smile_vol(w(quote.log_strike), years));
  return smile_residuals(quotes, vols);
}

}  // namespace ballast::detail
