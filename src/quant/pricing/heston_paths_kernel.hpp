// The steps of heston_paths.cpp, of many paths side by side, compiled for several processors as
// black_batch_kernel.cpp is: the same bits on all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "quant/pricing/vector_path.hpp"

namespace ballast::kernel {

/// The quadratic-exponential scheme over one step; names as in Andersen's paper, with
/// gamma1 = gamma2 = 1/2.
struct HestonScheme {
  double theta, carry_dt, half_dt;
  double decay;          // e^(-kappa dt)
  double variance_by_v;  // of the next variance, per present one
  double variance_at_0;
  double k0, k1, k2, k34;
  double a;  // Andersen's A
};

inline constexpr std::size_t path_lanes = 32;

/// Paths on their way: the variance, the logarithms of the price over the spot and of the extreme,
/// and the generator of each, xoshiro256** as in base/rng.hpp.
struct PathLanes {
  using Row = std::array<double, path_lanes>;
  alignas(64) Row v, x, extreme;
  alignas(64) std::array<std::array<std::uint64_t, path_lanes>, 4> state;
};

/// When the extreme is looked at.
struct PathWatch {
  bool is_continuous = false;  // within steps too
  int every = 0;               // at every so manieth step; 0: never
  double eta = 1.0;            // 1 for the greatest price, -1 for the least
};

using WalkPaths = void (*)(const HestonScheme&, int steps, const PathWatch&, PathLanes&);

/// Null where there is none for that path of instructions on this processor.
WalkPaths walk_paths_kernel(VectorPath path);

}  // namespace ballast::kernel
