// The loops of heston.cpp, eight nodes at a time, compiled for several processors as
// black_batch_kernel.cpp is: the same bits on all.
//
// Nodes lie in blocks: of each part the eight real and the eight imaginary numbers, part after
// part. Part 0 is phi(u - i/2) / (u^2 + 1/4), parts 1 to 5 its derivatives by v0, kappa, theta,
// sigma and rho.
#pragma once

#include <array>
#include <cstddef>

#include "quant/pricing/heston.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast::kernel {

inline constexpr std::size_t heston_lanes = 8;
constexpr std::size_t heston_block(std::size_t parts) { return 2 * parts * heston_lanes; }

/// Nodes at u = offset + j step, j = 0, 1, ...
struct HestonComb {
  double offset = 0.0;
  double step = 0.0;
  const double* nodes = nullptr;
  std::size_t blocks = 0;
};

struct HestonKernel {
  /// Fills whole blocks from u = from on, of one part or of six.
  void (*values)(const HestonParameters& p,
                 double years,
                 double from,
                 double step,
                 std::size_t blocks,
                 double* out);
  void (*gradients)(const HestonParameters& p,
                    double years,
                    double from,
                    double step,
                    std::size_t blocks,
                    double* out);
  /// Adds to sums[i] that of Re(e^(iux) part 0) at x = xs[i] over the comb's nodes, which are of
  /// one part. `count` is a multiple of heston_lanes.
  void (*add_values)(const HestonComb& comb, const double* xs, std::size_t count, double* sums);
  /// The same of six parts, to sums[part * count + i], then of Re(iu e^(iux) part 0) and
  /// Re(-u^2 e^(iux) part 0) as if they were parts 6 and 7.
  void (*add_gradients)(const HestonComb& comb, const double* xs, std::size_t count, double* sums);
};

/// Null where there is none for that path on this processor.
const HestonKernel* heston_kernel(VectorPath path);

}  // namespace ballast::kernel
