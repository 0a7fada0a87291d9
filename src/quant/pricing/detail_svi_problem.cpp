#include "quant/pricing/detail_svi_problem.hpp"

#include <cmath>
#include <limits>

namespace ballast::detail {
namespace {

constexpr std::size_t grid_points = 49;
constexpr std::size_t bend_points = 101;
constexpr double wing_max = 2.0;  // Lee

// Penalties act a little within what they guard, so that small violations of them are none.
constexpr double margin = 1e-4;
constexpr double g_margin = 2e-3;
constexpr double calendar_as_vols = 10.0;

/// A value within two bounds by a coordinate without, and its derivative.
struct Within {
  double value, slope;
};
Within within(double x, double low, double high) {
  constexpr double far = 16.0;
  const double share = 1.0 / (1.0 + std::exp(-std::clamp(x, -far, far)));
  return {low + (high - low) * share,
          std::fabs(x) < far ? (high - low) * share * (1.0 - share) : 0.0};
}
double place_within(double value, double low, double high) {
  constexpr double edge = 1e-6;
  const double share = std::clamp((value - low) / (high - low), edge, 1.0 - edge);
  return std::log(share / (1.0 - share));
}

/// A place of the smile at y = (k - m) / sigma.
struct Place {
  double y, p, q;
  double tilt;   // y / h
  double bend;   // 1 / h^3
  double twist;  // -3 y / h^5
};
Place place_of(double y) {
  const double h = std::sqrt(1.0 + y * y);
  const double inverse = 1.0 / h;
  const double large = 0.5 * (h + std::fabs(y));
  const double small = 0.25 / large;
  const double bend = inverse * inverse * inverse;
  return {.y = y,
          .p = y < 0.0 ? large : small,
          .q = y < 0.0 ? small : large,
          .tilt = y * inverse,
          .bend = bend,
          .twist = -3.0 * y * bend * inverse * inverse};
}

/// Close where a smile bends, where dips of g are narrow, and far out in its wings.
const std::array<Place, bend_points>& bend_places() {
  static const auto places = [] {
    std::array<Place, bend_points> made{};
    for (std::size_t i = 0; i < bend_points; ++i) {
      constexpr double widest = 7.0;
      constexpr double linear = 0.35;
      const double u = 2.0 * static_cast<double>(i) / (bend_points - 1) - 1.0;
      made[i] = place_of(std::sinh(widest * u * (linear + (1.0 - linear) * u * u)));
    }
    return made;
  }();
  return places;
}

/// A shape with what all its places share.
struct Smile {
  const SviShape& shape;
  double root = std::sqrt(shape.left * shape.right);
  double base = shape.least - shape.sigma * root;
  double half_sum = 0.5 * (shape.left + shape.right);
  double half_gap = 0.5 * (shape.right - shape.left);
  double base_by_left = -0.5 * shape.sigma * shape.right / root;
  double base_by_right = -0.5 * shape.sigma * shape.left / root;
  double per_sigma = 1.0 / shape.sigma;

  double k(const Place& at) const { return shape.m + shape.sigma * at.y; }
  double rise(const Place& at) const { return shape.left * at.p + shape.right * at.q; }
  double slope(const Place& at) const { return half_gap + half_sum * at.tilt; }
  double bend(const Place& at) const { return half_sum * at.bend * per_sigma; }
  /// Where y does not move with m and sigma.
  SviFive w_by(const Place& at) const {
    return {1.0, shape.sigma * at.p + base_by_left, shape.sigma * at.q + base_by_right, 0.0,
            rise(at) - root};
  }
};

/// Turns derivatives at a fixed y into those at a fixed k, of what changes with k by `by_k`.
void hold_k(SviFive& by, const Place& at, double by_k) {
  by[3] -= by_k;
  by[4] -= at.y * by_k;
}

double total_variance(const RawSvi& svi, double k) {
  const double y = k - svi.m;
  return svi.a + svi.b * (svi.rho * y + std::sqrt(y * y + svi.sigma * svi.sigma));
}

}  // namespace

RawSvi SviShape::raw() const {
  return {.a = least - sigma * std::sqrt(left * right),
          .b = 0.5 * (left + right),
          .rho = (right - left) / (right + left),
          .m = m,
          .sigma = sigma};
}

SviCoordinates::SviCoordinates(const SmileChain& chain, const RawSvi* earlier) {
  const double span = std::max(chain.high - chain.low, 1e-3);
  m_low_ = chain.low - span;
  m_high_ = chain.high + span;
  constexpr double sharpest = 0.005;
  constexpr double flattest = 10.0;
  sigma_low_ = std::log(sharpest * span);
  sigma_high_ = std::log(flattest * span);
  double least_vol = std::numeric_limits<double>::infinity();
  for (const SmileTarget& target : chain.targets)
    if (target.side == SmileSide::both) least_vol = std::min(least_vol, target.level);
  constexpr double share = 1e-3;  // of what is quoted; a smile that touches 0 has no density there
  floor_ = share * least_vol * least_vol * chain.years;
  if (earlier == nullptr) return;
  constexpr double steeper = 1.0 + 1e-6;
  constexpr double room = 1.0 - 1e-6;
  const SviSlopes before = svi_slopes(*earlier);
  left_low_ = std::min(before.left * steeper, wing_max * room);
  right_low_ = std::min(before.right * steeper, wing_max * room);
}

SviShape SviCoordinates::shape(std::span<const double> x) const {
  constexpr double log_least_min = -40.0;
  constexpr double log_least_max = 10.0;
  const double above = std::exp(std::clamp(x[0], log_least_min, log_least_max));
  const bool is_free = x[0] > log_least_min && x[0] < log_least_max;
  const Within left = within(x[1], left_low_, wing_max);
  const Within right = within(x[2], right_low_, wing_max);
  const Within m = within(x[3], m_low_, m_high_);
  const Within log_sigma = within(x[4], sigma_low_, sigma_high_);
  const double sigma = std::exp(log_sigma.value);
  return {.least = floor_ + above,
          .left = left.value,
          .right = right.value,
          .m = m.value,
          .sigma = sigma,
          .by_coordinate = {is_free ? above : 0.0, left.slope, right.slope, m.slope,
                            sigma * log_sigma.slope}};
}

std::vector<double> SviCoordinates::place(const RawSvi& svi) const {
  const double least = svi.a + svi.b * svi.sigma * std::sqrt(1.0 - svi.rho * svi.rho);
  const SviSlopes slopes = svi_slopes(svi);
  return {std::log(std::max(least - floor_, 0.1 * floor_)),
          place_within(slopes.left, left_low_, wing_max),
          place_within(slopes.right, right_low_, wing_max), place_within(svi.m, m_low_, m_high_),
          place_within(std::log(svi.sigma), sigma_low_, sigma_high_)};
}

/// Sums of products of derivatives by the five of the shape.
class SviProblem::Sums {
 public:
  void add(double residual, const SviFive& by) {
    square_ += residual * residual;
    std::size_t at = 0;
    for (std::size_t i = 0; i < by.size(); ++i) {
      right_[i] -= by[i] * residual;
      for (std::size_t j = 0; j <= i; ++j)
        products_[at++] += by[i] * by[j];
    }
  }
  void write(const SviFive& by_coordinate, NormalEquations& out) const {
    constexpr std::size_t n = 5;
    out.cost = 0.5 * square_;
    std::size_t at = 0;
    for (std::size_t i = 0; i < n; ++i) {
      out.right[i] = right_[i] * by_coordinate[i];
      for (std::size_t j = 0; j <= i; ++j) {
        out.matrix[n * i + j] = out.matrix[n * j + i] =
            products_[at++] * by_coordinate[i] * by_coordinate[j];
      }
    }
  }

 private:
  double square_ = 0.0;
  SviFive right_{};
  std::array<double, 15> products_{};
};

SviProblem::SviProblem(SmileChain chain,
                       const RawSvi* earlier,
                       std::span<const VarianceCeiling> ceilings)
    : chain_(std::move(chain)), earlier_(earlier), coordinates_(chain_, earlier) {
  const double span = chain_.high - chain_.low;
  for (std::size_t i = 0; i < grid_points; ++i) {
    const double share = static_cast<double>(i) / (grid_points - 1);
    grid_.push_back(place_at(chain_.low - span + 3.0 * span * share));
  }
  if (earlier != nullptr) {
    for (const Place& at : bend_places())
      earlier_bend_.push_back(place_at(earlier->m + earlier->sigma * at.y));
  }
  const double like_quotes =
      std::sqrt(chain_.weight_sum / static_cast<double>(chain_.targets.size()));
  for (const VarianceCeiling& ceiling : ceilings) {
    chain_.targets.push_back({ceiling.log_strike, smile_vol(ceiling.total_variance, chain_.years),
                              like_quotes, SmileSide::ask});
  }
}

SviProblem::FixedPlace SviProblem::place_at(double k) const {
  if (earlier_ == nullptr) return {.k = k};
  const double before = total_variance(*earlier_, k) * (1.0 + margin);
  return {k, before, smile_vol(before, chain_.years)};
}

void SviProblem::equations(std::span<const double> x, double penalty, NormalEquations& out) const {
  const SviShape shape = coordinates_.shape(x);
  Sums sums;
  add_quotes(shape, sums);
  if (penalty > 0.0) {
    const double factor = penalty * std::sqrt(chain_.weight_sum);
    add_fixed_places(shape, factor, sums);
    add_bend(shape, factor, sums);
  }
  sums.write(shape.by_coordinate, out);
}

void SviProblem::add_quotes(const SviShape& shape, Sums& sums) const {
  const Smile smile{shape};
  const double per_years = 1.0 / chain_.years;
  for (const SmileTarget& target : chain_.targets) {
    const double d = target.log_strike - shape.m;
    const double h = std::sqrt(d * d + shape.sigma * shape.sigma);  // times sigma
    const double p = 0.5 * (h - d);
    const double q = 0.5 * (h + d);
    const double w = std::max(smile.base + shape.left * p + shape.right * q, 1e-12);
    const double vol = std::sqrt(w * per_years);
    const double miss = target.miss(vol);
    if (target.side != SmileSide::both && miss == 0.0) continue;
    const double by_w = target.root_weight * 0.5 * per_years / vol;
    const double per_h = 1.0 / h;
    sums.add(target.root_weight * miss,
             {by_w, by_w * (p + smile.base_by_left), by_w * (q + smile.base_by_right),
              -by_w * (smile.half_gap + smile.half_sum * d * per_h),
              by_w * (smile.half_sum * shape.sigma * per_h - smile.root)});
  }
}

namespace {

/// Durrleman's g and its derivatives by what it is made of; that by w'' is 1/2.
struct Durrleman {
  double g, by_w, by_slope, by_k;
};
Durrleman durrleman(double k, double w, double slope, double bend) {
  const double per_w = 1.0 / std::max(w, 1e-12);
  const double lean = 1.0 - 0.5 * k * slope * per_w;
  return {.g = lean * lean - 0.25 * slope * slope * (per_w + 0.25) + 0.5 * bend,
          .by_w = (lean * k + 0.25 * slope) * slope * per_w * per_w,
          .by_slope = -lean * k * per_w - 0.5 * slope * (per_w + 0.25),
          .by_k = -lean * slope * per_w};
}

/// Of g, where the place keeps its y: k moves with m and sigma.
SviFive g_by(const Smile& smile, const Place& at, const Durrleman& d) {
  const SviFive w_by = smile.w_by(at);
  const double bend_by_slopes = 0.25 * at.bend * smile.per_sigma;  // half of w'' by L or R
  return {d.by_w, d.by_w * w_by[1] + d.by_slope * 0.5 * (at.tilt - 1.0) + bend_by_slopes,
          d.by_w * w_by[2] + d.by_slope * 0.5 * (at.tilt + 1.0) + bend_by_slopes, d.by_k,
          d.by_w * w_by[4] + d.by_k * at.y - 0.5 * smile.bend(at) * smile.per_sigma};
}

SviFive times(double factor, SviFive by) {
  for (double& part : by)
    part *= factor;
  return by;
}

}  // namespace

void SviProblem::add_fixed_places(const SviShape& shape, double factor, Sums& sums) const {
  const Smile smile{shape};
  const auto butterfly = [&](const Place& at, double k, double w) {
    const double slope = smile.slope(at);
    const double bend = smile.bend(at);
    const Durrleman d = durrleman(k, w, slope, bend);
    if (d.g >= g_margin) return;
    SviFive by = g_by(smile, at, d);
    const double third = smile.half_sum * at.twist * smile.per_sigma * smile.per_sigma;
    hold_k(by, at, d.by_k + d.by_w * slope + d.by_slope * bend + 0.5 * third);
    sums.add(factor * (g_margin - d.g), times(-factor, by));
  };
  const auto calendar = [&](const FixedPlace& place, double w) {
    if (earlier_ == nullptr || place.before <= w) return;
    const Place at = place_of((place.k - shape.m) * smile.per_sigma);
    const double vol = smile_vol(std::max(w, 1e-12), chain_.years);
    SviFive by = smile.w_by(at);
    hold_k(by, at, smile.slope(at));
    const double scale = calendar_as_vols * factor;
    sums.add(scale * (place.vol_before - vol), times(-scale * 0.5 / (vol * chain_.years), by));
  };
  for (const FixedPlace& place : grid_) {
    const Place at = place_of((place.k - shape.m) * smile.per_sigma);
    const double w = smile.base + shape.sigma * smile.rise(at);
    butterfly(at, place.k, w);
    calendar(place, w);
  }
  for (const FixedPlace& place : earlier_bend_) {
    const double d = place.k - shape.m;
    const double h = std::sqrt(d * d + shape.sigma * shape.sigma);
    calendar(place, smile.base + smile.half_gap * d + smile.half_sum * h);
  }
}

void SviProblem::add_bend(const SviShape& shape, double factor, Sums& sums) const {
  const Smile smile{shape};
  for (const Place& at : bend_places()) {
    const double k = smile.k(at);
    const double w = smile.base + shape.sigma * smile.rise(at);
    const Durrleman d = durrleman(k, w, smile.slope(at), smile.bend(at));
    if (d.g < g_margin) sums.add(factor * (g_margin - d.g), times(-factor, g_by(smile, at, d)));
    if (earlier_ == nullptr) continue;
    const double y = k - earlier_->m;
    const double root = std::sqrt(y * y + earlier_->sigma * earlier_->sigma);
    const double before = (1.0 + margin) * (earlier_->a + earlier_->b * (earlier_->rho * y + root));
    if (before <= w) continue;
    const double vol_before = smile_vol(before, chain_.years);
    const double vol = smile_vol(std::max(w, 1e-12), chain_.years);
    const double before_by_k = (1.0 + margin) * earlier_->b * (earlier_->rho + y / root);
    const double scale = calendar_as_vols * factor;
    SviFive by = times(-0.5 * scale / (vol * chain_.years), smile.w_by(at));
    const double by_k = 0.5 * scale * before_by_k / (vol_before * chain_.years);
    by[3] += by_k;
    by[4] += at.y * by_k;
    sums.add(scale * (vol_before - vol), by);
  }
}

}  // namespace ballast::detail
