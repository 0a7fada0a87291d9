// Compiled with black_batch_kernel.cpp's flags (src/quant/CMakeLists.txt). Each step of the scheme
// is a loop of its own over the paths: the shorter it is, the more rounds of it a processor has
// under way at once.
#include "quant/pricing/heston_paths_kernel.hpp"

#include "quant/pricing/normal_kernel.hpp"
#include "quant/pricing/trigonometry.hpp"

namespace ballast::kernel {
namespace {

using Row = PathLanes::Row;

/// One step's numbers.
struct StepRows {
  alignas(64) Row uniform, of_angle, of_bridge;
  alignas(64) Row radius;
  alignas(64) Row draw, normal;  // standard normals, of the variance and of the price
  alignas(64) Row v_before, mean, per_psi, k0;
  alignas(64) Row centre, tail;
};

BALLAST_KERNEL std::uint64_t rotate_left(std::uint64_t x, unsigned k) {
  return (x << k) | (x >> (64U - k));
}

/// The upper 53 bits of the number, as a double of 0 to 1: two halves, each exact.
BALLAST_KERNEL double inner_uniform_of(std::uint64_t number) {
  const std::uint64_t bits = number >> 11U;
  const double high =
      std::bit_cast<double>((bits >> 32U) | std::uint64_t{0x4530000000000000}) - 0x1.00000001p84;
  const auto low = std::bit_cast<double>((bits & 0xffffffffU) | std::uint64_t{0x4330000000000000});
  return (high + low) * 0x1p-53 + 0x1p-54;
}

BALLAST_KERNEL void draw_uniforms(PathLanes& lanes, Row& row) {
  auto& [s0, s1, s2, s3] = lanes.state;
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const std::uint64_t five = (s1[i] << 2U) + s1[i];
    const std::uint64_t turned = rotate_left(five, 7);
    row[i] = inner_uniform_of((turned << 3U) + turned);
    const std::uint64_t t = s1[i] << 17U;
    const std::uint64_t a = s2[i] ^ s0[i];
    const std::uint64_t b = s3[i] ^ s1[i];
    s1[i] ^= a;
    s0[i] ^= b;
    s2[i] = a ^ t;
    s3[i] = rotate_left(b, 45);
  }
}

/// Two independent normals of two uniforms: Box and Muller (1958), Annals of Mathematical
/// Statistics 29(2).
BALLAST_KERNEL void draw_normals(StepRows& rows) {
  constexpr double two_pi = 6.28318530717958647693;
  for (std::size_t i = 0; i < path_lanes; ++i)
    rows.radius[i] = std::sqrt(-2.0 * log_ratio(rows.uniform[i], 1.0));
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const SineCosine turned = sine_cosine(two_pi * (rows.of_angle[i] - 0.5));
    rows.draw[i] = rows.radius[i] * turned.cosine;
    rows.normal[i] = rows.radius[i] * turned.sine;
  }
}

/// The scheme by value: a loop that may or may not read memory is no loop of vectors.
BALLAST_KERNEL void move_variance(HestonScheme s, PathLanes& lanes, StepRows& rows) {
  constexpr double switch_at = 1.0 / 1.5;  // of 1 / psi
  std::uint64_t any_exponential = 0;
  const double by_v = s.k1 + 0.5 * s.k34;
  const double plain_k0 = s.k0;
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const double v = lanes.v[i];
    const double mean = s.theta + (v - s.theta) * s.decay;
    const double variance = v * s.variance_by_v + s.variance_at_0;
    rows.v_before[i] = v;
    rows.mean[i] = mean;
    rows.per_psi[i] = mean * mean / variance;
    const double exponential = rows.per_psi[i] >= switch_at ? 0.0 : 1.0;
    any_exponential |= bits_of(mean > 0.0 ? exponential : 1.0);
  }
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const double inverse = most(2.0 * least(rows.per_psi[i], 1e12), 1.0);
    const double b_square = inverse - 1.0 + std::sqrt(inverse * (inverse - 1.0));
    const double a = rows.mean[i] / (1.0 + b_square);
    const double root = std::sqrt(b_square) + rows.draw[i];
    lanes.v[i] = a * root * root;
    rows.centre[i] = b_square * a;
    rows.tail[i] = 1.0 - 2.0 * s.a * a;
  }
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const double rest = rows.tail[i];
    const double k0 =
        -s.a * rows.centre[i] / rest + 0.5 * log_ratio(rest, 1.0) - by_v * rows.v_before[i];
    rows.k0[i] = rest > 0.0 ? k0 : plain_k0;
  }
  if (any_exponential == 0) return;
  for (std::size_t i = 0; i < path_lanes; ++i) {
    const double per_psi = rows.per_psi[i];
    const double p = (1.0 - per_psi) / (1.0 + per_psi);
    const double beta = (1.0 - p) / rows.mean[i];
    // The scheme's uniform is N(draw), here as its complement, which is above 0.
    const double beyond = cdf(-rows.draw[i]);
    const double tail = log_ratio(1.0 - p, beyond) / beta;
    const double v = beyond >= 1.0 - p ? 0.0 : tail;
    const double k0 =
        -log_ratio(p + beta * (1.0 - p) / (beta - s.a), 1.0) - by_v * rows.v_before[i];
    const double held = s.a < beta ? k0 : plain_k0;
    const double kept_v = per_psi >= switch_at ? lanes.v[i] : v;
    const double kept_k0 = per_psi >= switch_at ? rows.k0[i] : held;
    lanes.v[i] = rows.mean[i] > 0.0 ? kept_v : 0.0;
    rows.k0[i] = rows.mean[i] > 0.0 ? kept_k0 : plain_k0;
  }
}

BALLAST_KERNEL void walk(HestonScheme s, int steps, const PathWatch& watch, PathLanes& lanes) {
  StepRows rows;
  int until = watch.every;
  for (int step = 0; step < steps; ++step) {
    draw_uniforms(lanes, rows.uniform);
    draw_uniforms(lanes, rows.of_angle);
    draw_normals(rows);
    move_variance(s, lanes, rows);
    for (std::size_t i = 0; i < path_lanes; ++i) {
      const double before = rows.v_before[i];
      const double v = lanes.v[i];
      rows.centre[i] = s.carry_dt + rows.k0[i] + s.k1 * before + s.k2 * v +
                       std::sqrt(s.k34 * (before + v)) * rows.normal[i];
    }
    if (watch.is_continuous) {
      draw_uniforms(lanes, rows.of_bridge);
      for (std::size_t i = 0; i < path_lanes; ++i) {
        const double variance = s.half_dt * (rows.v_before[i] + lanes.v[i]);
        rows.tail[i] =
            rows.centre[i] * rows.centre[i] - 2.0 * variance * log_ratio(rows.of_bridge[i], 1.0);
      }
      for (std::size_t i = 0; i < path_lanes; ++i)
        rows.tail[i] = std::sqrt(rows.tail[i]);
      for (std::size_t i = 0; i < path_lanes; ++i) {
        const double reached = lanes.x[i] + 0.5 * (rows.centre[i] + watch.eta * rows.tail[i]);
        lanes.extreme[i] = watch.eta * most(watch.eta * lanes.extreme[i], watch.eta * reached);
      }
    }
    for (std::size_t i = 0; i < path_lanes; ++i)
      lanes.x[i] += rows.centre[i];
    if (watch.every > 0 && --until == 0) {
      until = watch.every;
      for (std::size_t i = 0; i < path_lanes; ++i) {
        lanes.extreme[i] = watch.eta * most(watch.eta * lanes.extreme[i], watch.eta * lanes.x[i]);
      }
    }
  }
}

void walk_baseline(const HestonScheme& s, int steps, const PathWatch& watch, PathLanes& lanes) {
  walk(s, steps, watch, lanes);
}
#if defined(__x86_64__)
[[gnu::target(BALLAST_AVX2)]] void walk_avx2(const HestonScheme& s,
                                             int steps,
                                             const PathWatch& watch,
                                             PathLanes& lanes) {
  walk(s, steps, watch, lanes);
}
[[gnu::target(BALLAST_AVX512)]] void walk_avx512(const HestonScheme& s,
                                                 int steps,
                                                 const PathWatch& watch,
                                                 PathLanes& lanes) {
  walk(s, steps, watch, lanes);
}
#endif

}  // namespace

WalkPaths walk_paths_kernel(VectorPath path) {
  if (!has_vector_path(path)) return nullptr;
#if defined(__x86_64__)
  if (path == VectorPath::avx512) return walk_avx512;
  if (path == VectorPath::avx2) return walk_avx2;
#endif
  return walk_baseline;
}

}  // namespace ballast::kernel
