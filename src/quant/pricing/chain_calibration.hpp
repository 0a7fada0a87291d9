// A whole option chain fitted by a model, and how well: raw SVI by expiry with SSVI across them, or
// one Heston model for all expiries.
//
// SVI takes quotes with one side as inequalities (svi_fit.hpp). Heston is fitted to the middles of
// those with two; whether it keeps to the others is counted. An expiry that cannot be fitted says
// why, and the others are fitted without it.
// Tests: chains made from known parameters come back; one-sided quotes; chains of the fall of 2026.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/chain_smiles.hpp"
#include "quant/pricing/heston_calibration.hpp"
#include "quant/pricing/option_chain.hpp"
#include "quant/pricing/svi_fit.hpp"

namespace ballast {

/// A point of a model's smile.
struct SmilePoint {
  double log_strike = 0.0;
  double vol = 0.0;  // annual
};

struct ExpiryFit {
  ChainSmile smile = {};
  std::string why_not = {};            // empty where it was fitted
  std::vector<SmilePoint> curve = {};  // the model over the quotes' strikes, evenly spaced
  std::optional<SmileResiduals> residuals = {};  // absent where it was not fitted
  std::optional<SviFit> svi = {};
  // Of the smile that an earlier calibration gave this expiry, on these quotes.
  std::optional<double> previous_rmse_vol = {};
};

struct ChainFit {
  std::string underlying = {};
  Timestamp at = {};
  std::size_t expired = 0;
  std::optional<MarkCheck> marks = {};
  std::vector<ExpiryFit> expiries = {};  // by time
  double rmse_vol = 0.0;      // over all quotes with two sides that were fitted, unweighted
  std::size_t two_sided = 0;  // fitted quotes
  std::size_t one_sided = 0;
  std::size_t one_sided_violated = 0;
  std::size_t outside_spread = 0;
  std::optional<HestonCalibration> heston = {};
  std::optional<SsviFit> ssvi = {};  // over the fitted expiries, where there are two
  std::string why_no_ssvi = {};      // where it could have been and is not

  std::size_t fitted() const;
  /// Every smile of SVI passed the exact checks. Heston has no arbitrage.
  bool is_free() const;
};

/// A smile of an earlier calibration.
struct PreviousSmile {
  Timestamp expires;
  RawSvi svi;
};

/// Errors: chain_smile's and check_marks'; infeasible, where no expiry can be fitted.
Result<ChainFit> fit_svi_chain(const OptionChain& chain,
                               std::span<const PreviousSmile> previous = {});

struct HestonChainOptions {
  double years_min = 2.0 / option_year_days;  // expiries nearer than this are left out
  std::size_t starts = 5;                     // made from the quotes, >= 1; see heston_starts
  std::vector<HestonParameters> from = {};    // tried first: the last of a series
  bool feller = false;
  std::optional<HestonParameters> previous = {};  // to be compared with
};

/// Where a search begins: `count` of them, the first five shapes of smiles from the variances at
/// the money of the nearest and the farthest expiry, the rest drawn about them, the same each time.
std::vector<HestonParameters> heston_starts(std::span<const ChainSmile> smiles, std::size_t count);

/// Errors: as fit_svi_chain, and calibrate_heston's. Where the previous parameters do not price the
/// quotes, there is no comparison.
Result<ChainFit> fit_heston_chain(const OptionChain& chain, const HestonChainOptions& options);

}  // namespace ballast
