// Compiled with -O3 -fno-math-errno -fno-trapping-math (src/quant/CMakeLists.txt): neither changes
// a result, and without them a root or a choice between two numbers keeps a loop from becoming
// vector instructions.
#include "quant/pricing/black_batch_kernel.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast::kernel {
namespace {

constexpr std::size_t block_size = 64;  // all of a block's numbers stay in the nearest cache
constexpr std::size_t lanes_max = 8;
constexpr double largest = std::numeric_limits<double>::max();

using Row = std::array<double, block_size>;

/// A block of BlackState, one row a member.
struct Block {
  alignas(64) Row sign, forward, strike, years, vol, root_years, discount, rate;
  alignas(64) Row d1, d2, lower, upper, density, weight, time_value, per_stdev;

  BALLAST_KERNEL void set(std::size_t i, const BlackPoint& point) {
    d1[i] = point.d1;
    d2[i] = point.d2;
    lower[i] = point.lower;
    upper[i] = point.upper;
    density[i] = point.density;
    weight[i] = point.weight;
    time_value[i] = point.time_value;
    per_stdev[i] = point.per_stdev;
  }
  BALLAST_KERNEL BlackState get(std::size_t i) const {
    return {{d1[i], d2[i], lower[i], upper[i], density[i], weight[i], time_value[i], per_stdev[i]},
            sign[i],
            forward[i],
            strike[i],
            vol[i],
            years[i],
            root_years[i],
            discount[i],
            rate[i]};
  }
};

struct SpotBlock {
  Block block;
  alignas(64) Row spot, growth, yield;

  BALLAST_KERNEL SpotState get(std::size_t i) const {
    return {block.get(i), spot[i], growth[i], yield[i]};
  }
};

/// A row of the block from a column of the batch; what is beyond its end is 1.
BALLAST_KERNEL void load(Row& row,
                         std::span<const double> column,
                         std::size_t first,
                         std::size_t count) {
  row.fill(1.0);
  std::copy_n(column.data() + first, count, row.data());
}

BALLAST_KERNEL void load(Row& row,
                         std::span<const OptionRight> column,
                         std::size_t first,
                         std::size_t count) {
  row.fill(1.0);
  for (std::size_t i = 0; i < count; ++i)
    row[i] = column[first + i] == OptionRight::call ? 1.0 : -1.0;
}

/// Zero when it holds. As the bits of doubles, for a truth value of one bit is no number of a
/// vector.
BALLAST_KERNEL std::uint64_t unless(bool holds) {
  return std::bit_cast<std::uint64_t>(holds ? 0.0 : 1.0);
}

BALLAST_KERNEL std::uint64_t unless_positive(double value) {
  return unless(value > 0.0) | unless(value <= largest);
}

BALLAST_KERNEL std::uint64_t unless_not_negative(double value) {
  return unless(value >= 0.0) | unless(value <= largest);
}

/// The block's options, from what was loaded; `padded` is of whole vectors, so no loop has a rest.
/// One loop a step: each waits for its own results, and the shorter it is, the more rounds of it a
/// processor has under way at once.
BALLAST_KERNEL std::uint64_t price(Block& block, std::size_t padded) {
  alignas(64) Row log_moneyness, h, t, use_series, g, near, far, ratio, slope;
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < padded; ++i) {
    bad |= unless_positive(block.forward[i]) | unless_not_negative(block.strike[i]) |
           unless_not_negative(block.years[i]) | unless_not_negative(block.vol[i]);
    log_moneyness[i] = log_ratio(block.forward[i], block.strike[i]);
  }
  for (std::size_t i = 0; i < padded; ++i) {
    block.root_years[i] = std::sqrt(block.years[i]);
    const Distances at =
        distances(block.strike[i], log_moneyness[i], block.vol[i] * block.root_years[i]);
    h[i] = at.h;
    t[i] = at.t;
    use_series[i] = at.use_series;
  }
  for (std::size_t i = 0; i < padded; ++i)
    g[i] = density(h[i] - t[i]);
  for (std::size_t i = 0; i < padded; ++i)
    near[i] = mills(magnitude(h[i] - t[i])).ratio;
  for (std::size_t i = 0; i < padded; ++i)
    far[i] = mills(h[i] + t[i]).ratio;
  for (std::size_t i = 0; i < padded; ++i) {
    const Mills at = mills(h[i]);
    ratio[i] = at.ratio;
    slope[i] = at.slope;
  }
  Row& series = log_moneyness;  // which is no longer needed
  for (std::size_t i = 0; i < padded; ++i)
    series[i] = mills_difference({ratio[i], slope[i]}, h[i], t[i]);
  for (std::size_t i = 0; i < padded; ++i) {
    const Distances at{h[i], t[i], use_series[i]};
    const Tails both{near[i], far[i]};
    const double by_tails = tail_difference(at, g[i], both);
    const double by_series = g[i] * series[i];
    block.set(i, black_point(block.forward[i], block.strike[i], block.vol[i] * block.root_years[i],
                             at, g[i], both, at.use_series != 0.0 ? by_series : by_tails));
  }
  return bad;
}

BALLAST_KERNEL std::uint64_t fill(Block& block, std::size_t padded, bool discounted) {
  std::uint64_t bad = 0;
  if (discounted) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double years = block.years[i];
      const double rate = log_ratio(1.0, block.discount[i]) / years;
      block.rate[i] = years == 0.0 ? 0.0 : rate;
      bad |= unless_positive(block.discount[i]) |
             (unless(years > 0.0) & unless(block.discount[i] == 1.0));
    }
  } else {
    block.discount.fill(1.0);
    block.rate.fill(0.0);
  }
  return bad | price(block, padded);
}

/// Zero when an exponent of black_scholes() is as small as it asks for.
BALLAST_KERNEL std::uint64_t unless_moderate(double exponent) {
  return unless(magnitude(exponent) <= 700.0);
}

BALLAST_KERNEL std::uint64_t fill(SpotBlock& spots, std::size_t padded) {
  std::uint64_t bad = 0;
  Block& block = spots.block;
  for (std::size_t i = 0; i < padded; ++i) {
    const double carry = (block.rate[i] - spots.yield[i]) * block.years[i];
    const double growth = exp(carry);
    spots.growth[i] = growth;
    block.forward[i] = spots.spot[i] * growth;
    block.discount[i] = exp(-block.rate[i] * block.years[i]);
    bad |= unless_positive(spots.spot[i]) | unless_moderate(carry) |
           unless_moderate(block.rate[i] * block.years[i]);
  }
  return bad | price(block, padded);
}

/// One column's part: greek(option i) of the block goes to column[first + i].
template <class AnyBlock, class Greek>
BALLAST_KERNEL std::uint64_t answer(const AnyBlock& block,
                                    std::span<double> column,
                                    std::size_t first,
                                    std::size_t count,
                                    const Greek& greek) {
  if (column.empty()) return 0;
  std::uint64_t bad = 0;
  double* __restrict const out = column.data() + first;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = greek(block.get(i));
    out[i] = value;
    bad |= unless(magnitude(value) <= largest);
  }
  return bad;
}

#define BALLAST_GREEK(name)              \
  answer(                                \
      block, columns.name, first, count, \
      [](const auto& o) __attribute__((always_inline)) { return name##_of(o); })

template <class AnyBlock>
BALLAST_KERNEL std::uint64_t answer_all(const AnyBlock& block,
                                        const BlackColumns& columns,
                                        std::size_t first,
                                        std::size_t count) {
  return BALLAST_GREEK(price) | BALLAST_GREEK(delta) | BALLAST_GREEK(gamma) | BALLAST_GREEK(vega) |
         BALLAST_GREEK(theta) | BALLAST_GREEK(rho) | BALLAST_GREEK(vanna) | BALLAST_GREEK(volga) |
         BALLAST_GREEK(charm) | BALLAST_GREEK(speed) | BALLAST_GREEK(color) | BALLAST_GREEK(zomma) |
         BALLAST_GREEK(ultima);
}

#undef BALLAST_GREEK

BALLAST_KERNEL std::size_t whole_vectors(std::size_t count) {
  return (count + lanes_max - 1) / lanes_max * lanes_max;
}

BALLAST_KERNEL bool run(const Black76Batch& batch, const BlackColumns& columns) {
  Block block;
  std::uint64_t bad = 0;
  const std::size_t size = batch.right.size();
  for (std::size_t first = 0; first < size; first += block_size) {
    const std::size_t count = std::min(block_size, size - first);
    load(block.sign, batch.right, first, count);
    load(block.forward, batch.forward, first, count);
    load(block.strike, batch.strike, first, count);
    load(block.years, batch.years, first, count);
    load(block.vol, batch.vol, first, count);
    const bool discounted = !batch.discount.empty();
    if (discounted) load(block.discount, batch.discount, first, count);
    bad |= fill(block, whole_vectors(count), discounted);
    bad |= answer_all(block, columns, first, count);
  }
  return bad == 0;
}

BALLAST_KERNEL bool run(const BlackScholesBatch& batch, const BlackColumns& columns) {
  SpotBlock spots;
  std::uint64_t bad = 0;
  const std::size_t size = batch.right.size();
  for (std::size_t first = 0; first < size; first += block_size) {
    const std::size_t count = std::min(block_size, size - first);
    load(spots.block.sign, batch.right, first, count);
    load(spots.spot, batch.spot, first, count);
    load(spots.block.strike, batch.strike, first, count);
    load(spots.block.years, batch.years, first, count);
    load(spots.block.vol, batch.vol, first, count);
    load(spots.block.rate, batch.rate, first, count);
    load(spots.yield, batch.yield, first, count);
    bad |= fill(spots, whole_vectors(count));
    bad |= answer_all(spots, columns, first, count);
  }
  return bad == 0;
}

template <class Batch>
bool run_baseline(const Batch& batch, const BlackColumns& columns) {
  return run(batch, columns);
}

#if defined(__x86_64__)
template <class Batch>
[[gnu::target("avx2")]] bool run_avx2(const Batch& batch, const BlackColumns& columns) {
  return run(batch, columns);
}
template <class Batch>
[[gnu::target(BALLAST_AVX512)]] bool run_avx512(const Batch& batch, const BlackColumns& columns) {
  return run(batch, columns);
}

template <class Batch>
bool (*chosen(VectorPath path))(const Batch&, const BlackColumns&) {
  if (!has_vector_path(path)) return nullptr;
  if (path == VectorPath::avx512) return run_avx512<Batch>;
  return path == VectorPath::avx2 ? run_avx2<Batch> : run_baseline<Batch>;
}
#else
template <class Batch>
bool (*chosen(VectorPath path))(const Batch&, const BlackColumns&) {
  return has_vector_path(path) ? run_baseline<Batch> : nullptr;
}
#endif

}  // namespace

Batch76 black76_kernel(VectorPath path) { return chosen<Black76Batch>(path); }

BatchScholes black_scholes_kernel(VectorPath path) { return chosen<BlackScholesBatch>(path); }

}  // namespace ballast::kernel
