#include "quant/pricing/heston_calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/SVD>
#include <ceres/ceres.h>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/implied_vol_batch.hpp"

namespace ballast {
namespace {

constexpr std::size_t parameter_count = 5;
constexpr std::array<std::string_view, parameter_count> names{"v0", "kappa", "theta", "sigma",
                                                              "rho"};
using Point = std::array<double, parameter_count>;

Point point_of(const HestonParameters& p) { return {p.v0, p.kappa, p.theta, p.sigma, p.rho}; }
HestonParameters parameters_of(std::span<const double, parameter_count> x) {
  return {x[0], x[1], x[2], x[3], x[4]};
}

/// The least part of sqrt(FK) that prices resolve.
constexpr double resolved = 1e-13;

/// A quote as residuals need it.
struct Target {
  HestonOption option;
  double x = 0.0;      // -|ln(F/K)|
  double scale = 0.0;  // of a time value: discount sqrt(FK)
  double intrinsic = 0.0;
  double stdev = 0.0;  // vol sqrt(T)
  double weight = 1.0;
  std::size_t place = 0;  // among all quotes
};

/// Quotes of one expiry.
struct Group {
  HestonExpiry expiry;
  std::vector<Target> targets;
  std::vector<HestonOption> options;
};

Result<Target> target_of(const HestonQuote& quote, std::size_t place) {
  BALLAST_CHECK(require_positive("forward", quote.expiry.forward));
  BALLAST_CHECK(require_positive("discount", quote.expiry.discount));
  BALLAST_CHECK(require_positive("years", quote.expiry.years));
  BALLAST_CHECK(require_positive("strike", quote.option.strike));
  BALLAST_CHECK(require_positive("weight", quote.weight));
  if (quote.vol.has_value() == quote.price.has_value()) {
    return fail(Errc::bad_input, fmt::format("quote {} must have either vol or price", place));
  }
  const double forward = quote.expiry.forward;
  const double strike = quote.option.strike;
  const double sign = quote.option.right == OptionRight::call ? 1.0 : -1.0;
  Target target{.option = quote.option,
                .x = -std::fabs(std::log(forward / strike)),
                .scale = quote.expiry.discount * std::sqrt(forward) * std::sqrt(strike),
                .intrinsic = quote.expiry.discount * std::max(0.0, sign * (forward - strike)),
                .stdev = 0.0,
                .weight = quote.weight,
                .place = place};
  if (quote.vol) {
    BALLAST_CHECK(require_positive("vol", *quote.vol));
    target.stdev = *quote.vol * std::sqrt(quote.expiry.years);
    const double value = detail::black_time_value(target.x, target.stdev);
    if (value > resolved && value < std::exp(0.5 * target.x) * (1.0 - resolved)) return target;
    return fail(Errc::bad_input, fmt::format("quote {} is so far from the money that its price, {} "
                                             "of the forward, determines no vol",
                                             place, value));
  }
  BALLAST_CHECK(require_not_negative("price", *quote.price));
  const auto stdev =
      detail::black_stdev(target.x, (*quote.price - target.intrinsic) / target.scale);
  if (!stdev) {
    return fail(Errc::bad_input,
                fmt::format("the price {} of quote {} is that of no vol: it must be above {} and "
                            "below the forward or strike",
                            *quote.price, place, target.intrinsic));
  }
  target.stdev = *stdev;
  return target;
}

Result<std::vector<Group>> groups_of(std::span<const HestonQuote> quotes) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    BALLAST_TRY(target, target_of(quotes[i], i));
    const HestonExpiry& expiry = quotes[i].expiry;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& known) {
      return known.expiry.years == expiry.years && known.expiry.forward == expiry.forward &&
             known.expiry.discount == expiry.discount;
    });
    if (group == groups.end()) {
      groups.emplace_back().expiry = expiry;
      group = groups.end() - 1;
    }
    group->targets.push_back(target);
    group->options.push_back(target.option);
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.expiry.years < b.expiry.years; });
  return groups;
}

/// The quotes' vols beside the model's, at one point after another.
class VolMisses {
 public:
  explicit VolMisses(std::span<const Group> groups) : groups_(groups) {
    for (const Group& group : groups) {
      for (const Target& target : group.targets) {
        const double forward = group.expiry.forward;
        const double strike = target.option.strike;
        right_.push_back(forward <= strike ? OptionRight::call : OptionRight::put);
        forward_.push_back(forward);
        strike_.push_back(strike);
        years_.push_back(group.expiry.years);
      }
    }
    const std::size_t count = right_.size();
    values_.resize(count);
    time_values_.resize(count);
    by_price_.resize(count);
    vols_.resize(count);
    status_.resize(count);
    residuals_.resize(count);
    jacobian_.resize(count * parameter_count);
  }

  /// Computes both at `p`, unless that is where they are; false where a price is not to be had.
  bool look_at(const HestonParameters& p) {
    if (at_ == p) return true;
    at_.reset();
    if (!price(p)) return false;
    const auto found =
        implied_vol_batch({right_, forward_, strike_, years_, time_values_}, vols_, status_);
    BALLAST_ASSERT(found.has_value());
    std::size_t next = 0;
    for (const Group& group : groups_) {
      const double root = std::sqrt(group.expiry.years);
      for (const Target& target : group.targets) {
        take(target, root, next);
        ++next;
      }
    }
    at_ = p;
    return true;
  }

  /// Unweighted, in the order of the quotes.
  std::span<const double> residuals() const { return residuals_; }
  /// By parameter, a row a quote.
  std::span<const double> jacobian() const { return jacobian_; }

 private:
  bool price(const HestonParameters& p) {
    std::size_t next = 0;
    for (const Group& group : groups_) {
      const std::span<HestonValue> values = std::span(values_).subspan(next, group.options.size());
      if (!heston_values(p, group.expiry, group.options, values)) return false;
      for (const Target& target : group.targets) {
        const double bound = std::exp(0.5 * target.x);
        const double value = (values_[next].price - target.intrinsic) / target.scale;
        const double held = std::clamp(value, resolved * bound, bound * (1.0 - resolved));
        time_values_[next] = held * std::sqrt(forward_[next]) * std::sqrt(strike_[next]);
        by_price_[next] = held == value ? 1.0 / target.scale : 0.0;
        ++next;
      }
    }
    return true;
  }

  /// Of the next quote. Where the value is below what a double resolves, the vol is that of the
  /// smallest that is resolved, and nothing moves it.
  void take(const Target& target, double root, std::size_t next) {
    const bool is_found = status_[next] == ImpliedVolStatus::found;
    const double stdev = is_found ? vols_[next] * root : target.stdev;
    residuals_[target.place] = (stdev - target.stdev) / root;
    const double by_price =
        by_price_[next] == 0.0
            ? 0.0
            : by_price_[next] / (detail::black_time_value_by_stdev(target.x, stdev) * root);
    const Point gradient = point_of(values_[next].gradient);
    for (std::size_t j = 0; j < parameter_count; ++j)
      jacobian_[target.place * parameter_count + j] = by_price * gradient[j];
  }

  std::span<const Group> groups_;
  // Group after group: the options that are out of the money, and what they are worth.
  std::vector<OptionRight> right_;
  std::vector<double> forward_, strike_, years_;
  std::vector<HestonValue> values_;
  std::vector<double> time_values_, by_price_, vols_;
  std::vector<ImpliedVolStatus> status_;
  std::optional<HestonParameters> at_;
  std::vector<double> residuals_, jacobian_;
};

/// With Feller's condition, the coordinate of sigma is its share of sqrt(2 kappa theta), up to 1.
HestonParameters from_coordinates(const Point& x, bool feller) {
  HestonParameters p = parameters_of(x);
  if (feller) p.sigma = x[3] * std::sqrt(2.0 * p.kappa * p.theta);
  return p;
}
void to_coordinates(double* row, const Point& x, bool feller) {
  if (!feller) return;
  const double root = std::sqrt(2.0 * x[1] * x[2]);
  row[1] += row[3] * x[3] * 0.5 * root / x[1];
  row[2] += row[3] * x[3] * 0.5 * root / x[2];
  row[3] *= root;
}

/// Residuals and derivatives are worth computing together: most points that are tried are taken.
class VolResiduals final : public ceres::CostFunction {
 public:
  VolResiduals(VolMisses& misses, std::span<const double> roots, bool feller)
      : misses_(misses), roots_(roots), feller_(feller) {
    set_num_residuals(static_cast<int>(roots.size()));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(parameter_count));
  }

  bool Evaluate(double const* const* parameters,
                double* residuals,
                double** jacobians) const override {
    Point x;
    std::copy_n(parameters[0], parameter_count, x.begin());
    if (!misses_.look_at(from_coordinates(x, feller_))) return false;
    double* const jacobian = jacobians == nullptr ? nullptr : jacobians[0];
    for (std::size_t i = 0; i < roots_.size(); ++i) {
      residuals[i] = roots_[i] * misses_.residuals()[i];
      if (jacobian == nullptr) continue;
      double* const row = jacobian + i * parameter_count;
      std::copy_n(misses_.jacobian().begin() + i * parameter_count, parameter_count, row);
      to_coordinates(row, x, feller_);
      for (std::size_t j = 0; j < parameter_count; ++j)
        row[j] *= roots_[i];
    }
    return true;
  }

 private:
  VolMisses& misses_;
  std::span<const double> roots_;  // of the weights
  bool feller_;
};

struct Bounds {
  Point lower, upper;
};

Result<Bounds> bounds_of(const HestonCalibrationOptions& options) {
  BALLAST_CHECK(check_heston(options.bounds.lower));
  BALLAST_CHECK(check_heston(options.bounds.upper));
  Bounds bounds{point_of(options.bounds.lower), point_of(options.bounds.upper)};
  for (std::size_t j = 0; j < parameter_count; ++j) {
    if (!(bounds.lower[j] < bounds.upper[j])) {
      return fail(Errc::bad_input, fmt::format("the bounds of {} are {} and {}: they must grow",
                                               names[j], bounds.lower[j], bounds.upper[j]));
    }
  }
  if (options.feller) {
    bounds.lower[3] = 1e-3;
    bounds.upper[3] = 1.0 - 1e-12;  // not so close that rounding breaks the condition
  }
  return bounds;
}

struct Fit {
  HestonSearch search;
  double cost = 0.0;
};

Fit search_from(const HestonParameters& start,
                VolMisses& misses,
                std::span<const double> roots,
                const Bounds& bounds,
                const HestonCalibrationOptions& options) {
  Point x = point_of(start);
  if (options.feller) x[3] = start.sigma / std::sqrt(2.0 * start.kappa * start.theta);
  for (std::size_t j = 0; j < parameter_count; ++j)
    x[j] = std::clamp(x[j], bounds.lower[j], bounds.upper[j]);
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  VolResiduals residuals(misses, roots, options.feller);
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&residuals, nullptr, x.data());
  for (std::size_t j = 0; j < parameter_count; ++j) {
    problem.SetParameterLowerBound(x.data(), static_cast<int>(j), bounds.lower[j]);
    problem.SetParameterUpperBound(x.data(), static_cast<int>(j), bounds.upper[j]);
  }
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::DENSE_QR;
  solver.max_num_iterations = options.iterations_max;
  solver.function_tolerance = 1e-14;
  solver.gradient_tolerance = 1e-15;
  solver.parameter_tolerance = 1e-12;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &problem, &summary);
  return {.search = {.start = start,
                     .end = from_coordinates(x, options.feller),
                     .iterations = static_cast<int>(summary.iterations.size()),
                     .has_converged = summary.termination_type == ceres::CONVERGENCE},
          .cost = summary.IsSolutionUsable() ? summary.final_cost
                                             : std::numeric_limits<double>::infinity()};
}

double rmse_of(std::span<const double> residuals) {
  double sum = 0.0;
  for (const double residual : residuals)
    sum += residual * residual;
  return std::sqrt(sum / static_cast<double>(residuals.size()));
}

/// Variances at the money of the nearest and the farthest expiry, with speeds and smiles of several
/// kinds.
std::vector<HestonParameters> starts_of(std::span<const Group> groups) {
  const auto variance = [](const Group& group) {
    const auto nearest =
        std::max_element(group.targets.begin(), group.targets.end(),
                         [](const Target& a, const Target& b) { return a.x < b.x; });
    return nearest->stdev * nearest->stdev / group.expiry.years;
  };
  const double near = variance(groups.front());
  const double far = variance(groups.back());
  return {{near, 1.5, far, 0.8 * std::sqrt(far) + 0.2, -0.4},
          {near, 4.0, far, 1.5 * std::sqrt(far) + 0.3, -0.7},
          {near, 0.5, 1.2 * far, 0.4, 0.2},
          {0.8 * near, 8.0, far, 2.0 * std::sqrt(far) + 0.5, -0.1},
          {1.2 * near, 2.0, 0.7 * far, 0.6, 0.5}};
}

/// What the derivatives at the solution say of how well the parameters are determined.
void judge(std::span<const double> jacobian,
           std::span<const double> roots,
           std::span<const double> residuals,
           HestonCalibration& calibration) {
  const auto count = static_cast<Eigen::Index>(roots.size());
  constexpr auto columns = static_cast<Eigen::Index>(parameter_count);
  const Point at = point_of(calibration.parameters);
  Point units = at;
  units[4] = 1.0;
  Eigen::MatrixXd matrix(count, columns);
  double square_sum = 0.0;
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (std::size_t j = 0; j < parameter_count; ++j)
      matrix(i, static_cast<Eigen::Index>(j)) =
          roots[row] * jacobian[row * parameter_count + j] * units[j];
    square_sum += roots[row] * roots[row] * residuals[row] * residuals[row];
  }
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto& singular = svd.singularValues();
  const double least = singular(columns - 1);
  if (!(least > 1e-14 * singular(0))) return;
  calibration.condition = singular(0) / least;
  if (roots.size() <= parameter_count) return;
  const double variance = square_sum / static_cast<double>(roots.size() - parameter_count);
  Point errors{};
  for (std::size_t j = 0; j < parameter_count; ++j) {
    double sum = 0.0;
    for (Eigen::Index k = 0; k < columns; ++k) {
      const double part = svd.matrixV()(static_cast<Eigen::Index>(j), k) / singular(k);
      sum += part * part;
    }
    errors[j] = units[j] * std::sqrt(variance * sum);
  }
  calibration.standard_errors = parameters_of(errors);
}

void name_bounds(const HestonCalibrationOptions& options,
                 const Bounds& bounds,
                 HestonCalibration& calibration) {
  Point at = point_of(calibration.parameters);
  if (options.feller) {
    const HestonParameters& p = calibration.parameters;
    at[3] = p.sigma / std::sqrt(2.0 * p.kappa * p.theta);
  }
  for (std::size_t j = 0; j < parameter_count; ++j) {
    const double near = 1e-6 * (bounds.upper[j] - bounds.lower[j]);
    if (at[j] <= bounds.lower[j] + near || at[j] >= bounds.upper[j] - near)
      calibration.at_bound.push_back(names[j]);
  }
}

Result<void> compare(VolMisses& misses,
                     const HestonParameters& previous,
                     HestonCalibration& calibration) {
  BALLAST_CHECK(check_heston(previous));
  if (!misses.look_at(previous)) {
    return fail(Errc::no_convergence, "the previous parameters do not price these quotes");
  }
  const HestonParameters& now = calibration.parameters;
  calibration.previous = HestonComparison{
      rmse_of(misses.residuals()),
      {now.v0 - previous.v0, now.kappa - previous.kappa, now.theta - previous.theta,
       now.sigma - previous.sigma, now.rho - previous.rho}};
  return {};
}

}  // namespace

Result<HestonCalibration> calibrate_heston(std::span<const HestonQuote> quotes,
                                           const HestonCalibrationOptions& options) {
  if (quotes.size() < parameter_count) {
    return fail(Errc::infeasible,
                fmt::format("{} quotes do not determine five parameters", quotes.size()));
  }
  BALLAST_TRY(groups, groups_of(quotes));
  BALLAST_TRY(bounds, bounds_of(options));
  for (const HestonParameters& start : options.starts)
    BALLAST_CHECK(check_heston(start));
  std::vector<double> roots;
  for (const HestonQuote& quote : quotes)
    roots.push_back(std::sqrt(quote.weight));
  VolMisses misses(groups);
  HestonCalibration calibration;
  double best = std::numeric_limits<double>::infinity();
  for (const HestonParameters& start :
       options.starts.empty() ? starts_of(groups) : options.starts) {
    Fit fit = search_from(start, misses, roots, bounds, options);
    if (!std::isfinite(fit.cost) || !misses.look_at(fit.search.end)) continue;
    fit.search.rmse_vol = rmse_of(misses.residuals());
    if (fit.cost < best) {
      best = fit.cost;
      calibration.parameters = fit.search.end;
      calibration.iterations = fit.search.iterations;
    }
    calibration.searches.push_back(fit.search);
  }
  if (calibration.searches.empty() || !misses.look_at(calibration.parameters)) {
    return fail(Errc::no_convergence, "no start leads to parameters that price the quotes");
  }
  calibration.residuals.assign(misses.residuals().begin(), misses.residuals().end());
  calibration.rmse_vol = rmse_of(calibration.residuals);
  calibration.feller_holds = feller_holds(calibration.parameters);
  judge(misses.jacobian(), roots, calibration.residuals, calibration);
  name_bounds(options, bounds, calibration);
  if (options.previous) BALLAST_CHECK(compare(misses, *options.previous, calibration));
  return calibration;
}

}  // namespace ballast
