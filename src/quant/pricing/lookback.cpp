#include "quant/pricing/lookback.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_bivariate_normal.hpp"
#include "quant/pricing/detail_gauss_legendre.hpp"
#include "quant/pricing/detail_lookback.hpp"
#include "quant/pricing/normal_kernel.hpp"

namespace ballast {
namespace {

using detail::bivariate_normal_cdf;

/// e^(log_factor) N(x), where the factor may be beyond a double.
double scaled_cdf(double log_factor, double x) {
  constexpr double moderate = 600.0;
  constexpr double near = -30.0;
  if (log_factor < moderate && x > near) return std::exp(log_factor) * kernel::cdf(x);
  return std::exp(log_factor + detail::log_normal_cdf(x));
}

/// (e^(x) - 1) / x.
double relative_growth(double x) { return x == 0.0 ? 1.0 : std::expm1(x) / x; }

/// (H(e) - H(0)) / e. `scale` is how fast H changes: where e makes little of it, up to `small`, the
/// integral of the slope from 0 to e, whose mean this is, by so many nodes.
template <std::size_t Nodes, class H, class Slope>
double difference_quotient(double e, double scale, double small, const H& h, const Slope& slope) {
  if (std::fabs(e) * scale > small) return (h(e) - h(0.0)) / e;
  const auto& rule = detail::gauss_legendre<Nodes>();
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i)
    sum += 0.5 * rule.weights[i] * slope(0.5 * e * (1.0 + rule.nodes[i]));
  return sum;
}

/// What the formulas share. eta is 1 where the maximum is watched, or a call's minimum in the
/// floating formulas, as each says.
struct Terms {
  double b, e;            // cost of carry, 2b / sigma^2
  double spot_now, bond;  // S e^(-qT), e^(-rT)
  double vol, years;
};
Terms terms_of(const LookbackMarket& market, double years) {
  const double b = market.rate - market.yield;
  const detail::EndWorth worth = detail::end_worth(market, years);
  return {.b = b,
          .e = 2.0 * b / (market.vol * market.vol),
          .spot_now = worth.spot,
          .bond = worth.bond,
          .vol = market.vol,
          .years = years};
}

/// (log_moneyness + (b + sigma^2/2) t) / (sigma sqrt(t)).
double d_plus(const Terms& terms, double log_moneyness, double t) {
  const double stdev = terms.vol * std::sqrt(t);
  return log_moneyness / stdev + (terms.b / terms.vol + 0.5 * terms.vol) * std::sqrt(t);
}

// ---- partial styles

/// The quotient of e^(-e y) M(a + e a_by, c + e c_by; rho).
double bivariate_quotient(
    double e, double y, double a, double a_by, double c, double c_by, double rho) {
  const auto h = [&](double at) {
    return std::exp(-at * y) * bivariate_normal_cdf(a + at * a_by, c + at * c_by, rho);
  };
  const auto slope = [&](double at) {
    const double a_at = a + at * a_by;
    const double c_at = c + at * c_by;
    const detail::BivariateSlopes by = detail::bivariate_normal_slopes(a_at, c_at, rho);
    return std::exp(-at * y) *
           (a_by * by.by_a + c_by * by.by_b - y * bivariate_normal_cdf(a_at, c_at, rho));
  };
  const double scale = std::fabs(y) + (std::fabs(a_by) + std::fabs(c_by)) *
                                          (1.0 + std::max(std::fabs(a), std::fabs(c)));
  constexpr double small = 0.5;  // H is known to some units of 1e-16
  return difference_quotient<10>(e, scale, small, h, slope);
}

/// The quotient of growth^e N(x + e x_by), growth given by its logarithm.
double univariate_quotient(double e, double log_growth, double x, double x_by) {
  const auto h = [&](double at) {
    return at == 0.0 ? kernel::cdf(x) : scaled_cdf(at * log_growth, x + at * x_by);
  };
  const auto slope = [&](double at) {
    return scaled_cdf(at * log_growth, x + at * x_by) * log_growth +
           std::exp(at * log_growth) * x_by * kernel::density(x + at * x_by);
  };
  const double scale = std::fabs(log_growth) + std::fabs(x_by) * (1.0 + std::fabs(x));
  constexpr double small = 0.15;
  return difference_quotient<5>(e, scale, small, h, slope);
}

/// Haug (2006), section 4.15.3; at t1 = years the fractional lookback of Conze and Viswanathan.
double partial_floating(const LookbackMarket& market,
                        const Lookback& lookback,
                        double extremum,
                        double t1) {
  const Terms t = terms_of(market, lookback.years);
  const double eta = lookback.right == OptionRight::call ? 1.0 : -1.0;
  const double lambda = lookback.lambda;
  const double rest = lookback.years - t1;
  const double y = std::log(market.spot / extremum);
  const double stdev = t.vol * std::sqrt(t.years);
  const double stdev_1 = t.vol * std::sqrt(t1);
  const double stdev_2 = t.vol * std::sqrt(rest);
  const double d1 = d_plus(t, y, t.years);
  const double f1 = d_plus(t, y, t1);
  const double e1 = (t.b / t.vol + 0.5 * t.vol) * std::sqrt(rest);
  const double log_lambda = std::log(lambda);
  const double g1 = log_lambda / stdev;
  // lambda 1 and no time after t1: the two limits cancel, whichever is taken.
  const double g2 = log_lambda == 0.0 ? 0.0 : log_lambda / stdev_2;
  const double share = std::sqrt(t1 / t.years);
  const double other = std::sqrt(rest / t.years);

  const double before =
      bivariate_quotient(t.e, y, -eta * f1, eta * stdev_1, -eta * (d1 + g1), eta * stdev, share);
  const double log_growth_all = 0.5 * t.vol * t.vol * t.years + log_lambda;  // of e^(bT) lambda^e
  const double reflected = bivariate_normal_cdf(-eta * (d1 + g1), eta * (e1 + g2), -other) *
                           log_growth_all * relative_growth(t.e * log_growth_all);
  const double log_growth_1 = 0.5 * t.vol * t.vol * t1;  // of e^(b t1)
  const double late = univariate_quotient(t.e, log_growth_1, -eta * (e1 + g2), eta * stdev_2);
  const double late_now =
      std::exp(t.b * t1) * kernel::cdf(eta * (e1 - stdev_2 - g2)) * kernel::cdf(-eta * f1);

  const double spot_part =
      t.spot_now * (kernel::cdf(eta * (d1 - g1)) +
                    bivariate_normal_cdf(eta * (g1 - d1), eta * (e1 - g2), -other));
  const double extremum_part =
      lambda * extremum * t.bond *
      (bivariate_normal_cdf(-eta * (f1 - stdev_1), eta * (d1 - stdev - g1), -share) -
       kernel::cdf(eta * (d1 - stdev - g1)));
  return eta * (spot_part + extremum_part +
                lambda * market.spot * t.bond *
                    (before - reflected - kernel::cdf(-eta * f1) * late - late_now));
}

/// Haug (2006), section 4.16.3.
double partial_fixed(const LookbackMarket& market,
                     const Lookback& lookback,
                     double strike,
                     double t1) {
  const Terms t = terms_of(market, lookback.years);
  const double eta = lookback.right == OptionRight::call ? 1.0 : -1.0;
  const double rest = lookback.years - t1;
  const double y = std::log(market.spot / strike);
  const double stdev = t.vol * std::sqrt(t.years);
  const double stdev_1 = t.vol * std::sqrt(t1);
  const double stdev_2 = t.vol * std::sqrt(rest);
  const double d1 = d_plus(t, y, t.years);
  const double f1 = d_plus(t, y, t1);
  const double e1 = (t.b / t.vol + 0.5 * t.vol) * std::sqrt(rest);
  const double share = std::sqrt(t1 / t.years);
  const double other = std::sqrt(rest / t.years);

  const double before =
      bivariate_quotient(t.e, y, eta * d1, -eta * stdev, -eta * f1, eta * stdev_1, -share);
  const double log_growth_all = 0.5 * t.vol * t.vol * t.years;
  const double reflected = bivariate_normal_cdf(eta * e1, eta * d1, other) * log_growth_all *
                           relative_growth(t.e * log_growth_all);
  const double late = univariate_quotient(t.e, 0.5 * t.vol * t.vol * t1, eta * e1, -eta * stdev_2);
  const double early = kernel::cdf(eta * f1);
  const double late_now = std::exp(t.b * t1) * early * kernel::cdf(eta * (stdev_2 - e1));

  const double spot_part =
      t.spot_now * (kernel::cdf(eta * d1) - bivariate_normal_cdf(-eta * e1, eta * d1, -other));
  const double strike_part =
      strike * t.bond *
      (kernel::cdf(eta * (d1 - stdev)) +
       bivariate_normal_cdf(eta * (f1 - stdev_1), -eta * (d1 - stdev), -share));
  return eta * (spot_part - strike_part +
                market.spot * t.bond * (reflected - before - early * late + late_now));
}

/// eta is 1 for the maximum, -1 for the minimum.
double excess(const Terms& t, double spot, double level, double eta) {
  const double y = std::log(spot / level);
  const double stdev = t.vol * std::sqrt(t.years);
  const double d1 = d_plus(t, y, t.years);
  const double reflected = univariate_quotient(t.e, -y, eta * d1, -eta * stdev);
  const double growth = 0.5 * t.vol * t.vol * t.years * relative_growth(t.b * t.years);
  const double direct = kernel::cdf(eta * d1);
  return eta * (t.spot_now * direct - level * t.bond * kernel::cdf(eta * (d1 - stdev)) -
                spot * t.bond * (reflected - direct * growth));
}

double extremum_of(const LookbackMarket& market, const Lookback& lookback) {
  return lookback.extremum.value_or(market.spot);
}

}  // namespace

namespace detail {

bool watches_maximum(const Lookback& lookback) {
  const bool is_fixed =
      lookback.style == LookbackStyle::fixed || lookback.style == LookbackStyle::partial_fixed;
  return is_fixed == (lookback.right == OptionRight::call);
}

double lookback_excess(const LookbackMarket& market, double years, double level, bool maximum) {
  return excess(terms_of(market, years), market.spot, level, maximum ? 1.0 : -1.0);
}

}  // namespace detail

Result<void> check_lookback(const LookbackMarket& market, const Lookback& lookback) {
  BALLAST_CHECK(require_positive("spot", market.spot));
  BALLAST_CHECK(require_finite("rate", market.rate));
  BALLAST_CHECK(require_finite("yield", market.yield));
  BALLAST_CHECK(require_positive("vol", market.vol));
  BALLAST_CHECK(require_positive("years", lookback.years));
  const LookbackStyle style = lookback.style;
  const bool is_fixed = style == LookbackStyle::fixed || style == LookbackStyle::partial_fixed;
  const bool is_partial =
      style == LookbackStyle::partial_floating || style == LookbackStyle::partial_fixed;
  if (is_fixed != lookback.strike.has_value()) {
    return fail(Errc::bad_input, is_fixed ? "strike is missing: a fixed lookback needs it"
                                          : "strike is given, but a floating lookback has none");
  }
  if (lookback.strike) BALLAST_CHECK(require_positive("strike", *lookback.strike));
  if (is_partial != lookback.t1.has_value()) {
    return fail(Errc::bad_input, is_partial
                                     ? "t1 is missing: a partial lookback needs it"
                                     : "t1 is given, but only partial lookbacks have a use for it");
  }
  if (lookback.t1) {
    const double t1 = *lookback.t1;
    const bool is_inside = style == LookbackStyle::partial_fixed ? t1 >= 0.0 && t1 < lookback.years
                                                                 : t1 > 0.0 && t1 <= lookback.years;
    if (!is_inside)
      return outside("t1", t1,
                     is_fixed ? "from 0 to years, years excluded" : "from 0 to years, 0 excluded");
  }
  if (lookback.extremum) {
    const double extremum = *lookback.extremum;
    if (style == LookbackStyle::partial_fixed) {
      return fail(Errc::bad_input,
                  "extremum is given, but partial_fixed begins to watch at t1, in the future");
    }
    BALLAST_CHECK(require_positive("extremum", extremum));
    const bool maximum = detail::watches_maximum(lookback);
    if (maximum ? extremum < market.spot : extremum > market.spot) {
      return outside("extremum", extremum,
                     maximum ? "the greatest price so far, not below spot"
                             : "the least price so far, not above spot");
    }
  }
  if (is_fixed && lookback.lambda != 1.0)
    return fail(Errc::bad_input, "lambda is given, but a fixed lookback has no use for it");
  const bool is_call = lookback.right == OptionRight::call;
  if (!std::isfinite(lookback.lambda) ||
      (is_call ? lookback.lambda < 1.0 : lookback.lambda > 1.0 || lookback.lambda <= 0.0)) {
    return outside("lambda", lookback.lambda,
                   is_call ? "1 or above for a call" : "above 0 and at most 1 for a put");
  }
  return {};
}

Result<double> lookback_price(const LookbackMarket& market, const Lookback& lookback) {
  BALLAST_CHECK(check_lookback(market, lookback));
  double price = 0.0;
  if (lookback.style == LookbackStyle::partial_floating ||
      (lookback.style == LookbackStyle::floating && lookback.lambda != 1.0)) {
    price = partial_floating(market, lookback, extremum_of(market, lookback),
                             lookback.t1.value_or(lookback.years));
  } else if (lookback.style == LookbackStyle::partial_fixed && *lookback.t1 > 0.0) {
    price = partial_fixed(market, lookback, *lookback.strike, *lookback.t1);
  } else {
    const double eta = detail::watches_maximum(lookback) ? 1.0 : -1.0;
    const Terms terms = terms_of(market, lookback.years);
    price = detail::lookback_from_excess(
        market, lookback, {terms.spot_now, terms.bond},
        [&](double level) { return excess(terms, market.spot, level, eta); });
  }
  if (!std::isfinite(price)) return fail(Errc::overflow, "the price is not finite");
  return std::max(0.0, price);
}

}  // namespace ballast
