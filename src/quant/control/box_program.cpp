#include "quant/control/box_program.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr double gap_max = 1e-13;      // of the terms of the objective, which is flat at its best
constexpr double feasible_to = 1e-10;  // of the right-hand sides, scaled
constexpr double to_boundary = 0.995;  // the share of the way to the nearest bound that a step goes

double largest(std::span<const double> values) {
  double most = 0.0;
  for (const double value : values)
    most = std::max(most, std::fabs(value));
  return most;
}

/// Of quadratic y^2 / 2 + cost y over the box.
double least(double cost, double quadratic, double upper, bool free) {
  if (free) return -0.5 * cost * cost / quadratic;
  if (cost >= 0.0) return 0.0;
  const double at = quadratic * upper > -cost ? -cost / quadratic : upper;
  return (0.5 * quadratic * at + cost) * at;
}

}  // namespace

void BoxProgram::begin(std::size_t rows, double money) {
  BALLAST_ASSERT(money > 0.0);
  columns_.clear();
  entries_.clear();
  begins_.assign(1, 0);
  right_.assign(rows, 0.0);
  money_ = money;
}

std::size_t BoxProgram::add(const Column& column) {
  BALLAST_ASSERT(column.typical > 0.0 && column.quadratic >= 0.0);
  BALLAST_ASSERT(column.free ? column.quadratic > 0.0 : column.upper >= 0.0);
  columns_.push_back(column);
  begins_.push_back(entries_.size());
  return columns_.size() - 1;
}

void BoxProgram::entry(std::size_t row, double value) {
  BALLAST_ASSERT(row < right_.size() && !columns_.empty());
  if (value == 0.0) return;
  entries_.push_back({row, value});
  begins_.back() = entries_.size();
}

std::span<const BoxProgram::Entry> BoxProgram::entries(std::size_t column) const {
  return std::span(entries_).subspan(begins_[column], begins_[column + 1] - begins_[column]);
}

void BoxProgram::scale() {
  const std::size_t rows = right_.size();
  const std::size_t n = columns_.size();
  scaled_ = entries_;
  row_scale_.assign(rows, 0.0);
  linear_.resize(n);
  quadratic_.resize(n);
  upper_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Column& column = columns_[i];
    linear_[i] = column.linear * column.typical / money_;
    quadratic_[i] = column.quadratic * column.typical * column.typical / money_;
    upper_[i] = column.upper / column.typical;
    for (std::size_t k = begins_[i]; k < begins_[i + 1]; ++k) {
      scaled_[k].value *= column.typical;
      double& most = row_scale_[scaled_[k].row];
      most = std::max(most, std::fabs(scaled_[k].value));
    }
  }
  b_.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    if (!(row_scale_[r] > 0.0)) row_scale_[r] = 1.0;
    b_[r] = right_[r] / row_scale_[r];
  }
  for (Entry& entry : scaled_)
    entry.value /= row_scale_[entry.row];
}

void BoxProgram::start() {
  const std::size_t n = columns_.size();
  const std::size_t rows = right_.size();
  for (auto* each : {&y_, &w_, &low_, &high_, &dual_residual_}) {
    each->assign(n, 0.0);
  }
  for (auto* each : {&dy_, &dlow_, &dhigh_, &low_target_, &high_target_, &weight_}) {
    each->assign(n, 0.0);
  }
  price_.assign(rows, 0.0);
  dprice_.assign(rows, 0.0);
  primal_residual_.assign(rows, 0.0);
  shift_.assign(rows, 0.0);
  normal_.assign(rows * rows, 0.0);
  boxed_ = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (columns_[i].free || upper_[i] <= 0.0) continue;
    ++boxed_;
    y_[i] = std::min(0.5 * upper_[i], 1.0);
    w_[i] = upper_[i] - y_[i];
    // Multipliers of the size of the column's own price: large prices are penalties.
    const double size = std::max(1.0, std::fabs(linear_[i]));
    low_[i] = size / std::min(1.0, y_[i]);
    high_[i] = size / std::max(1.0, w_[i]);
  }
}

void BoxProgram::residuals() {
  std::copy(b_.begin(), b_.end(), primal_residual_.begin());
  complementarity_ = 0.0;
  objective_size_ = 1.0;
  gap_ = 0.0;
  for (std::size_t r = 0; r < b_.size(); ++r)
    gap_ -= b_[r] * price_[r];
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool free = columns_[i].free;
    double reduced = linear_[i];
    for (std::size_t k = begins_[i]; k < begins_[i + 1]; ++k) {
      reduced -= scaled_[k].value * price_[scaled_[k].row];
      primal_residual_[scaled_[k].row] -= scaled_[k].value * y_[i];
    }
    const double objective = (0.5 * quadratic_[i] * y_[i] + linear_[i]) * y_[i];
    objective_size_ += std::fabs(objective);
    gap_ += objective - least(reduced, quadratic_[i], upper_[i], free);
    if (!free && upper_[i] <= 0.0) continue;
    dual_residual_[i] = -(reduced + quadratic_[i] * y_[i] - low_[i] + high_[i]);
    if (!free) complementarity_ += y_[i] * low_[i] + w_[i] * high_[i];
  }
}

/// A D A' = L L' in place. A row that the ones before it imply gets an infinite pivot, which leaves
/// its price as it is.
void BoxProgram::factorise() {
  const std::size_t rows = right_.size();
  std::fill(normal_.begin(), normal_.end(), 0.0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].free) {
      weight_[i] = 1.0 / quadratic_[i];
    } else if (upper_[i] > 0.0) {
      weight_[i] = 1.0 / (quadratic_[i] + low_[i] / y_[i] + high_[i] / w_[i]);
    } else {
      continue;
    }
    for (std::size_t k = begins_[i]; k < begins_[i + 1]; ++k) {
      const double weighed = weight_[i] * scaled_[k].value;
      for (std::size_t m = begins_[i]; m <= k; ++m) {
        const std::size_t row = std::max(scaled_[k].row, scaled_[m].row);
        normal_[row * rows + std::min(scaled_[k].row, scaled_[m].row)] +=
            weighed * scaled_[m].value;
      }
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    double* row = &normal_[i * rows];
    const double diagonal = row[i];
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = &normal_[j * rows];
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k)
        sum -= row[k] * other[k];
      row[j] = sum / other[j];
      row[i] -= row[j] * row[j];
    }
    row[i] = row[i] > 1e-14 * diagonal && row[i] > 0.0 ? std::sqrt(row[i]) : 1e64;
  }
}

void BoxProgram::solve_normal() {
  const std::size_t rows = right_.size();
  for (std::size_t i = 0; i < rows; ++i) {
    double sum = dprice_[i];
    for (std::size_t k = 0; k < i; ++k)
      sum -= normal_[i * rows + k] * dprice_[k];
    dprice_[i] = sum / normal_[i * rows + i];
  }
  for (std::size_t i = rows; i-- > 0;) {
    dprice_[i] /= normal_[i * rows + i];
    for (std::size_t k = 0; k < i; ++k)
      dprice_[k] -= normal_[i * rows + k] * dprice_[i];
  }
}

/// Newton's step for y low = low_target + old product, and so on: what remains of each product.
void BoxProgram::direction() {
  std::copy(primal_residual_.begin(), primal_residual_.end(), dprice_.begin());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (weight_[i] <= 0.0) continue;
    double pull = dual_residual_[i];
    if (!columns_[i].free) pull += low_target_[i] / y_[i] - high_target_[i] / w_[i];
    dy_[i] = pull;
    for (std::size_t k = begins_[i]; k < begins_[i + 1]; ++k)
      dprice_[scaled_[k].row] -= scaled_[k].value * weight_[i] * pull;
  }
  solve_normal();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (weight_[i] <= 0.0) continue;
    double pull = dy_[i];
    for (std::size_t k = begins_[i]; k < begins_[i + 1]; ++k)
      pull += scaled_[k].value * dprice_[scaled_[k].row];
    dy_[i] = weight_[i] * pull;
    if (columns_[i].free) continue;
    dlow_[i] = (low_target_[i] - low_[i] * dy_[i]) / y_[i];
    dhigh_[i] = (high_target_[i] + high_[i] * dy_[i]) / w_[i];
  }
}

double BoxProgram::step_length() const {
  double step = 1.0 / to_boundary;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].free || upper_[i] <= 0.0) continue;
    if (dy_[i] < 0.0) step = std::min(step, -y_[i] / dy_[i]);
    if (dy_[i] > 0.0) step = std::min(step, w_[i] / dy_[i]);
    if (dlow_[i] < 0.0) step = std::min(step, -low_[i] / dlow_[i]);
    if (dhigh_[i] < 0.0) step = std::min(step, -high_[i] / dhigh_[i]);
  }
  return std::min(1.0, to_boundary * step);
}

void BoxProgram::solve() {
  scale();
  start();
  const auto pairs = static_cast<double>(std::max<std::size_t>(1, 2 * boxed_));
  const double b_size = 1.0 + largest(b_);
  double error_before = HUGE_VAL;
  for (iterations_ = 0; iterations_ < iterations_max; ++iterations_) {
    residuals();
    const double infeasible = largest(primal_residual_) / b_size;
    if (std::fabs(gap_) <= gap_max * objective_size_ && infeasible <= feasible_to) break;
    // So near to its bounds, the system is singular to rounding: as far as it goes.
    const double error = infeasible + std::fabs(gap_) / objective_size_;
    if (complementarity_ <= 1e-14 * objective_size_ && error > 0.5 * error_before) break;
    error_before = error;
    factorise();
    const double mean = complementarity_ / pairs;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      low_target_[i] = -y_[i] * low_[i];
      high_target_[i] = -w_[i] * high_[i];
    }
    direction();
    const double reach = step_length();
    double left = 0.0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].free) continue;
      left += (y_[i] + reach * dy_[i]) * (low_[i] + reach * dlow_[i]) +
              (w_[i] - reach * dy_[i]) * (high_[i] + reach * dhigh_[i]);
    }
    const double ratio = mean > 0.0 ? std::max(0.0, left / pairs / mean) : 0.0;
    const double centre = ratio * ratio * ratio * mean;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].free) continue;
      low_target_[i] += centre - dy_[i] * dlow_[i];
      high_target_[i] += centre + dy_[i] * dhigh_[i];
    }
    direction();
    const double step = step_length();
    if (!(step > 1e-9)) break;  // rounding has the last word: the bound says how much is left
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      y_[i] += step * dy_[i];
      if (columns_[i].free) continue;
      w_[i] -= step * dy_[i];
      low_[i] += step * dlow_[i];
      high_[i] += step * dhigh_[i];
    }
    for (std::size_t r = 0; r < price_.size(); ++r)
      price_[r] += step * dprice_[r];
  }
  unscale();
}

/// Back to the units given. A value within rounding of a bound that has a price is at that bound.
void BoxProgram::unscale() {
  constexpr double at_bound = 1e-7;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].free) {
      if (y_[i] < at_bound * std::min(1.0, upper_[i]) && low_[i] > y_[i]) y_[i] = 0.0;
      if (w_[i] < at_bound * std::min(1.0, upper_[i]) && high_[i] > w_[i]) y_[i] = upper_[i];
    }
    y_[i] *= columns_[i].typical;
  }
  for (std::size_t r = 0; r < price_.size(); ++r)
    price_[r] *= money_ / row_scale_[r];
}

double BoxProgram::reduced_cost(std::size_t column) const {
  double cost = columns_[column].linear;
  for (const Entry& entry : entries(column))
    cost -= entry.value * price_[entry.row];
  return cost;
}

double BoxProgram::column_bound(std::size_t column) const {
  const Column& c = columns_[column];
  return least(reduced_cost(column), c.quadratic, c.upper, c.free);
}

double BoxProgram::bound() const {
  double sum = 0.0;
  for (std::size_t r = 0; r < right_.size(); ++r)
    sum += right_[r] * price_[r];
  for (std::size_t i = 0; i < columns_.size(); ++i)
    sum += column_bound(i);
  return sum;
}

double BoxProgram::objective() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    sum += (0.5 * columns_[i].quadratic * y_[i] + columns_[i].linear) * y_[i];
  return sum;
}

double BoxProgram::infeasibility() const {
  double worst = 0.0;
  for (std::size_t r = 0; r < right_.size(); ++r) {
    double sum = right_[r];
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      for (const Entry& entry : entries(i)) {
        if (entry.row == r) sum -= entry.value * y_[i];
      }
    }
    worst = std::max(worst, std::fabs(sum) / row_scale_[r]);
  }
  return worst;
}

}  // namespace ballast
