#include "quant/pricing/heston_paths_kernel.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

using kernel::PathLanes;

/// Rng's own seeding.
void seed_lane(std::uint64_t seed, std::size_t lane, PathLanes& lanes) {
  for (auto& words : lanes.state) {
    seed += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    words[lane] = z ^ (z >> 31U);
  }
}

PathLanes lanes_at(double v0) {
  PathLanes lanes;
  lanes.v.fill(v0);
  lanes.x.fill(0.0);
  lanes.extreme.fill(0.0);
  for (std::size_t lane = 0; lane < kernel::path_lanes; ++lane)
    seed_lane(1000 + lane, lane, lanes);
  return lanes;
}

/// kappa 2, theta 0.09, rho -0.6; a large sigma takes variances to 0.
kernel::HestonScheme scheme(double sigma) {
  constexpr double dt = 0.01;
  const double decay = std::exp(-2.0 * dt);
  const double lean = -0.6 / sigma;
  const double k2 = 0.5 * dt * (2.0 * lean - 0.5) + lean;
  const double k34 = 0.5 * dt * (1.0 - 0.36);
  return {.theta = 0.09,
          .carry_dt = 0.03 * dt,
          .half_dt = 0.5 * dt,
          .decay = decay,
          .variance_by_v = sigma * sigma * decay * (1.0 - decay) / 2.0,
          .variance_at_0 = 0.09 * sigma * sigma * (1.0 - decay) * (1.0 - decay) / 4.0,
          .k0 = -lean * 2.0 * 0.09 * dt,
          .k1 = 0.5 * dt * (2.0 * lean - 0.5) - lean,
          .k2 = k2,
          .k34 = k34,
          .a = k2 + 0.5 * k34};
}

TEST(HestonPathsKernel, gives_the_same_bits_on_every_path) {
  const kernel::WalkPaths plain = kernel::walk_paths_kernel(VectorPath::baseline);
  for (const VectorPath path : {VectorPath::avx2, VectorPath::avx512}) {
    const kernel::WalkPaths wide = kernel::walk_paths_kernel(path);
    ASSERT_EQ(wide != nullptr, has_vector_path(path));
    if (wide == nullptr) continue;
    for (const double sigma : {0.3, 3.0}) {
      for (const kernel::PathWatch& watch :
           {kernel::PathWatch{true, 0, 1.0}, kernel::PathWatch{true, 0, -1.0},
            kernel::PathWatch{false, 7, 1.0}}) {
        PathLanes expected = lanes_at(0.04);
        PathLanes lanes = expected;
        plain(scheme(sigma), 300, watch, expected);
        wide(scheme(sigma), 300, watch, lanes);
        ASSERT_EQ(lanes.x, expected.x) << to_string(path) << ", sigma " << sigma;
        ASSERT_EQ(lanes.v, expected.v) << to_string(path) << ", sigma " << sigma;
        ASSERT_EQ(lanes.extreme, expected.extreme) << to_string(path) << ", sigma " << sigma;
        ASSERT_EQ(lanes.state, expected.state) << to_string(path) << ", sigma " << sigma;
      }
    }
  }
}

TEST(HestonPathsKernel, draws_what_rng_draws) {
  PathLanes lanes = lanes_at(0.04);
  kernel::walk_paths_kernel(widest_vector_path())(scheme(0.3), 10, {.is_continuous = true}, lanes);
  for (std::size_t lane = 0; lane < kernel::path_lanes; ++lane) {
    Rng rng(1000 + lane);
    for (int draw = 0; draw < 30; ++draw)
      rng.next();
    const std::uint64_t five = lanes.state[1][lane] * 5;
    EXPECT_EQ(((five << 7U) | (five >> 57U)) * 9, rng.next()) << lane;
  }
}

TEST(HestonPathsKernel, takes_variances_to_0_where_sigma_is_large) {
  PathLanes lanes = lanes_at(0.04);
  kernel::walk_paths_kernel(widest_vector_path())(scheme(3.0), 300, {.is_continuous = true}, lanes);
  std::size_t at_0 = 0;
  for (std::size_t lane = 0; lane < kernel::path_lanes; ++lane) {
    EXPECT_GE(lanes.v[lane], 0.0);
    EXPECT_GE(lanes.extreme[lane], std::max(0.0, lanes.x[lane]));
    at_0 += lanes.v[lane] == 0.0 ? 1U : 0U;
  }
  EXPECT_GT(at_0, 0U);
}

}  // namespace
}  // namespace ballast
