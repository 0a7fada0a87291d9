// What fit_svi minimises, and its normal equations with exact derivatives.
//
// The smile is moved by its least variance, the slopes of both wings (left L, right R), m and
// sigma:
//   w = least - sigma root(L R) + sigma (L p + R q),   y = (k - m) / sigma, h = root(1 + y^2),
//   p = (h - y) / 2, q = (h + y) / 2
// and each of these by an unbounded coordinate of its own, so derivatives by coordinates are those
// by the five times a diagonal.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "quant/pricing/detail_least_squares.hpp"
#include "quant/pricing/detail_smile_chain.hpp"
#include "quant/pricing/svi.hpp"

namespace ballast::detail {

/// In the order of the coordinates. Also the shape of a derivative by each.
using SviFive = std::array<double, 5>;

/// A smile as the problem moves it.
struct SviShape {
  double least = 0.0;
  double left = 0.0;
  double right = 0.0;
  double m = 0.0;
  double sigma = 0.0;
  SviFive by_coordinate{};  // of the five above, each by its own coordinate

  RawSvi raw() const;
};

/// Unbounded coordinates of smiles that check_svi allows, that keep to the bounds of slopes, and
/// whose bend is not far from the quotes: the logarithm of the least variance, the slopes of both
/// wings, m, and the logarithm of sigma.
class SviCoordinates {
 public:
  SviCoordinates(const SmileChain& chain, const RawSvi* earlier);
  SviShape shape(std::span<const double> x) const;
  std::vector<double> place(const RawSvi& svi) const;

 private:
  double floor_ = 0.0;
  double left_low_ = 0.0;
  double right_low_ = 0.0;
  double m_low_ = 0.0;
  double m_high_ = 0.0;
  double sigma_low_ = 0.0;
  double sigma_high_ = 0.0;
};

/// Residuals of the quotes, then of what would be arbitrage: butterfly and calendar, on a grid
/// about the quotes and where the smiles bend.
class SviProblem {
 public:
  /// `ceilings` count like quotes that are only asked at. `earlier` must outlive the problem.
  SviProblem(SmileChain chain, const RawSvi* earlier, std::span<const VarianceCeiling> ceilings);

  const SviCoordinates& coordinates() const { return coordinates_; }
  /// At coordinates x. `penalty` 0 leaves arbitrage out.
  void equations(std::span<const double> x, double penalty, NormalEquations& out) const;

 private:
  struct FixedPlace {
    double k = 0.0;
    double before = 0.0;      // what calendar arbitrage is measured from: a total variance
    double vol_before = 0.0;  // the same as a vol
  };
  class Sums;
  void add_quotes(const SviShape& shape, Sums& sums) const;
  void add_fixed_places(const SviShape& shape, double factor, Sums& sums) const;
  void add_bend(const SviShape& shape, double factor, Sums& sums) const;
  FixedPlace place_at(double k) const;

  SmileChain chain_;
  const RawSvi* earlier_;
  SviCoordinates coordinates_;
  std::vector<FixedPlace> grid_;
  std::vector<FixedPlace> earlier_bend_;  // looked at for calendar arbitrage alone
};

}  // namespace ballast::detail
