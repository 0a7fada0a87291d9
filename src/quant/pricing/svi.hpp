// Raw SVI (Gatheral 2004) and SSVI (Gatheral and Jacquier 2014, Quantitative Finance 14(1)): total
// implied variance w = vol^2 T of one expiry as a function of log-moneyness k = ln(K / F).
//
//   w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))
//
// Free of butterfly arbitrage: Durrleman's g >= 0 everywhere and wings no steeper than 2 (Lee
// 2004). Free of calendar arbitrage: w grows with the expiry at every k. Tests: Vogt's example
// (Gatheral and Jacquier, example 3.1); derivatives by differences; g against the density that it
// is proportional to.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace ballast {

struct RawSvi {
  double a = 0.0;
  double b = 0.0;      // >= 0
  double rho = 0.0;    // -1 to 1, both excluded
  double m = 0.0;      // a log-moneyness
  double sigma = 0.0;  // > 0; not a volatility

  bool operator==(const RawSvi&) const = default;
};

/// Errors: bad_input, naming the parameter, also where w would be negative somewhere: at its least,
/// a + b sigma sqrt(1 - rho^2).
Result<void> check_svi(const RawSvi& svi);

double svi_total_variance(const RawSvi& svi, double k);

struct SviDerivatives {
  double w = 0.0;
  double by_k = 0.0;
  double by_k_twice = 0.0;
};
SviDerivatives svi_derivatives(const RawSvi& svi, double k);

/// Durrleman's g = (1 - k w'/(2w))^2 - w'^2/4 (1/w + 1/4) + w''/2: the risk-neutral density is
/// positive where g is. Error: divide_by_zero, where w is 0.
Result<double> durrleman_g(const RawSvi& svi, double k);

/// How fast w grows away from the money, far out: b (1 - rho) on the left, b (1 + rho) on the
/// right.
struct SviSlopes {
  double left = 0.0;
  double right = 0.0;
};
SviSlopes svi_slopes(const RawSvi& svi);

struct ButterflyCheck {
  double g_min = 0.0;  // over all k, the limits of the wings included
  double at_k = 0.0;   // where
  SviSlopes slopes;
  bool is_free = false;  // g_min >= 0 and both slopes <= 2
};
/// Errors: check_svi's; divide_by_zero where w is 0 at its least.
Result<ButterflyCheck> check_butterfly(const RawSvi& svi);

struct CalendarCheck {
  double gap_min = 0.0;  // the least of later w - earlier w
  double at_k = 0.0;
  bool is_free = false;  // gap_min >= 0, and no wing of the later is less steep
};
/// Of two expiries, earlier first.
CalendarCheck check_calendar(const RawSvi& earlier, const RawSvi& later);

/// Raw SVI as traders read it (Gatheral and Jacquier, section 3.3), for an expiry in `years` > 0.
struct SviJumpWings {
  double variance = 0.0;          // at the money, per year
  double skew = 0.0;              // at the money
  double put_slope = 0.0;         // of the left wing
  double call_slope = 0.0;        // of the right wing
  double variance_minimum = 0.0;  // per year
};
SviJumpWings svi_jump_wings(const RawSvi& svi, double years);

/// SSVI with a power law: theta is w at the money of an expiry,
///   w(k, theta) = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)),
///   phi = eta / (theta^gamma (1 + theta)^(1 - gamma)).
struct Ssvi {
  double rho = 0.0;    // -1 to 1, both excluded
  double eta = 0.0;    // > 0
  double gamma = 0.5;  // 0 to 1, both excluded
};
Result<void> check_ssvi(const Ssvi& ssvi);
double ssvi_phi(const Ssvi& ssvi, double theta);
double ssvi_total_variance(const Ssvi& ssvi, double theta, double k);
/// The same slice as raw SVI. theta > 0.
RawSvi ssvi_slice(const Ssvi& ssvi, double theta);

/// Sufficient for no butterfly arbitrage (theorem 4.2): theta phi (1 + |rho|) < 4 and
/// theta phi^2 (1 + |rho|) <= 4. Calendar arbitrage there is none when theta does not fall with the
/// expiry: for this phi, d(theta phi)/d theta is between 0 and phi (theorem 4.1).
struct SsviConditions {
  double first = 0.0;   // theta phi (1 + |rho|)
  double second = 0.0;  // theta phi^2 (1 + |rho|)
  bool hold = false;
};
SsviConditions ssvi_conditions(const Ssvi& ssvi, double theta);

}  // namespace ballast
