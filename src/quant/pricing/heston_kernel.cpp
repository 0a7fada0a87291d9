// Compiled with black_batch_kernel.cpp's flags (src/quant/CMakeLists.txt).
#include "quant/pricing/heston_kernel.hpp"

#include <algorithm>

#include "quant/pricing/detail_heston_characteristic.hpp"

// Vectors go through functions that are always inlined: no call passes one.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace ballast::kernel {
namespace {

using detail::Complex;
using Lanes = std::array<double, heston_lanes>;

constexpr Lanes lane_numbers{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};

constexpr std::size_t at_once_max = 4 * heston_lanes;

/// Complex numbers of several blocks.
struct Rows {
  alignas(64) std::array<double, at_once_max> re, im;

  BALLAST_KERNEL void set(std::size_t i, Complex z) {
    re[i] = z.re;
    im[i] = z.im;
  }
  BALLAST_KERNEL Complex at(std::size_t i) const { return {re[i], im[i]}; }
};

/// What the characteristic function is made of at several u, a loop a step: each waits for its own
/// results, and the shorter it is, the more rounds of it a processor has under way at once.
template <bool Derivatives>
struct Nodes {
  alignas(64) std::array<double, at_once_max> u, a;
  Rows d, s, q, h, one_less_e, w, log_first, log_second;

  BALLAST_KERNEL void begin(
      const HestonParameters& p, double years, double from, double step, std::size_t count) {
    for (std::size_t first = 0; first < count; first += heston_lanes) {
      const double at = from + static_cast<double>(first) * step;
      for (std::size_t lane = 0; lane < heston_lanes; ++lane) {
        u[first + lane] = at + lane_numbers[lane] * step;
        a[first + lane] = u[first + lane] * u[first + lane] + 0.25;
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto roots = detail::heston_roots(p, {u[i], -0.5}, {a[i], 0.0});
      d.set(i, roots.d);
      s.set(i, roots.s);
      q.set(i, roots.q);
      h.set(i, roots.h);
    }
    for (std::size_t i = 0; i < count; ++i)
      one_less_e.set(i, detail::heston_one_less_e(years, d.at(i)));
    for (std::size_t i = 0; i < count; ++i)
      w.set(i, detail::heston_ratios(p, h.at(i), one_less_e.at(i)).w());
    for (std::size_t i = 0; i < count; ++i) {
      const auto log = detail::log_ratios(w.at(i));
      log_first.set(i, log.first);
      if constexpr (Derivatives) log_second.set(i, log.second);
    }
  }
  BALLAST_KERNEL detail::HestonTerms terms(const HestonParameters& p, std::size_t i) const {
    return {{d.at(i), s.at(i), q.at(i), h.at(i)},
            one_less_e.at(i),
            detail::heston_ratios(p, h.at(i), one_less_e.at(i)),
            {log_first.at(i), log_second.at(i)}};
  }
  BALLAST_KERNEL Complex exponent(const HestonParameters& p, double years, std::size_t i) const {
    const auto ratios = detail::heston_ratios(p, h.at(i), one_less_e.at(i));
    const Complex per_theta =
        detail::heston_per_theta(p, years, q.at(i), h.at(i), ratios.ratio, log_first.at(i));
    return p.theta * per_theta + p.v0 * detail::heston_D(q.at(i), one_less_e.at(i), ratios);
  }
};

/// Parameters by value: what may be written over between two reads is no loop of vectors.
BALLAST_KERNEL void fill_values(HestonParameters p,
                                double years,
                                double from,
                                double step,
                                std::size_t blocks,
                                double* __restrict out) {
  Nodes<false> nodes;
  Rows exponent;
  for (std::size_t first = 0; first < blocks * heston_lanes; first += at_once_max) {
    const std::size_t count = std::min(at_once_max, blocks * heston_lanes - first);
    nodes.begin(p, years, from + static_cast<double>(first) * step, step, count);
    for (std::size_t i = 0; i < count; ++i)
      exponent.set(i, nodes.exponent(p, years, i));
    for (std::size_t begin = 0; begin < count; begin += heston_lanes) {
      double* __restrict const re = out + (first + begin) * 2;
      double* __restrict const im = re + heston_lanes;
      for (std::size_t lane = 0; lane < heston_lanes; ++lane) {
        const Complex node =
            (1.0 / nodes.a[begin + lane]) * detail::exponential(exponent.at(begin + lane));
        re[lane] = node.re;
        im[lane] = node.im;
      }
    }
  }
}

BALLAST_KERNEL void fill_gradients(HestonParameters p,
                                   double years,
                                   double from,
                                   double step,
                                   std::size_t blocks,
                                   double* __restrict out) {
  Nodes<true> nodes;
  Rows exponent, value;
  for (std::size_t first = 0; first < blocks * heston_lanes; first += at_once_max) {
    const std::size_t count = std::min(at_once_max, blocks * heston_lanes - first);
    nodes.begin(p, years, from + static_cast<double>(first) * step, step, count);
    for (std::size_t i = 0; i < count; ++i)
      exponent.set(i, nodes.exponent(p, years, i));
    for (std::size_t i = 0; i < count; ++i)
      value.set(i, (1.0 / nodes.a[i]) * detail::exponential(exponent.at(i)));
    for (std::size_t begin = 0; begin < count; begin += heston_lanes) {
      double* __restrict const at = out + (first + begin) * 12;
      for (std::size_t lane = 0; lane < heston_lanes; ++lane) {
        const std::size_t i = begin + lane;
        const detail::HestonExponent by = detail::heston_exponent_with_gradient(
            p, years, {nodes.u[i], -0.5}, {nodes.a[i], 0.0}, nodes.terms(p, i));
        const Complex node = value.at(i);
        const Complex by_v0 = node * by.by_v0;
        const Complex by_kappa = node * by.by_kappa;
        const Complex by_theta = node * by.by_theta;
        const Complex by_sigma = node * by.by_sigma;
        const Complex by_rho = node * by.by_rho;
        at[lane] = node.re;
        at[lane + 1 * heston_lanes] = node.im;
        at[lane + 2 * heston_lanes] = by_v0.re;
        at[lane + 3 * heston_lanes] = by_v0.im;
        at[lane + 4 * heston_lanes] = by_kappa.re;
        at[lane + 5 * heston_lanes] = by_kappa.im;
        at[lane + 6 * heston_lanes] = by_theta.re;
        at[lane + 7 * heston_lanes] = by_theta.im;
        at[lane + 8 * heston_lanes] = by_sigma.re;
        at[lane + 9 * heston_lanes] = by_sigma.im;
        at[lane + 10 * heston_lanes] = by_rho.re;
        at[lane + 11 * heston_lanes] = by_rho.im;
      }
    }
  }
}

/// Eight numbers side by side.
using Eight = double __attribute__((vector_size(heston_lanes * sizeof(double))));

BALLAST_KERNEL Eight eight_of(const double* from) {
  Eight eight;
  __builtin_memcpy(&eight, from, sizeof eight);
  return eight;
}
BALLAST_KERNEL void add_to(double* to, const Eight& more) {
  const Eight sum = eight_of(to) + more;
  __builtin_memcpy(to, &sum, sizeof sum);
}

/// e^(i angle) for eight x: `u` is what x is multiplied by.
struct Turns {
  Eight re, im;
};
BALLAST_KERNEL Turns turns_of(const double* xs, double u) {
  alignas(64) Lanes re, im;
  for (std::size_t lane = 0; lane < heston_lanes; ++lane) {
    const SineCosine at = sine_cosine(u * xs[lane]);
    re[lane] = at.cosine;
    im[lane] = at.sine;
  }
  return {eight_of(re.data()), eight_of(im.data())};
}

/// Eight x at a time go through the nodes, turned from each to the next. Two nodes a round, each
/// with turns of its own: one alone would wait for itself.
template <std::size_t Parts>
BALLAST_KERNEL void add_sums(const HestonComb& comb,
                             const double* __restrict xs,
                             std::size_t count,
                             double* __restrict sums) {
  constexpr std::size_t sums_each = Parts == 1 ? 1 : Parts + 2;
  // Turning by products drifts by a rounding error a step: begun anew before that shows.
  constexpr std::size_t fresh = 8;  // blocks
  for (std::size_t first = 0; first < count; first += heston_lanes) {
    const Turns by = turns_of(xs + first, 2.0 * comb.step);
    Turns at[2]{};
    Eight totals[sums_each]{};
    for (std::size_t block = 0; block < comb.blocks; ++block) {
      const double* const nodes = comb.nodes + block * heston_block(Parts);
      const double from = comb.offset + static_cast<double>(block * heston_lanes) * comb.step;
      if (block % fresh == 0) {
        at[0] = turns_of(xs + first, from);
        at[1] = turns_of(xs + first, from + comb.step);
      }
      for (std::size_t node = 0; node < heston_lanes; ++node) {
        Turns& turn = at[node % 2];
        for (std::size_t part = 0; part < Parts; ++part) {
          const double* const re = nodes + 2 * part * heston_lanes + node;
          totals[part] += turn.re * re[0] - turn.im * re[heston_lanes];
        }
        if constexpr (Parts > 1) {
          const double u = from + lane_numbers[node] * comb.step;
          const Eight real = turn.re * nodes[node] - turn.im * nodes[node + heston_lanes];
          const Eight imaginary = turn.re * nodes[node + heston_lanes] + turn.im * nodes[node];
          totals[Parts] -= u * imaginary;
          totals[Parts + 1] -= u * u * real;
        }
        const Eight next = turn.re * by.re - turn.im * by.im;
        turn.im = turn.re * by.im + turn.im * by.re;
        turn.re = next;
      }
    }
    for (std::size_t sum = 0; sum < sums_each; ++sum)
      add_to(sums + sum * count + first, totals[sum]);
  }
}

#define BALLAST_HESTON_KERNEL(path, target)                                                       \
  target void values_##path(const HestonParameters& p, double years, double from, double step,    \
                            std::size_t blocks, double* out) {                                    \
    fill_values(p, years, from, step, blocks, out);                                               \
  }                                                                                               \
  target void gradients_##path(const HestonParameters& p, double years, double from, double step, \
                               std::size_t blocks, double* out) {                                 \
    fill_gradients(p, years, from, step, blocks, out);                                            \
  }                                                                                               \
  target void add_values_##path(const HestonComb& comb, const double* xs, std::size_t count,      \
                                double* sums) {                                                   \
    add_sums<1>(comb, xs, count, sums);                                                           \
  }                                                                                               \
  target void add_gradients_##path(const HestonComb& comb, const double* xs, std::size_t count,   \
                                   double* sums) {                                                \
    add_sums<6>(comb, xs, count, sums);                                                           \
  }                                                                                               \
  constexpr HestonKernel kernel_##path{values_##path, gradients_##path, add_values_##path,        \
                                       add_gradients_##path};

BALLAST_HESTON_KERNEL(baseline, )
#if defined(__x86_64__)
BALLAST_HESTON_KERNEL(avx2, [[gnu::target(BALLAST_AVX2)]])
BALLAST_HESTON_KERNEL(avx512, [[gnu::target(BALLAST_AVX512)]])
#endif

#undef BALLAST_HESTON_KERNEL

}  // namespace

const HestonKernel* heston_kernel(VectorPath path) {
#if defined(__x86_64__)
  if (path == VectorPath::avx512) return has_vector_path(path) ? &kernel_avx512 : nullptr;
  if (path == VectorPath::avx2) return has_vector_path(path) ? &kernel_avx2 : nullptr;
#endif
  return path == VectorPath::baseline ? &kernel_baseline : nullptr;
}

}  // namespace ballast::kernel
