#include "quant/pricing/heston.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_heston_characteristic.hpp"

namespace ballast {
namespace {

using detail::Complex;

constexpr std::size_t lanes = 8;  // nodes summed side by side
constexpr std::size_t nodes_max = 65'536;
constexpr double tail_tolerance = 1e-16;
constexpr double alias_tolerance = 1e-14;
constexpr double pi = std::numbers::pi;

/// phi(u - i/2) / (u^2 + 1/4) at one u, and with `Parts` = 6 its derivatives by the parameters.
template <std::size_t Parts>
std::array<Complex, Parts> node_at(const HestonParameters& p, double years, double u) {
  const double a = u * u + 0.25;
  std::array<Complex, Parts> node;
  if constexpr (Parts == 1) {
    node[0] = (1.0 / a) *
              detail::exponential(detail::heston_exponent(p, years, {u, -0.5}, Complex{a, 0.0}));
  } else {
    const detail::HestonExponent exponent =
        detail::heston_exponent_with_gradient(p, years, {u, -0.5}, Complex{a, 0.0});
    node[0] = (1.0 / a) * detail::exponential(exponent.value);
    node[1] = node[0] * exponent.by_v0;
    node[2] = node[0] * exponent.by_kappa;
    node[3] = node[0] * exponent.by_theta;
    node[4] = node[0] * exponent.by_sigma;
    node[5] = node[0] * exponent.by_rho;
  }
  return node;
}

/// Nodes at offset + j step, j = 0, 1, ...: real and imaginary parts in arrays of their own, filled
/// up with zeros to whole lanes.
template <std::size_t Parts>
class Comb {
 public:
  Comb(double offset, double step) : offset_(offset), step_(step) {
    constexpr std::size_t usual = 64;
    for (std::size_t part = 0; part < Parts; ++part) {
      re_[part].reserve(usual);
      im_[part].reserve(usual);
    }
  }

  void add(const std::array<Complex, Parts>& node) {
    for (std::size_t part = 0; part < Parts; ++part) {
      re_[part].push_back(node[part].re);
      im_[part].push_back(node[part].im);
    }
    ++size_;
  }
  std::size_t size() const { return size_; }
  void fill_up() {
    while (size_ % lanes != 0)
      add({});
  }

  /// Adds sum of Re(e^(iux) node) by part, and with parts also of Re(iu ...) and Re(-u^2 ...).
  template <std::size_t Sums>
  void add_sums(double x, std::array<double, Sums>& sums) const {
    std::array<std::array<double, lanes>, Sums> lane_sums{};
    const double stride = static_cast<double>(lanes) * step_;
    const Complex one = turn_by(step_ * x);
    Complex turn = one;  // of all lanes: the eighth power, by squaring
    for (std::size_t power = 1; power < lanes; power *= 2)
      turn = turn * turn;
    std::array<double, lanes> re{};
    std::array<double, lanes> im{};
    std::array<double, lanes> u{};
    // Turning by products drifts by a rounding error a step: begun anew before that shows.
    constexpr std::size_t fresh = 64 * lanes;
    for (std::size_t at = 0; at < size_; at += lanes) {
      if (at % fresh == 0) {
        begin_lanes(offset_ + static_cast<double>(at) * step_, x, one, re, im, u);
      }
      add_block<Sums>(at, re, im, u, lane_sums);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double next = re[lane] * turn.re - im[lane] * turn.im;
        im[lane] = re[lane] * turn.im + im[lane] * turn.re;
        re[lane] = next;
        u[lane] += stride;
      }
    }
    for (std::size_t sum = 0; sum < Sums; ++sum)
      for (const double part : lane_sums[sum])
        sums[sum] += part;
  }

 private:
  using Lanes = std::array<double, lanes>;

  static Complex turn_by(double angle) { return {std::cos(angle), std::sin(angle)}; }
  /// e^(iux) at u = from, from + step, ...; `one` is e^(i step x).
  void begin_lanes(double from, double x, Complex one, Lanes& re, Lanes& im, Lanes& u) const {
    Complex at = turn_by(from * x);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      u[lane] = from + static_cast<double>(lane) * step_;
      re[lane] = at.re;
      im[lane] = at.im;
      at = at * one;
    }
  }

  template <std::size_t Sums>
  void add_block(std::size_t at,
                 const Lanes& re,
                 const Lanes& im,
                 const Lanes& u,
                 std::array<Lanes, Sums>& sums) const {
    for (std::size_t part = 0; part < Parts; ++part) {
      const double* const node_re = re_[part].data() + at;
      const double* const node_im = im_[part].data() + at;
      for (std::size_t lane = 0; lane < lanes; ++lane)
        sums[part][lane] += re[lane] * node_re[lane] - im[lane] * node_im[lane];
    }
    if constexpr (Sums == Parts + 2) {
      const double* const node_re = re_[0].data() + at;
      const double* const node_im = im_[0].data() + at;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double real = re[lane] * node_re[lane] - im[lane] * node_im[lane];
        const double imaginary = re[lane] * node_im[lane] + im[lane] * node_re[lane];
        sums[Parts][lane] -= u[lane] * imaginary;
        sums[Parts + 1][lane] -= u[lane] * u[lane] * real;
      }
    }
  }

  double offset_;
  double step_;
  std::size_t size_ = 0;
  std::array<std::vector<double>, Parts> re_;
  std::array<std::vector<double>, Parts> im_;
};

/// sum over k of e^(-|x + kL|/2), and its derivative by |x|, for |x| < L. The second is value / 4.
struct Series {
  double value, slope;
};
Series covered_series(double distance, double period) {
  const double scale = 1.0 / -std::expm1(-0.5 * period);
  const double near = std::exp(-0.5 * distance);
  const double far = std::exp(-0.5 * (period - distance));
  return {(near + far) * scale, 0.5 * (far - near) * scale};
}

/// V(x), its derivatives by the parameters, and two by x. At x = 0 V has a kink: `side` says from
/// where, -1 for the call that is out of the money and 1 for the put.
template <std::size_t Parts>
class Transform {
 public:
  static constexpr std::size_t sums_count = Parts == 1 ? 1 : Parts + 2;
  using Sums = std::array<double, sums_count>;

  /// For x of `least` to `most`, which are on either side of 0 or 0.
  static Result<Transform> create(const HestonParameters& p,
                                  double years,
                                  double least,
                                  double most) {
    const double deviation = std::sqrt(heston_expected_variance(p, years));
    constexpr double reach_deviations = 6.0;
    constexpr int halvings_max = 12;
    Transform transform;
    transform.period_ = std::max(-least, most) + reach_deviations * deviation;
    double step = 2.0 * pi / transform.period_;
    BALLAST_CHECK(transform.begin(p, years, step));
    // The value of an option at the money is about 0.4 deviations; errors are small beside it.
    const double close = std::sqrt(alias_tolerance * std::min(1.0, 0.4 * deviation));
    const std::array probes{least, 0.0, most};
    const auto probe = [&] {
      std::array<double, probes.size()> values{};
      for (std::size_t i = 0; i < probes.size(); ++i)
        values[i] = transform.values(probes[i], 1.0)[0];
      return values;
    };
    auto before = probe();
    for (int halving = 0; halving < halvings_max; ++halving) {
      BALLAST_CHECK(transform.refine(p, years));
      const auto after = probe();
      double change = 0.0;
      for (std::size_t i = 0; i < probes.size(); ++i)
        change = std::max(change, std::fabs(after[i] - before[i]));
      if (!std::isfinite(after[1])) return too_slow(after[1]);
      if (change <= close) return transform;
      before = after;
    }
    return fail(Errc::no_convergence, "Heston's integral does not settle as its step is halved");
  }

  Sums values(double x, double side) const {
    Sums sums{};
    for (const Comb<Parts>& comb : combs_)
      comb.template add_sums<sums_count>(x, sums);
    // The node at 0 counts half.
    for (std::size_t part = 0; part < Parts; ++part)
      sums[part] -= 0.5 * at_zero_[part].re;
    const double weight = 2.0 / period_;
    for (double& sum : sums)
      sum *= -weight;
    const Series series = covered_series(std::fabs(x), period_);
    sums[0] += series.value;
    if constexpr (Parts > 1) {
      sums[Parts] += side * series.slope;
      sums[Parts + 1] += 0.25 * series.value;
    }
    return sums;
  }

 private:
  Result<void> begin(const HestonParameters& p, double years, double step) {
    Comb<Parts> comb(0.0, step);
    at_zero_ = node_at<Parts>(p, years, 0.0);
    comb.add(at_zero_);
    for (double u = step;; u = static_cast<double>(comb.size()) * step) {
      const auto node = node_at<Parts>(p, years, u);
      comb.add(node);
      // What is left beyond u, falling at least as fast as it has so far.
      const double size = std::sqrt(node[0].re * node[0].re + node[0].im * node[0].im) * u;
      if (size <= tail_tolerance) break;
      if (comb.size() >= nodes_max || !std::isfinite(size)) return too_slow(size);
    }
    end_ = static_cast<double>(comb.size() - 1) * step;
    step_ = step;
    combs_.push_back(std::move(comb));
    combs_.back().fill_up();
    nodes_ = combs_.back().size();
    return {};
  }

  /// Adds the nodes between those that there are.
  Result<void> refine(const HestonParameters& p, double years) {
    Comb<Parts> comb(0.5 * step_, step_);
    const auto count = static_cast<std::size_t>(std::ceil(end_ / step_));
    nodes_ += count;
    if (nodes_ > nodes_max) return too_slow(0.0);
    for (std::size_t j = 0; j < count; ++j)
      comb.add(node_at<Parts>(p, years, (static_cast<double>(j) + 0.5) * step_));
    comb.fill_up();
    combs_.push_back(std::move(comb));
    step_ *= 0.5;
    period_ *= 2.0;
    return {};
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
  double end_ = 0.0;
  std::size_t nodes_ = 0;
  std::array<Complex, Parts> at_zero_;
  std::vector<Comb<Parts>> combs_;
};

struct Reach {
  double least = 0.0;
  double most = 0.0;
};
Result<Reach> check_request(const HestonParameters& p,
                            const HestonExpiry& expiry,
                            std::span<const HestonOption> options) {
  BALLAST_CHECK(check_heston(p));
  BALLAST_CHECK(require_positive("forward", expiry.forward));
  BALLAST_CHECK(require_positive("discount", expiry.discount));
  BALLAST_CHECK(require_positive("years", expiry.years));
  Reach reach;
  for (const HestonOption& option : options) {
    BALLAST_CHECK(require_positive("strike", option.strike));
    const double x = std::log(expiry.forward / option.strike);
    reach.least = std::min(reach.least, x);
    reach.most = std::max(reach.most, x);
  }
  if (!std::isfinite(reach.most - reach.least))
    return fail(Errc::overflow, "strike and forward are too far apart");
  return reach;
}

/// The option's place: log-moneyness, the value at once, and what V is multiplied by.
struct Place {
  double x, intrinsic, scale, bound;
  double side;  // of x, on which the option that is out of the money is
};
Place place_of(const HestonExpiry& expiry, const HestonOption& option) {
  const double sign = option.right == OptionRight::call ? 1.0 : -1.0;
  const double intrinsic = std::max(0.0, sign * (expiry.forward - option.strike));
  const double x = std::log(expiry.forward / option.strike);
  return {.x = x,
          .intrinsic = expiry.discount * intrinsic,
          .scale = expiry.discount * std::sqrt(expiry.forward) * std::sqrt(option.strike),
          .bound = std::exp(-0.5 * std::fabs(x)),
          .side = intrinsic > 0.0 ? sign : -sign};
}

HestonValue value_of(const HestonExpiry& expiry,
                     const HestonOption& option,
                     const Transform<6>& transform) {
  const Place place = place_of(expiry, option);
  const Transform<6>::Sums sums = transform.values(place.x, place.side);
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
  BALLAST_TRY(reach, check_request(parameters, expiry, options));
  BALLAST_TRY(transform, Transform<1>::create(parameters, expiry.years, reach.least, reach.most));
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Place place = place_of(expiry, options[i]);
    const double value = std::clamp(transform.values(place.x, place.side)[0], 0.0, place.bound);
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
  BALLAST_TRY(reach, check_request(parameters, expiry, options));
  BALLAST_TRY(transform, Transform<6>::create(parameters, expiry.years, reach.least, reach.most));
  for (std::size_t i = 0; i < options.size(); ++i) {
    values[i] = value_of(expiry, options[i], transform);
    const HestonParameters& by = values[i].gradient;
    const double sum = values[i].price + values[i].delta + values[i].gamma + by.v0 + by.kappa +
                       by.theta + by.sigma + by.rho;
    if (!std::isfinite(sum)) return fail(Errc::overflow, "a derivative is not finite");
  }
  return {};
}

}  // namespace ballast
