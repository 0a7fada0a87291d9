// Fits of SVI and SSVI to quotes, free of arbitrage.
//
// A quote with both sides pulls the smile to its middle; one with a single side is an inequality:
// it counts only where the smile is on the wrong side of it. The quotes' own best smile is taken
// where the exact checks of svi.hpp pass; elsewhere penalties hold butterfly and calendar arbitrage
// off, and grow until they do; the report says whether they did. Start by De Marco and Martini's
// quasi-explicit fit (Zeliade 2009, "Quasi-explicit calibration of Gatheral's SVI model"): given m
// and sigma, the rest is linear. Tests: smiles that are SVI come back; arbitrage in quotes does not
// come back; a chain of which a quarter is one-sided.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/svi.hpp"

namespace ballast {

/// Implied vols of one strike. At least one side; bid <= ask.
struct SmileQuote {
  double log_strike = 0.0;         // ln(K / F)
  std::optional<double> bid = {};  // annual vol, > 0
  std::optional<double> ask = {};  // annual vol, > 0
  double weight = 1.0;             // of the squared residual in vols, > 0
};

struct SmileResiduals {
  std::vector<double> vols;  // of each quote: model - middle; of a one-sided one the violation or 0
  double rmse_vol = 0.0;     // over quotes with two sides, unweighted
  std::size_t two_sided = 0;
  std::size_t one_sided = 0;
  std::size_t one_sided_violated = 0;  // by more than 1e-6 of vol
  std::size_t outside_spread = 0;      // of those with two sides
};

/// Of a model whose vol at each quote is given, as many as quotes; a side at least each.
SmileResiduals smile_residuals(std::span<const SmileQuote> quotes, std::span<const double> vols);

struct SviFit {
  RawSvi svi;
  SmileResiduals residuals;
  ButterflyCheck butterfly;
  std::optional<CalendarCheck> calendar;  // against `earlier`
  int iterations = 0;
};

/// The most that the total variance may be at a strike: what a later expiry has there.
struct VarianceCeiling {
  double log_strike = 0.0;
  double total_variance = 0.0;  // > 0
};

/// One expiry in `years` > 0. With `earlier`, the smile of a shorter expiry, w stays above it.
/// Ceilings are kept to as closely as quotes: beyond the strikes that are quoted, they keep a smile
/// from wings that later expiries, which must stay above it, could not follow.
/// Errors: bad_input (a quote without sides, crossed, not positive); infeasible, where fewer than
/// five strikes have two sides; divide_by_zero, no_convergence.
Result<SviFit> fit_svi(std::span<const SmileQuote> quotes,
                       double years,
                       const RawSvi* earlier = nullptr,
                       std::span<const VarianceCeiling> ceilings = {});

struct SmileExpiry {
  double years = 0.0;  // > 0
  std::span<const SmileQuote> quotes;
};

struct SsviFit {
  Ssvi ssvi;
  std::vector<double> thetas;  // total variance at the money by expiry, not falling
  std::vector<SmileResiduals> residuals;
  bool is_free = false;  // of butterfly arbitrage by the sufficient conditions, and of calendar
  int iterations = 0;
};
/// All expiries at once, in the order of their years. Errors as fit_svi, and bad_input where years
/// do not grow.
Result<SsviFit> fit_ssvi(std::span<const SmileExpiry> expiries);

}  // namespace ballast
