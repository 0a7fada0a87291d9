// Baldacci, Bergault and Guéant (2021), "Algorithmic market making for options", Quantitative
// Finance 21(1) (arXiv 1907.12433): the quotes of a maker in many options on one underlying, whose
// delta is hedged. The vegas V_i being frozen, as there, the book is one number, its vega
// V = sum q_i V_i:
//
//   0 = v_t + m V - gamma w^2 V^2 / 2 + sum_i z_i (H_i(p_i+) + H_i(p_i-)),   v(T, V) = 0
//   p_i+- = (v(V) - v(V +- z_i V_i)) / z_i      what a fill costs the value, of one option
//   H(p) = sup_depth fills(depth) (depth - p)   bid depth = argsup H(p+), ask depth that of p-
//
//   w  standard deviation of the volatility in a root of a year: xi / 2 of Heston's model
//   m  how much faster volatility is expected to rise than options are priced with, per year:
//      (a_P - a_Q) / (2 root nu); the variance nu is kept at its level, which T is too short to
//      move
//
// VegaSkew has v as a parabola, H_i as one about p = 0 (Bergault, Evangelista, Guéant and Vieira,
// 2021, in one dimension); VegaGrid the equation as it stands, with a limit on |V|:
//
//   v = b V - a V^2     a = w root(gamma / (8 D)) tanh(r T)      D = sum_i z_i V_i^2 H_i''(0)
//                       b = m tanh(r T) / r                      r = w root(2 gamma D)
//
// So all prices move by one number of volatility points, 2 a V - b, and the book that needs no
// skew is V* = m / (gamma w^2).
// Money in one currency, vegas in it per 1.00 of volatility, times in years (or all in another
// unit of time).
// Tests: prices and vegas of the paper's figures; parabola against grid; a grid of every inventory;
// one option is glft_multi; sizes and signs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace ballast {

/// Fills a year at a depth from the mid: rate exp(-k depth).
struct ExponentialFills {
  double rate = 0.0;  // > 0
  double k = 0.0;     // 1 / price, > 0
};
/// rate / (1 + exp(shift + slope depth)).
struct LogisticFills {
  double rate = 0.0;   // > 0
  double shift = 0.0;  // at most 700 either way
  double slope = 0.0;  // 1 / price, > 0
};
using OptionFills = std::variant<ExponentialFills, LogisticFills>;

/// argsup of H(p).
double best_depth(const OptionFills& fills, double p);
/// H(p), money a year for one option a fill.
double best_gain(const OptionFills& fills, double p);
/// H''(0).
double gain_curvature(const OptionFills& fills);

struct QuotedOption {
  double vega = 0.0;  // of one option, > 0
  double size = 0.0;  // z: options a fill, > 0
  OptionFills fills;
};

struct VegaMaker {
  double gamma = 0.0;             // risk aversion, 1 / money, > 0
  double vol_of_vol = 0.0;        // w, > 0
  double drift = 0.0;             // m
  std::optional<double> horizon;  // T, > 0; absent: long before the end
};

struct OptionDepths {
  double bid = 0.0;  // prices from the mid
  double ask = 0.0;
};

class VegaSkew {
 public:
  /// Errors: bad_input, naming the parameter; overflow.
  static Result<VegaSkew> create(const VegaMaker& maker, std::span<const QuotedOption> options);
  /// The same from D. Error: bad_input.
  static Result<VegaSkew> create(const VegaMaker& maker, double liquidity);

  double a() const { return a_; }
  double b() const { return b_; }
  /// V*: what no quote leans against.
  double target() const { return target_; }
  /// How far every option's prices move down at a vega, in volatility of 1.00.
  double vol_skew(double vega) const { return 2.0 * a_ * vega - b_; }
  /// p of a fill that adds `size` options of `vega` each to the book's `held`; sold: size below 0.
  double cost_of_fill(double held, double vega, double size) const {
    const double by = size > 0.0 ? vega : -vega;
    return by * vol_skew(held) + a_ * (size > 0.0 ? size : -size) * vega * vega;
  }
  OptionDepths depths(const QuotedOption& option, double held) const;

 private:
  double a_ = 0.0;
  double b_ = 0.0;
  double target_ = 0.0;
};

/// D of VegaSkew, money vega^2 a year: what quoting the options lets through.
/// Errors: bad_input, naming the option; overflow.
Result<double> vega_liquidity(std::span<const QuotedOption> options);

class VegaGrid {
 public:
  /// @param limit   |V| goes no further, > 0: the side that would take it there is not quoted.
  /// @param points  of V, 3 to 2001. Between them v is a line.
  /// Errors: bad_input; no_convergence, where the horizon has more than a million fills; overflow.
  static Result<VegaGrid> solve(const VegaMaker& maker,
                                std::span<const QuotedOption> options,
                                double limit,
                                std::size_t points);

  /// v(0, V), |V| <= limit.
  double value(double held) const;
  struct Depths {
    std::optional<double> bid;
    std::optional<double> ask;
  };
  Depths depths(const QuotedOption& option, double held) const;

 private:
  std::optional<double> cost_of_fill(double held, double vega, double size) const;

  double limit_ = 0.0;
  std::vector<double> values_;
};

}  // namespace ballast
