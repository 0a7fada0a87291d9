// Gauss-Legendre nodes and weights on -1 to 1, by Newton's method on the polynomial.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace ballast::detail {

template <std::size_t Count>
struct GaussLegendre {
  std::array<double, Count> nodes{};
  std::array<double, Count> weights{};

  GaussLegendre() {
    constexpr auto n = static_cast<double>(Count);
    for (std::size_t i = 0; i < Count; ++i) {
      double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5));
      double slope = 1.0;
      constexpr int steps = 8;  // from this start four are enough
      for (int step = 0; step < steps; ++step) {
        double before = 1.0;
        double here = x;
        for (std::size_t k = 2; k <= Count; ++k) {
          const auto degree = static_cast<double>(k);
          const double next = ((2.0 * degree - 1.0) * x * here - (degree - 1.0) * before) / degree;
          before = here;
          here = next;
        }
        slope = n * (x * here - before) / (x * x - 1.0);
        x -= here / slope;
      }
      nodes[i] = x;
      weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
  }
};

/// Made at the first use.
template <std::size_t Count>
const GaussLegendre<Count>& gauss_legendre() {
  static const GaussLegendre<Count> rule;
  return rule;
}

}  // namespace ballast::detail
