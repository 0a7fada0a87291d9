// Compiled with black_batch_kernel.cpp's flags (src/quant/CMakeLists.txt).
//
// A step at a time over the whole block, each in a loop of its own. What only some options need
// (the ends' starts, the logarithms' steps) is computed for all of a block where one of it does.
#include "quant/pricing/implied_vol_kernel.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "quant/pricing/detail_implied_vol.hpp"

namespace ballast::kernel {
namespace {

constexpr std::size_t block_size = 64;  // all of a block's numbers stay in the nearest cache
constexpr std::size_t lanes_max = 8;
constexpr double largest = std::numeric_limits<double>::max();

using Row = std::array<double, block_size>;

/// Of a status, in a row of doubles.
constexpr double code_of(ImpliedVolStatus status) { return static_cast<double>(status); }

/// The block's options, one row a number. What is 1 or 0 says so.
struct VolBlock {
  alignas(64) Row sign, forward, strike, years, price;  // as they come
  alignas(64) Row status, has_vol;                      // whether it has one above 0
  alignas(64) Row x, target, complement, log_price;
  alignas(64) Row s_centre, b_centre, s_edge, b_edge;
  alignas(64) Row is_lower, is_upper, is_high;  // of the ends; of the logarithm of the complement
  alignas(64) Row h, t, z, g, use_series, series, near, far;
  alignas(64) Row at_price, at_complement;  // b at s, and 1 - b; its slope is g
  alignas(64) Row s, change;

  BALLAST_KERNEL VolTarget target_at(std::size_t i) const {
    return {x[i], target[i], complement[i], log_price[i]};
  }
  BALLAST_KERNEL Normalised at(std::size_t i) const {
    return {at_price[i], at_complement[i], g[i]};
  }
};

BALLAST_KERNEL void load(Row& row,
                         std::span<const double> column,
                         std::size_t first,
                         std::size_t count) {
  row.fill(1.0);
  std::copy_n(column.data() + first, count, row.data());
}

BALLAST_KERNEL void load(VolBlock& b,
                         const ImpliedVolBatch& batch,
                         std::size_t first,
                         std::size_t count) {
  b.sign.fill(1.0);
  for (std::size_t i = 0; i < count; ++i)
    b.sign[i] = batch.right[first + i] == OptionRight::call ? 1.0 : -1.0;
  load(b.forward, batch.forward, first, count);
  load(b.strike, batch.strike, first, count);
  load(b.years, batch.years, first, count);
  load(b.price, batch.price, first, count);
}

/// An option that has no volatility, or 0, goes on as one at the money, and is told apart at the
/// end.
BALLAST_KERNEL void begin(VolBlock& b, std::size_t padded) {
  constexpr double outside = code_of(ImpliedVolStatus::outside_domain);
  constexpr double below = code_of(ImpliedVolStatus::below_intrinsic);
  constexpr double above = code_of(ImpliedVolStatus::above_most);
  const auto positive = [](double value) __attribute__((always_inline)) {
    const double is_finite = value <= largest ? 1.0 : 0.0;
    return value > 0.0 ? is_finite : 0.0;
  };
  alignas(64) Row forward, strike, time_value;
  for (std::size_t i = 0; i < padded; ++i) {
    const double price_is_good = b.price[i] == 0.0 ? 1.0 : positive(b.price[i]);
    const double good = positive(b.forward[i]) * positive(b.strike[i]) * positive(b.years[i]);
    const double intrinsic = most(b.sign[i] * (b.forward[i] - b.strike[i]), 0.0);
    const double ceiling = b.sign[i] > 0.0 ? b.forward[i] : b.strike[i];
    const double high = b.price[i] >= ceiling ? above : 0.0;
    const double priced = b.price[i] < intrinsic ? below : high;
    b.status[i] = good * price_is_good == 0.0 ? outside : priced;
    time_value[i] = b.price[i] - intrinsic;
    const double is_above_0 = time_value[i] > 0.0 ? 1.0 : 0.0;
    b.has_vol[i] = b.status[i] == 0.0 ? is_above_0 : 0.0;
    forward[i] = b.has_vol[i] != 0.0 ? b.forward[i] : 1.0;
    strike[i] = b.has_vol[i] != 0.0 ? b.strike[i] : 1.0;
    time_value[i] = b.has_vol[i] != 0.0 ? time_value[i] : 0.25;
  }
  for (std::size_t i = 0; i < padded; ++i) {
    const VolTarget target = vol_target(forward[i], strike[i], time_value[i]);
    b.x[i] = target.x;
    b.complement[i] = target.complement;
    b.log_price[i] = target.log_price;
    // What is 0 over the strike is no time value.
    b.has_vol[i] = target.price == 0.0 ? 0.0 : b.has_vol[i];
    b.target[i] = target.price == 0.0 ? 0.25 : target.price;
  }
}

/// b at s and what goes with it: h to g, at_price and at_complement.
BALLAST_KERNEL void evaluate(VolBlock& b, const Row& s, std::size_t padded) {
  std::uint64_t any_series = 0;
  std::uint64_t any_tails = 0;
  for (std::size_t i = 0; i < padded; ++i) {
    const Stand at = stand(b.x[i], s[i]);
    b.h[i] = at.h;
    b.t[i] = at.t;
    b.z[i] = at.z;
    b.g[i] = at.g;
    b.use_series[i] = takes_series(b.x[i], at);
    any_series |= bits_of(b.use_series[i]);
    any_tails |= bits_of(1.0 - b.use_series[i]);
  }
  if (any_series != 0) {
    for (std::size_t i = 0; i < padded; ++i)
      b.series[i] = by_series({b.h[i], b.t[i], b.z[i], b.g[i]}).price;
  }
  if (any_tails != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const Normalised at = by_tails({b.h[i], b.t[i], b.z[i], b.g[i]});
      b.near[i] = at.price;
      b.far[i] = at.complement;
    }
  }
  for (std::size_t i = 0; i < padded; ++i) {
    const double series = b.series[i];
    b.at_price[i] = b.use_series[i] != 0.0 ? series : b.near[i];
    b.at_complement[i] = b.use_series[i] != 0.0 ? 1.0 - series : b.far[i];
  }
}

BALLAST_KERNEL void find_starts(VolBlock& b, std::size_t padded) {
  for (std::size_t i = 0; i < padded; ++i) {
    b.s_centre[i] = std::sqrt(2.0 * b.x[i]);
    b.s[i] = b.x[i] == 0.0 ? 1.0 : b.s_centre[i];
  }
  evaluate(b, b.s, padded);
  for (std::size_t i = 0; i < padded; ++i) {
    b.b_centre[i] = b.x[i] == 0.0 ? 0.0 : b.at_price[i];
    const double low = lower_edge(b.s_centre[i], b.b_centre[i]);
    const double high = upper_edge(b.s_centre[i], b.b_centre[i]);
    b.s_edge[i] = b.target[i] < b.b_centre[i] ? low : high;
  }
  evaluate(b, b.s_edge, padded);
  std::uint64_t any_lower = 0;
  std::uint64_t any_upper = 0;
  for (std::size_t i = 0; i < padded; ++i) {
    b.b_edge[i] = b.at_price[i];
    const double is_below = b.target[i] < b.b_centre[i] ? 1.0 : 0.0;
    const double under = b.target[i] < b.b_edge[i] ? 1.0 : 0.0;
    const double over = b.target[i] > b.b_edge[i] ? 1.0 : 0.0;
    b.is_lower[i] = is_below * under;
    b.is_upper[i] = (1.0 - is_below) * over;
    b.is_high[i] = b.target[i] > 0.5 ? b.is_upper[i] : 0.0;
    any_lower |= bits_of(b.is_lower[i]);
    any_upper |= bits_of(b.is_upper[i]);
    b.s[i] =
        middle_start(b.target[i], b.s_centre[i], b.b_centre[i], b.s_edge[i], b.b_edge[i], b.g[i]);
  }
  if (any_lower != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double start = lower_start(b.x[i], b.target[i], b.s_edge[i], b.b_edge[i]);
      b.s[i] = b.is_lower[i] != 0.0 ? start : b.s[i];
    }
  }
  if (any_upper != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double start =
          upper_start(b.x[i], b.target[i], b.s_edge[i], b.b_edge[i], b.at_complement[i]);
      b.s[i] = b.is_upper[i] != 0.0 ? start : b.s[i];
    }
  }
}

BALLAST_KERNEL void step(VolBlock& b, std::size_t padded) {
  evaluate(b, b.s, padded);
  std::uint64_t any_lower = 0;
  std::uint64_t any_high = 0;
  for (std::size_t i = 0; i < padded; ++i) {
    any_lower |= bits_of(b.is_lower[i]);
    any_high |= bits_of(b.is_high[i]);
    b.change[i] = step_by_price(b.target_at(i), b.at(i), bends(b.x[i], b.s[i]));
  }
  if (any_lower != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double change = step_by_inverse_log(b.target_at(i), b.at(i), bends(b.x[i], b.s[i]));
      b.change[i] = b.is_lower[i] != 0.0 ? change : b.change[i];
    }
  }
  if (any_high != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double change = step_by_log_complement(b.target_at(i), b.at(i), bends(b.x[i], b.s[i]));
      b.change[i] = b.is_high[i] != 0.0 ? change : b.change[i];
    }
  }
  for (std::size_t i = 0; i < padded; ++i) {
    const double before = b.s[i];
    b.s[i] = before + most(b.change[i], -0.5 * before);
    b.change[i] = b.s[i] - before;
  }
}

/// The third and fourth steps, of the few that need them.
BALLAST_KERNEL void finish(VolBlock& b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    double change = b.change[i];
    const VolObjective upper =
        b.is_high[i] != 0.0 ? VolObjective::log_complement : VolObjective::price;
    const VolObjective objective = b.is_lower[i] != 0.0 ? VolObjective::inverse_log : upper;
    for (int steps = 2; steps < vol_steps_max; ++steps) {
      if (std::fabs(change) < last_vol_step * b.s[i]) break;
      const double before = b.s[i];
      b.s[i] = advanced(b.target_at(i), objective, before);
      change = b.s[i] - before;
    }
  }
}

BALLAST_KERNEL std::size_t run(const ImpliedVolBatch& batch,
                               std::span<double> vol,
                               std::span<ImpliedVolStatus> status) {
  VolBlock b;
  b.series.fill(0.0);
  b.near.fill(0.0);
  b.far.fill(0.0);
  std::size_t found = 0;
  const std::size_t size = batch.right.size();
  for (std::size_t first = 0; first < size; first += block_size) {
    const std::size_t count = std::min(block_size, size - first);
    const std::size_t padded = (count + lanes_max - 1) / lanes_max * lanes_max;
    load(b, batch, first, count);
    begin(b, padded);
    find_starts(b, padded);
    step(b, padded);
    step(b, padded);
    finish(b, count);
    for (std::size_t i = 0; i < padded; ++i)
      b.change[i] = b.has_vol[i] != 0.0 ? b.s[i] / std::sqrt(b.years[i]) : 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      vol[first + i] = b.change[i];
      status[first + i] = static_cast<ImpliedVolStatus>(b.status[i]);
      found += status[first + i] == ImpliedVolStatus::found ? 1U : 0U;
    }
  }
  return found;
}

std::size_t run_baseline(const ImpliedVolBatch& batch,
                         std::span<double> vol,
                         std::span<ImpliedVolStatus> status) {
  return run(batch, vol, status);
}
#if defined(__x86_64__)
[[gnu::target(BALLAST_AVX2)]] std::size_t run_avx2(const ImpliedVolBatch& batch,
                                                   std::span<double> vol,
                                                   std::span<ImpliedVolStatus> status) {
  return run(batch, vol, status);
}
[[gnu::target(BALLAST_AVX512)]] std::size_t run_avx512(const ImpliedVolBatch& batch,
                                                       std::span<double> vol,
                                                       std::span<ImpliedVolStatus> status) {
  return run(batch, vol, status);
}
#endif

}  // namespace

ImpliedVolLoop implied_vol_kernel(VectorPath path) {
  if (!has_vector_path(path)) return nullptr;
#if defined(__x86_64__)
  if (path == VectorPath::avx512) return run_avx512;
  if (path == VectorPath::avx2) return run_avx2;
#endif
  return run_baseline;
}

}  // namespace ballast::kernel
