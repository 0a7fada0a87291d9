#include "quant/control/glft_multi.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"

namespace ballast {
namespace {

Result<void> require_each_positive(std::string_view name, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    BALLAST_CHECK(require_positive(fmt::format("{}[{}]", name, i), values[i]));
  return {};
}

Result<void> require_size(std::string_view name, std::size_t size, std::size_t wanted) {
  if (size == wanted) return {};
  return fail(Errc::bad_input, fmt::format("{} holds {} numbers: {} are needed, for k names that "
                                           "many assets",
                                           name, size, wanted));
}

Result<void> check_covariance(std::span<const double> sigma, std::size_t n) {
  if (sigma.size() != n * n) {
    return fail(Errc::bad_input,
                fmt::format("sigma holds {} numbers: {} x {} are needed, a row an asset",
                            sigma.size(), n, n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      BALLAST_CHECK(require_finite(fmt::format("sigma[{}][{}]", i, j), sigma[i * n + j]));
    BALLAST_CHECK(require_not_negative(fmt::format("sigma[{}][{}]", i, i), sigma[i * n + i]));
  }
  constexpr double tolerance = 1e-12;  // of two ways to compute the same covariance
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double one = sigma[i * n + j];
      const double other = sigma[j * n + i];
      if (std::fabs(one - other) > tolerance * std::max(std::fabs(one), std::fabs(other))) {
        return fail(Errc::bad_input,
                    fmt::format("sigma[{}][{}] is {} and sigma[{}][{}] is {}: it must be symmetric",
                                i, j, one, j, i, other));
      }
    }
  }
  return {};
}

Result<void> check(const GlftMultiInput& input) {
  const std::size_t n = input.k.size();
  if (n < 1 || n > glft_assets_max) {
    return fail(Errc::bad_input,
                fmt::format("k holds {} numbers: it must be 1 to {}", n, glft_assets_max));
  }
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_size("A", input.fill_rate.size(), n));
  BALLAST_CHECK(require_size("z", input.size.size(), n));
  BALLAST_CHECK(require_each_positive("k", input.k));
  BALLAST_CHECK(require_each_positive("A", input.fill_rate));
  BALLAST_CHECK(require_each_positive("z", input.size));
  return check_covariance(input.sigma, n);
}

/// The root of a symmetric, positive semidefinite matrix.
Result<Eigen::MatrixXd> symmetric_root(const Eigen::MatrixXd& matrix) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  if (solver.info() != Eigen::Success) {
    return fail(Errc::no_convergence, "the eigenvalues of sigma could not be found");
  }
  const Eigen::VectorXd& values = solver.eigenvalues();  // ascending
  const double most = values(values.size() - 1);
  // What rounding can make of an eigenvalue that is 0.
  const double rounding = 1e-14 * static_cast<double>(values.size()) * std::fabs(most);
  if (values(0) < -rounding) {
    return fail(Errc::bad_input,
                "sigma is no covariance matrix: it has a negative eigenvalue, so some portfolio "
                "would have a negative variance");
  }
  const Eigen::VectorXd roots = values.cwiseMax(0.0).cwiseSqrt();
  return Eigen::MatrixXd(solver.eigenvectors() * roots.asDiagonal() *
                         solver.eigenvectors().transpose());
}

/// Whether root * root is `matrix` to eight digits of each pair's own size. A root is only as exact
/// as its largest entry: an asset of far smaller risk would be quoted by rounding errors.
bool is_root(const Eigen::MatrixXd& root, const Eigen::MatrixXd& matrix) {
  const Eigen::MatrixXd square = root * root;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
      const double size = std::sqrt(matrix(i, i)) * std::sqrt(matrix(j, j));
      if (!(std::fabs(square(i, j) - matrix(i, j)) <= 1e-8 * size)) return false;
    }
  }
  return true;
}

}  // namespace

Result<GlftMulti> GlftMulti::create(const GlftMultiInput& input) {
  BALLAST_CHECK(check(input));
  const std::size_t n = input.k.size();
  const auto size = static_cast<Eigen::Index>(n);
  const bool exponential = input.utility == MarketMakerUtility::exponential;

  GlftMulti market;
  market.root_gamma_ = std::sqrt(input.gamma);
  Eigen::VectorXd root_d(size);
  for (std::size_t i = 0; i < n; ++i) {
    const double step = input.gamma * input.size[i];
    const double log_ratio = std::log1p(step / input.k[i]);
    const double log_c = exponential ? -(1.0 + input.k[i] / step) * log_ratio : -1.0;
    root_d(static_cast<Eigen::Index>(i)) =
        std::sqrt(2.0 * input.fill_rate[i] * input.k[i] * std::exp(log_c) * input.size[i]);
    market.base_.push_back(exponential ? log_ratio / step : 1.0 / input.k[i]);
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> sigma(input.sigma.data(), size, size);
  const Eigen::MatrixXd even = 0.5 * (sigma + sigma.transpose());
  const Eigen::MatrixXd scaled = root_d.asDiagonal() * even * root_d.asDiagonal();
  if (!root_d.allFinite() || !scaled.allFinite()) {
    return fail(Errc::overflow, "sigma, A, k and z multiply to more than a double holds");
  }
  BALLAST_TRY(root, symmetric_root(scaled));
  if (!is_root(root, scaled)) {
    return fail(Errc::no_convergence,
                "the assets' risks are too far apart for double precision: an asset of which "
                "sigma A k z is next to nothing beside the others' must be quoted alone");
  }
  market.gamma_matrix_.resize(n * n);
  Eigen::Map<RowMajor> gamma(market.gamma_matrix_.data(), size, size);
  gamma = root_d.cwiseInverse().asDiagonal() * root * root_d.cwiseInverse().asDiagonal();
  if (!gamma.allFinite()) {
    return fail(Errc::overflow, "Gamma is more than a double holds: A, k or z is next to nothing");
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j)  // exactly symmetric, whatever the order of sums was
      market.gamma_matrix_[i * n + j] = market.gamma_matrix_[j * n + i];
    market.base_[i] += market.root_gamma_ * 0.5 * input.size[i] * market.gamma_matrix_[i * n + i];
  }
  return market;
}

Result<void> GlftMulti::depths(std::span<const double> q,
                               std::span<double> bid,
                               std::span<double> ask) const {
  const std::size_t n = assets();
  BALLAST_ASSERT(q.size() == n && bid.size() == n && ask.size() == n);
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(q[i])) return require_finite(fmt::format("q[{}]", i), q[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const double> row = gamma_matrix().subspan(i * n, n);
    double skew = 0.0;
    for (std::size_t j = 0; j < n; ++j)
      skew += row[j] * q[j];
    skew *= root_gamma_;
    bid[i] = base_[i] + skew;
    ask[i] = base_[i] - skew;
  }
  return {};
}

}  // namespace ballast
