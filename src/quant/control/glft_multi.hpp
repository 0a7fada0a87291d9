// Bergault, Evangelista, Guéant and Vieira (2021), "Closed-form approximations in multi-asset
// market making", Applied Mathematical Finance 28(2) (arXiv 1810.04383): the depths of a market
// maker's quotes in several assets whose prices move together, long before the end.
//
//   D = diag(2 A_i k_i C_i z_i)         C_i = (1 + gamma z_i/k_i)^-(1 + k_i/(gamma z_i)), B: 1/e
//   Gamma = D^-1/2 (D^1/2 Sigma D^1/2)^1/2 D^-1/2        so that Gamma D Gamma = Sigma
//   bid depth_i = c_i + sqrt(gamma) ((Gamma q)_i + z_i Gamma_ii / 2), ask with -(Gamma q)_i
//   c_i = ln(1 + gamma z_i/k_i) / (gamma z_i)            B: 1/k_i
//
// What skews a quote is Gamma q, not Sigma q: an entry off the diagonal of Gamma depends on how
// fast either asset can be traded away. Depths are distances from the mid, each in the price unit
// of its asset, and may be negative far from flat.
// Tests: reference values; one asset is Guéant (2017); Gamma D Gamma = Sigma; order of assets;
// random desks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace ballast {

enum class MarketMakerUtility : std::uint8_t {
  exponential,    // the paper's model A: constant absolute risk aversion
  mean_variance,  // the paper's model B: quadratic penalty of inventory
};

/// One element of each span an asset, in one order.
struct GlftMultiInput {
  double gamma = 0.0;                 // risk aversion, 1 / money, > 0
  std::span<const double> sigma;      // covariances row by row, price_i price_j per time
  std::span<const double> k;          // decay of the fill rate with depth, 1 / price, > 0
  std::span<const double> fill_rate;  // A: at depth 0, 1 / time, > 0
  std::span<const double> size;       // z: of a fill, in units of the asset, > 0
  MarketMakerUtility utility = MarketMakerUtility::exponential;
};
constexpr std::size_t glft_assets_max = 1000;

/// The market, with the root of its matrix taken once; quotes for a holding are cheap. Immutable.
class GlftMulti {
 public:
  /// Sigma must be symmetric and positive semidefinite. Errors: bad_input; no_convergence when the
  /// assets' risks (sigma_ii A_i k_i z_i) are too far apart for doubles.
  static Result<GlftMulti> create(const GlftMultiInput& input);

  std::size_t assets() const { return base_.size(); }
  /// Gamma, row by row.
  std::span<const double> gamma_matrix() const { return gamma_matrix_; }

  /// Depths for the holding `q`, in units of each asset: n^2 steps, no allocation. The spans hold
  /// one element an asset. Error: a holding that is not finite.
  Result<void> depths(std::span<const double> q,
                      std::span<double> bid,
                      std::span<double> ask) const;

 private:
  GlftMulti() = default;

  double root_gamma_ = 0.0;
  std::vector<double> gamma_matrix_;
  std::vector<double> base_;  // what bid and ask have in common: c_i + sqrt(gamma) z_i Gamma_ii / 2
};

}  // namespace ballast
