// A separable convex program in boxes, the common core of hedge programs and joint targets:
//
//   minimise  sum_i (quadratic_i y_i^2 / 2 + linear_i y_i)   subject to   A y = b, 0 <= y_i <=
//   upper_i
//
// A covariance enters through its factor: risk y' L L' y / 2 is a free column rho = L' y with
// quadratic 1.
//
// Method: Mehrotra's predictor and corrector, "On the implementation of a primal-dual interior
// point method", SIAM Journal on Optimization 2(4), 1992, with bounds and a diagonal Hessian; the
// normal equations A D A' are dense, columns are sparse. Whatever the iterate, `bound` is a
// certificate: by weak duality no feasible point does better, and boxes make its minimum a formula
// per column. Deterministic, at most `iterations_max` steps. Storage is kept from program to
// program. Tests: a dense simplex on random linear programs; the certificate on random large ones.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ballast {

class BoxProgram {
 public:
  static constexpr int iterations_max = 60;

  struct Column {
    double linear = 0.0;
    double quadratic = 0.0;  // >= 0; of a free column > 0
    double upper = 0.0;      // >= 0; 0 leaves the column out
    double typical = 1.0;    // > 0: the size that its value may have, where the search begins
    bool free = false;       // any value at all
  };

  /// Begins a program of `rows` equations with right-hand sides 0.
  /// @param money  > 0: the size of an objective that matters; gaps are closed to 1e-9 of it.
  void begin(std::size_t rows, double money);
  void right_side(std::size_t row, double value) { right_[row] = value; }
  /// @return  the new column's index; its entries follow, each row at most once.
  std::size_t add(const Column& column);
  void entry(std::size_t row, double value);

  void solve();

  double value(std::size_t column) const { return y_[column]; }
  /// The multiplier of a row: what one more on its right side adds to the objective.
  double price(std::size_t row) const { return price_[row]; }
  /// What a column contributes to the bound: the least of its objective less its rows' prices.
  double column_bound(std::size_t column) const;
  /// No feasible point has an objective below it.
  double bound() const;
  double objective() const;
  /// The largest violation of an equation, in units of the row's largest term.
  double infeasibility() const;
  int iterations() const { return iterations_; }

 private:
  struct Entry {
    std::size_t row = 0;
    double value = 0.0;
  };
  std::span<const Entry> entries(std::size_t column) const;
  double reduced_cost(std::size_t column) const;
  void scale();
  void start();
  void residuals();
  void factorise();
  void solve_normal();
  void direction();
  double step_length() const;
  void unscale();

  // The program as given.
  std::vector<Column> columns_;
  std::vector<std::size_t> begins_;  // of each column's entries, and the end
  std::vector<Entry> entries_;
  std::vector<double> right_;
  double money_ = 1.0;

  // Scaled: columns by their typical size, rows by their largest entry, the objective by money.
  std::vector<double> row_scale_, linear_, quadratic_, upper_, b_;
  std::vector<Entry> scaled_;
  // Iterate: y, its room w = upper - y, and the multipliers of 0 <= y and y <= upper.
  std::vector<double> y_, w_, low_, high_, price_;
  std::vector<double> dy_, dlow_, dhigh_, dprice_;
  std::vector<double> low_target_, high_target_, weight_;
  std::vector<double> dual_residual_, primal_residual_, normal_, shift_;
  double complementarity_ = 0.0;
  double objective_size_ = 1.0;
  double gap_ = 0.0;
  std::size_t boxed_ = 0;
  int iterations_ = 0;
};

}  // namespace ballast
