// Calibration of Heston's model to option quotes: least squares in implied vols, by
// Levenberg-Marquardt within bounds from several starts, with analytic derivatives.
//
//   minimise sum of weight (vol of the model's price - vol of the quote)^2
//
// What the data do not determine is said, not hidden: standard errors, the condition of the
// problem, parameters that ended at a bound, and what a previous calibration makes of today's
// quotes. Source: Cui, del Baño Rollin and Germano (2017), European Journal of Operational Research
// 263. Tests: parameters behind synthetic quotes come back from every start; errors cover the truth
// as often as they should; noise, bounds, Feller's condition.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/heston.hpp"

namespace ballast {

/// Exactly one of vol and price.
struct HestonQuote {
  HestonExpiry expiry;  // quotes of equal expiries share their sums
  HestonOption option;
  std::optional<double> vol = {};    // implied, annual, > 0
  std::optional<double> price = {};  // discounted; without a time value it says nothing: an error
  double weight = 1.0;               // of the squared residual, > 0
};

struct HestonBounds {
  HestonParameters lower{1e-5, 1e-2, 1e-5, 1e-2, -0.995};
  HestonParameters upper{10.0, 50.0, 10.0, 15.0, 0.995};
};

struct HestonCalibrationOptions {
  std::vector<HestonParameters> starts = {};  // empty: five, made from the quotes
  HestonBounds bounds = {};
  bool feller = false;  // hold 2 kappa theta >= sigma^2
  int iterations_max = 200;
  std::optional<HestonParameters> previous = {};  // to be compared with
};

/// How the search from one start went.
struct HestonSearch {
  HestonParameters start;
  HestonParameters end;
  double rmse_vol = 0.0;
  int iterations = 0;
  bool has_converged = false;
};

struct HestonComparison {
  double rmse_vol = 0.0;    // of the previous parameters on these quotes
  HestonParameters change;  // present - previous
};

struct HestonCalibration {
  HestonParameters parameters;    // of the best search
  std::vector<double> residuals;  // model - market in vols, a quote each
  double rmse_vol = 0.0;          // unweighted
  int iterations = 0;             // of the best search
  std::vector<HestonSearch> searches;
  // Of the weighted residuals by the logarithms of the parameters (rho: by itself): greatest over
  // least singular value. Large: some mixture of parameters hardly matters. Absent when one has no
  // influence at all.
  std::optional<double> condition;
  std::optional<HestonParameters> standard_errors;  // absent with five quotes or fewer
  std::vector<std::string_view> at_bound;           // parameters that ended at a bound
  bool feller_holds = false;
  std::optional<HestonComparison> previous;
};

/// Errors: bad_input (a quote or bound outside its domain, a price without a vol); infeasible, with
/// fewer than five quotes; no_convergence, where no search ends at a finite fit.
Result<HestonCalibration> calibrate_heston(std::span<const HestonQuote> quotes,
                                           const HestonCalibrationOptions& options);

}  // namespace ballast
