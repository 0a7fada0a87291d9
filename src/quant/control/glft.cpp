#include "quant/control/glft.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

constexpr int limit_max = 500;

Result<void> check_market(const GlftInput& input) {
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_positive("sigma", input.sigma));
  BALLAST_CHECK(require_positive("k", input.k));
  BALLAST_CHECK(require_positive("A", input.fill_rate));
  BALLAST_CHECK(require_finite("drift", input.drift));
  return require_not_negative("impact", input.impact);
}

Result<void> check(const GlftInput& input, int q) {
  BALLAST_CHECK(check_market(input));
  if (input.limit < 1 || input.limit > limit_max) {
    return fail(Errc::bad_input,
                fmt::format("Q is {}: it must be 1 to {}", input.limit, limit_max));
  }
  if (q < -input.limit || q > input.limit) {
    return fail(Errc::bad_input, fmt::format("q is {}: it must be within +-Q, {}", q, input.limit));
  }
  return {};
}

/// M of the header, divided by eta > 0.
class Generator {
 public:
  explicit Generator(const GlftInput& input)
      : eta_(input.fill_rate *
             std::exp(-(1.0 + input.k / input.gamma) * std::log1p(input.gamma / input.k) -
                      0.5 * input.k * input.impact)) {
    const double alpha = 0.5 * input.k * input.gamma * input.sigma * input.sigma;
    for (int q = -input.limit; q <= input.limit; ++q)
      diagonal_.push_back((alpha * q - input.k * input.drift) * q / eta_);
  }

  double eta() const { return eta_; }
  std::size_t size() const { return diagonal_.size(); }
  double diagonal(std::size_t i) const { return diagonal_[i]; }

  /// By bisection on the sign of the pivots of M - x (Sturm's count): absolute to rounding.
  double smallest_eigenvalue() const {
    const auto [least, most] = std::minmax_element(diagonal_.begin(), diagonal_.end());
    double low = *least - 2.0;  // Gershgorin
    double high = *least;       // a diagonal entry is never below it
    const double scale = std::max({std::fabs(low), std::fabs(*most), 1.0});
    while (high - low > 0x1p-52 * scale) {
      const double middle = 0.5 * (low + high);
      if (middle <= low || middle >= high) break;
      (positive_definite(middle) ? low : high) = middle;
    }
    return low;
  }

 private:
  bool positive_definite(double shift) const {
    double pivot = diagonal_[0] - shift;
    for (std::size_t i = 1; i < size() && pivot > 0.0; ++i)
      pivot = diagonal_[i] - shift - 1.0 / pivot;
    return pivot > 0.0;
  }

  double eta_;
  std::vector<double> diagonal_;
};

/// log(v_i / v_(i+1)) of the smallest eigenvalue's vector. Each ratio follows from its neighbour's
/// on the outer side, where v grows inward and errors shrink: not from v itself, whose tails are
/// rounding.
std::vector<double> stationary_log_ratios(const Generator& m) {
  const double lambda = m.smallest_eigenvalue();
  const std::size_t n = m.size();
  std::size_t peak = 0;
  for (std::size_t i = 1; i < n; ++i)
    if (m.diagonal(i) < m.diagonal(peak)) peak = i;
  std::vector<double> log_ratios(n - 1);
  double ratio = 0.0;  // v_(i-1) / v_i
  for (std::size_t i = 0; i < peak; ++i) {
    ratio = 1.0 / (m.diagonal(i) - lambda - ratio);
    log_ratios[i] = std::log(ratio);
  }
  ratio = 0.0;  // v_(i+1) / v_i
  for (std::size_t i = n - 1; i > peak; --i) {
    ratio = 1.0 / (m.diagonal(i) - lambda - ratio);
    log_ratios[i - 1] = -std::log(ratio);
  }
  return log_ratios;
}

/// exp(-M t) up to a factor: c - M has no negative entry, so powers of it lose nothing to
/// cancellation, and what is common to all entries may be dropped against overflow.
class Propagator {
 public:
  Propagator(const Generator& m, double t) : n_(m.size()), entries_(n_ * n_) {
    double shift = 0.0;
    double least = m.diagonal(0);
    for (std::size_t i = 0; i < n_; ++i) {
      shift = std::max(shift, m.diagonal(i));
      least = std::min(least, m.diagonal(i));
    }
    const double norm = (shift - least + 2.0) * t;
    int squarings = 0;
    double step = t;
    for (double left = norm; left > 0.5; left *= 0.5, step *= 0.5)
      ++squarings;

    std::vector<double> base(n_ * n_);
    for (std::size_t i = 0; i < n_; ++i) {
      base[i * n_ + i] = (shift - m.diagonal(i)) * step;
      if (i + 1 < n_) base[i * n_ + i + 1] = base[(i + 1) * n_ + i] = step;
    }
    std::vector<double> term = identity();
    entries_ = term;
    constexpr int terms = 18;  // 0.5^18 / 18! is far below rounding
    for (int i = 1; i <= terms; ++i) {
      term = product(term, base);
      for (double& entry : term)
        entry /= i;
      for (std::size_t j = 0; j < entries_.size(); ++j)
        entries_[j] += term[j];
    }
    for (int i = 0; i < squarings; ++i) {
      entries_ = product(entries_, entries_);
      const double most = *std::max_element(entries_.begin(), entries_.end());
      for (double& entry : entries_)
        entry /= most;
    }
  }

  std::vector<double> times(const std::vector<double>& v) const {
    std::vector<double> result(n_);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t j = 0; j < n_; ++j)
        result[i] += entries_[i * n_ + j] * v[j];
    return result;
  }

 private:
  std::vector<double> identity() const {
    std::vector<double> one(n_ * n_);
    for (std::size_t i = 0; i < n_; ++i)
      one[i * n_ + i] = 1.0;
    return one;
  }
  std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b) const {
    std::vector<double> result(n_ * n_);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t k = 0; k < n_; ++k) {
        const double factor = a[i * n_ + k];
        if (factor == 0.0) continue;
        for (std::size_t j = 0; j < n_; ++j)
          result[i * n_ + j] += factor * b[k * n_ + j];
      }
    return result;
  }

  std::size_t n_;
  std::vector<double> entries_;
};

double base_depth(const GlftInput& input) {
  return std::log1p(input.gamma / input.k) / input.gamma + 0.5 * input.impact;
}

GlftDepths depths(const GlftInput& input, int q, const std::vector<double>& log_ratios) {
  const int place = q + input.limit;
  const auto i = static_cast<std::size_t>(place);
  GlftDepths depths;
  if (q < input.limit) depths.bid = log_ratios[i] / input.k + base_depth(input);
  if (q > -input.limit) depths.ask = -log_ratios[i - 1] / input.k + base_depth(input);
  return depths;
}

}  // namespace

Result<GlftDepths> glft_closed_form(const GlftInput& input, double q) {
  BALLAST_CHECK(check_market(input));
  BALLAST_CHECK(require_finite("q", q));
  const double ratio = input.gamma / input.k;
  const double log_ratio = std::log1p(ratio);
  const double slope =
      std::sqrt(0.5 * input.sigma * input.sigma * ratio / input.fill_rate *
                std::exp((1.0 + 1.0 / ratio) * log_ratio + 0.5 * input.k * input.impact));
  const double tilt = input.drift / (input.gamma * input.sigma * input.sigma);
  const double base = log_ratio / input.gamma + 0.5 * input.impact;
  return GlftDepths{base + (q + 0.5 - tilt) * slope, base - (q - 0.5 - tilt) * slope};
}

Result<GlftDepths> glft_stationary(const GlftInput& input, int q) {
  BALLAST_CHECK(check(input, q));
  return depths(input, q, stationary_log_ratios(Generator(input)));
}

Result<GlftDepths> glft_stationary_between(const GlftInput& input, double q) {
  BALLAST_CHECK(check(input, 0));
  BALLAST_CHECK(require_finite("q", q));
  const std::vector<double> log_ratios = stationary_log_ratios(Generator(input));
  const auto last = static_cast<double>(log_ratios.size() - 1);
  const auto at = [&](double place) {
    place = std::clamp(place, 0.0, last);
    const auto i = static_cast<std::size_t>(place);
    const double rest = place - std::floor(place);
    return rest == 0.0 ? log_ratios[i] : std::lerp(log_ratios[i], log_ratios[i + 1], rest);
  };
  const double place = q + input.limit;
  return GlftDepths{at(place) / input.k + base_depth(input),
                    -at(place - 1.0) / input.k + base_depth(input)};
}

Result<GlftDepths> glft_exact(const GlftInput& input, int q, double horizon) {
  BALLAST_CHECK(check(input, q));
  BALLAST_CHECK(require_not_negative("horizon", horizon));
  const Generator m(input);
  std::vector<double> end;
  for (int held = -input.limit; held <= input.limit; ++held)
    end.push_back(std::exp(-0.5 * input.k * input.impact * held * held));
  const std::vector<double> v = Propagator(m, horizon * m.eta()).times(end);
  std::vector<double> log_ratios;
  for (std::size_t i = 0; i + 1 < v.size(); ++i) {
    if (!(v[i] > 0.0) || !(v[i + 1] > 0.0)) {
      return fail(
          Errc::no_convergence,
          fmt::format("at Q {} the value of the outermost inventories is below what a double "
                      "holds: use a smaller Q, or the stationary solution",
                      input.limit));
    }
    log_ratios.push_back(std::log(v[i] / v[i + 1]));
  }
  return depths(input, q, log_ratios);
}

Result<GlftDepths> gueant_closed_form(const GueantInput& input, double q) {
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_positive("sigma", input.sigma));
  BALLAST_CHECK(require_positive("k", input.k));
  BALLAST_CHECK(require_positive("A", input.fill_rate));
  BALLAST_CHECK(require_not_negative("xi", input.xi));
  BALLAST_CHECK(require_positive("delta", input.delta));
  BALLAST_CHECK(require_finite("q", q));
  const double size = input.xi * input.delta;
  const double c1 = size > 0.0 ? std::log1p(size / input.k) / size : 1.0 / input.k;
  // (1 + x/k)^(k/x + 1), which tends to e.
  const double power =
      size > 0.0 ? std::exp((input.k / size + 1.0) * std::log1p(size / input.k)) : std::exp(1.0);
  const double c2 =
      std::sqrt(0.5 * input.gamma / (input.fill_rate * input.delta * input.k) * power);
  const double half = c1 + 0.5 * input.delta * input.sigma * c2;
  return GlftDepths{half + q * input.sigma * c2, half - q * input.sigma * c2};
}

}  // namespace ballast
