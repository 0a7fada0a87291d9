#include "quant/pricing/heston.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_heston_characteristic.hpp"
#include "quant/pricing/heston_kernel.hpp"

namespace ballast {
namespace {

using detail::Complex;

constexpr std::size_t nodes_max = 65'536;
constexpr double tail_tolerance = 1e-16;
constexpr double alias_tolerance = 1e-14;
constexpr double pi = std::numbers::pi;

const kernel::HestonKernel& loops() {
  static const kernel::HestonKernel* const widest = kernel::heston_kernel(widest_vector_path());
  return *widest;
}

/// Blocks of nodes at offset + j step, j = 0, 1, ..., of one part or of six.
template <std::size_t Parts>
class Comb {
 public:
  static constexpr std::size_t block = kernel::heston_block(Parts);

  Comb(double offset, double step) : offset_(offset), step_(step) {}

  void add(const HestonParameters& p, double years, std::size_t blocks) {
    const double from = offset_ + static_cast<double>(size()) * step_;
    const std::size_t before = nodes_.size();
    nodes_.resize(before + blocks * block);
    const auto fill = Parts == 1 ? loops().values : loops().gradients;
    fill(p, years, from, step_, blocks, nodes_.data() + before);
  }
  std::size_t blocks() const { return nodes_.size() / block; }
  std::size_t size() const { return blocks() * kernel::heston_lanes; }
  double first(std::size_t part) const { return nodes_[2 * part * kernel::heston_lanes]; }
  /// |phi(u - i/2)| / (u^2 + 1/4) at the last u, times u.
  double tail() const {
    const double* const last = nodes_.data() + nodes_.size() - block + kernel::heston_lanes - 1;
    const double u = offset_ + static_cast<double>(size() - 1) * step_;
    return std::hypot(last[0], last[kernel::heston_lanes]) * u;
  }
  /// As HestonKernel has it.
  void add_sums(std::span<const double> xs, std::span<double> sums) const {
    const auto of = Parts == 1 ? loops().add_values : loops().add_gradients;
    of({offset_, step_, nodes_.data(), blocks()}, xs.data(), xs.size(), sums.data());
  }

 private:
  double offset_;
  double step_;
  std::vector<double> nodes_;
};

/// sum over k of e^(-|x + kL|/2), and its derivative by |x|, for |x| < L. The second is value / 4.
struct Series {
  double value, slope;
};

/// V at many x, its derivatives by the parameters, and two by x. At x = 0 V has a kink: `side` says
/// from where, -1 for the call that is out of the money and 1 for the put.
template <std::size_t Parts>
class Transform {
 public:
  static constexpr std::size_t sums_each = Parts == 1 ? 1 : Parts + 2;
  using Sums = std::array<double, sums_each>;

  static Result<Transform> create(const HestonParameters& p,
                                  double years,
                                  std::span<const double> xs) {
    const double deviation = std::sqrt(heston_expected_variance(p, years));
    constexpr double reach_deviations = 6.0;
    constexpr int halvings_max = 12;
    Transform transform(xs);
    double reach = 0.0;
    for (const double x : xs)
      reach = std::max(reach, std::fabs(x));
    transform.period_ = reach + reach_deviations * deviation;
    BALLAST_CHECK(transform.begin(p, years, 2.0 * pi / transform.period_));
    // The value of an option at the money is about 0.4 deviations; errors are small beside it.
    const double close = std::sqrt(alias_tolerance * std::min(1.0, 0.4 * deviation));
    for (int halving = 0; halving < halvings_max; ++halving) {
      BALLAST_CHECK(transform.refine(p, years));
      if (!std::isfinite(transform.change_)) return too_slow(transform.change_);
      if (transform.change_ <= close) return transform;
    }
    return fail(Errc::no_convergence, "Heston's integral does not settle as its step is halved");
  }

  /// Of the i-th x.
  double value(std::size_t i) const { return values_[i]; }

  /// With six parts.
  Sums values(std::size_t i, double side) const {
    Sums all{};
    for (std::size_t sum = 0; sum < all.size(); ++sum) {
      const double at_zero = sum < Parts ? combs_.front().first(sum) : 0.0;
      all[sum] = -2.0 / period_ * (sums_[sum * xs_.size() + i] - 0.5 * at_zero);
    }
    const Series series = covered(i);
    all[0] += series.value;
    all[Parts] += side * series.slope;
    all[Parts + 1] += 0.25 * series.value;
    return all;
  }

 private:
  /// x = 0 is added: there V is greatest.
  explicit Transform(std::span<const double> xs) : xs_(xs.begin(), xs.end()) {
    xs_.push_back(0.0);
    while (xs_.size() % kernel::heston_lanes != 0)
      xs_.push_back(0.0);
    for (const double x : xs_)
      near_.push_back(std::exp(-0.5 * std::fabs(x)));
    values_.resize(xs_.size());
    sums_.resize(xs_.size() * sums_each);
  }

  Series covered(std::size_t i) const {
    const double far = far_ / near_[i];
    return {(near_[i] + far) * scale_, 0.5 * (far - near_[i]) * scale_};
  }

  Result<void> begin(const HestonParameters& p, double years, double step) {
    Comb<Parts>& comb = combs_.emplace_back(0.0, step);
    step_ = step;
    for (;;) {
      constexpr std::size_t at_once = 2;
      comb.add(p, years, at_once);
      // What is left beyond the last node, falling at least as fast as it has so far.
      const double tail = comb.tail();
      if (tail <= tail_tolerance) break;
      if (comb.size() >= nodes_max || !std::isfinite(tail)) return too_slow(tail);
    }
    nodes_ = comb.size();
    take(comb);
    return {};
  }

  /// Adds the nodes between those that there are.
  Result<void> refine(const HestonParameters& p, double years) {
    if (2 * nodes_ > nodes_max) return too_slow(0.0);
    Comb<Parts>& comb = combs_.emplace_back(0.5 * step_, step_);
    comb.add(p, years, nodes_ / kernel::heston_lanes);
    nodes_ *= 2;
    step_ *= 0.5;
    period_ *= 2.0;
    take(comb);
    return {};
  }

  /// The sums and values with one comb more, and how far they move the values.
  void take(const Comb<Parts>& comb) {
    comb.add_sums(xs_, sums_);
    far_ = std::exp(-0.5 * period_);
    scale_ = 1.0 / -std::expm1(-0.5 * period_);
    change_ = 0.0;
    const double half_first = 0.5 * combs_.front().first(0);  // the node at 0 counts half
    for (std::size_t i = 0; i < xs_.size(); ++i) {
      const double value = covered(i).value - 2.0 / period_ * (sums_[i] - half_first);
      change_ = std::max(change_, std::fabs(value - values_[i]));
      if (!std::isfinite(value)) change_ = value;
      values_[i] = value;
    }
  }

  static tl::unexpected<Error> too_slow(double size) {
    if (!std::isfinite(size))
      return fail(Errc::overflow, "Heston's characteristic function is not finite");
    return fail(Errc::no_convergence,
                fmt::format("Heston's characteristic function falls too slowly: {} nodes do not "
                            "reach its end; sigma is very large for the variance and time",
                            nodes_max));
  }

  double period_ = 0.0;
  double step_ = 0.0;
  std::size_t nodes_ = 0;
  std::vector<Comb<Parts>> combs_;
  std::vector<double> xs_;
  std::vector<double> near_;  // e^(-|x|/2)
  double far_ = 0.0;          // e^(-L/2)
  double scale_ = 0.0;        // 1 / (1 - far)
  std::vector<double> sums_;  // by sum, then by x
  std::vector<double> values_;
  double change_ = 0.0;
};

/// Checked, their log-moneyness.
Result<std::vector<double>> log_moneyness_of(const HestonParameters& p,
                                             const HestonExpiry& expiry,
                                             std::span<const HestonOption> options) {
  BALLAST_CHECK(check_heston(p));
  BALLAST_CHECK(require_positive("forward", expiry.forward));
  BALLAST_CHECK(require_positive("discount", expiry.discount));
  BALLAST_CHECK(require_positive("years", expiry.years));
  std::vector<double> xs;
  xs.reserve(options.size());
  for (const HestonOption& option : options) {
    BALLAST_CHECK(require_positive("strike", option.strike));
    xs.push_back(std::log(expiry.forward / option.strike));
    if (!std::isfinite(xs.back()))
      return fail(Errc::overflow, "strike and forward are too far apart");
  }
  return xs;
}

/// The option's place: the value at once, and what V is multiplied by.
struct Place {
  double intrinsic, scale, bound;
  double side;  // of x, on which the option that is out of the money is
};
Place place_of(const HestonExpiry& expiry, const HestonOption& option, double x) {
  const double sign = option.right == OptionRight::call ? 1.0 : -1.0;
  const double intrinsic = std::max(0.0, sign * (expiry.forward - option.strike));
  return {.intrinsic = expiry.discount * intrinsic,
          .scale = expiry.discount * std::sqrt(expiry.forward) * std::sqrt(option.strike),
          .bound = std::exp(-0.5 * std::fabs(x)),
          .side = intrinsic > 0.0 ? sign : -sign};
}

HestonValue value_of(const HestonExpiry& expiry,
                     const HestonOption& option,
                     double x,
                     const Transform<6>& transform,
                     std::size_t i) {
  const Place place = place_of(expiry, option, x);
  const Transform<6>::Sums sums = transform.values(i, place.side);
  HestonValue value;
  value.price = place.intrinsic + place.scale * std::clamp(sums[0], 0.0, place.bound);
  value.gradient = {.v0 = place.scale * sums[1],
                    .kappa = place.scale * sums[2],
                    .theta = place.scale * sums[3],
                    .sigma = place.scale * sums[4],
                    .rho = place.scale * sums[5]};
  const double per_forward = place.scale / expiry.forward;
  value.delta = per_forward * (0.5 * sums[0] + sums[6]);
  value.gamma = per_forward / expiry.forward * (sums[7] - 0.25 * sums[0]);
  if (place.intrinsic > 0.0)
    value.delta += option.right == OptionRight::call ? expiry.discount : -expiry.discount;
  return value;
}

}  // namespace

Result<void> check_heston(const HestonParameters& p) {
  BALLAST_CHECK(require_not_negative("v0", p.v0));
  BALLAST_CHECK(require_positive("kappa", p.kappa));
  BALLAST_CHECK(require_not_negative("theta", p.theta));
  BALLAST_CHECK(require_not_negative("sigma", p.sigma));
  if (!(std::fabs(p.rho) < 1.0)) return outside("rho", p.rho, "-1 to 1, both excluded");
  if (p.v0 == 0.0 && p.theta == 0.0) {
    return fail(Errc::bad_input, "v0 and theta are both 0: there is no variance to price");
  }
  return {};
}

bool feller_holds(const HestonParameters& p) {
  return 2.0 * p.kappa * p.theta >= p.sigma * p.sigma;
}

double heston_expected_variance(const HestonParameters& p, double years) {
  return p.theta * years + (p.v0 - p.theta) * -std::expm1(-p.kappa * years) / p.kappa;
}

Result<HestonCharacteristic> heston_characteristic(const HestonParameters& p,
                                                   double years,
                                                   std::complex<double> u) {
  BALLAST_CHECK(check_heston(p));
  BALLAST_CHECK(require_not_negative("years", years));
  const std::complex<double> a = u * u + std::complex<double>(0.0, 1.0) * u;
  const detail::HestonExponent exponent =
      detail::heston_exponent_with_gradient(p, years, {u.real(), u.imag()}, {a.real(), a.imag()});
  const auto plain = [](Complex z) { return std::complex<double>(z.re, z.im); };
  const HestonCharacteristic result{
      plain(exponent.value),
      {plain(exponent.by_v0), plain(exponent.by_kappa), plain(exponent.by_theta),
       plain(exponent.by_sigma), plain(exponent.by_rho)}};
  if (!std::isfinite(exponent.value.re) || !std::isfinite(exponent.value.im)) {
    return fail(Errc::overflow, "Heston's characteristic function is not finite");
  }
  return result;
}

Result<void> heston_prices(const HestonParameters& parameters,
                           const HestonExpiry& expiry,
                           std::span<const HestonOption> options,
                           std::span<double> prices) {
  BALLAST_ASSERT(options.size() == prices.size());
  BALLAST_TRY(xs, log_moneyness_of(parameters, expiry, options));
  BALLAST_TRY(transform, Transform<1>::create(parameters, expiry.years, xs));
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Place place = place_of(expiry, options[i], xs[i]);
    const double value = std::clamp(transform.value(i), 0.0, place.bound);
    prices[i] = place.intrinsic + place.scale * value;
    if (!std::isfinite(prices[i])) return fail(Errc::overflow, "the price is not finite");
  }
  return {};
}

Result<void> heston_values(const HestonParameters& parameters,
                           const HestonExpiry& expiry,
                           std::span<const HestonOption> options,
                           std::span<HestonValue> values) {
  BALLAST_ASSERT(options.size() == values.size());
  BALLAST_TRY(xs, log_moneyness_of(parameters, expiry, options));
  BALLAST_TRY(transform, Transform<6>::create(parameters, expiry.years, xs));
  for (std::size_t i = 0; i < options.size(); ++i) {
    values[i] = value_of(expiry, options[i], xs[i], transform, i);
    const HestonParameters& by = values[i].gradient;
    const double sum = values[i].price + values[i].delta + values[i].gamma + by.v0 + by.kappa +
                       by.theta + by.sigma + by.rho;
    if (!std::isfinite(sum)) return fail(Errc::overflow, "a derivative is not finite");
  }
  return {};
}

}  // namespace ballast
