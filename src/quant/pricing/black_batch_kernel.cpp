// Compiled with -O3 -fno-math-errno -fno-trapping-math (src/quant/CMakeLists.txt): neither changes
// a result, and without them a root or a choice between two numbers keeps a loop from becoming
// vector instructions.
#include "quant/pricing/black_batch_kernel.hpp"

#include <algorithm>
#include <array>

#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast::kernel {
namespace {

// All of a block's numbers stay in the nearest cache. With half as many the compiler writes whole
// loops out, which is slower.
constexpr std::size_t block_size = 128;
constexpr std::size_t lanes_max = 8;

using Row = std::array<double, block_size>;

/// A block of BlackState, one row a member.
struct Block {
  alignas(64) Row sign, forward, strike, years, vol, root_years, discount, rate;
  alignas(64) Row d1, d2, lower, upper, density, weight, time_value, per_stdev;
  alignas(64) std::array<std::uint64_t, block_size> bad{};  // 0 while all is well

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
  if (count == block_size) {
    std::copy_n(column.data() + first, block_size, row.data());
  } else {
    row.fill(1.0);
    std::copy_n(column.data() + first, count, row.data());
  }
}

BALLAST_KERNEL void load(Row& row,
                         std::span<const OptionRight> column,
                         std::size_t first,
                         std::size_t count) {
  std::array<OptionRight, block_size> rights;
  rights.fill(OptionRight::call);
  if (count == block_size)
    std::copy_n(column.data() + first, block_size, rights.data());
  else
    std::copy_n(column.data() + first, count, rights.data());
  for (std::size_t i = 0; i < block_size; ++i)
    row[i] = rights[i] == OptionRight::call ? 1.0 : -1.0;
}

BALLAST_KERNEL std::size_t whole_vectors(std::size_t count) {
  return (count + lanes_max - 1) / lanes_max * lanes_max;
}

/// Zero when it holds. As the bits of doubles, for a truth value of one bit is no number of a
/// vector.
BALLAST_KERNEL std::uint64_t unless(bool holds) {
  return std::bit_cast<std::uint64_t>(holds ? 0.0 : 1.0);
}

/// Zero for a finite number, whose difference from itself is 0.
BALLAST_KERNEL std::uint64_t unless_finite(double value) { return bits_of(value - value); }

BALLAST_KERNEL std::uint64_t unless_positive(double value) {
  return unless(value > 0.0) | unless_finite(value);
}

BALLAST_KERNEL std::uint64_t unless_not_negative(double value) {
  return unless(value >= 0.0) | unless_finite(value);
}

/// The block's options, from what was loaded; `padded` is of whole vectors, so no loop has a rest.
/// One loop a step: each waits for its own results, and the shorter it is, the more rounds of it a
/// processor has under way at once.
BALLAST_KERNEL void price(Block& block, std::size_t padded) {
  alignas(64) Row k, rest, odd, even, even_sum;  // of a function's first half
  alignas(64) Row h, t, use_series, point, per_stdev, g, near, slope, far, difference;
  for (std::size_t i = 0; i < padded; ++i) {
    block.bad[i] |= unless_positive(block.forward[i]) | unless_not_negative(block.strike[i]) |
                    unless_not_negative(block.years[i]) | unless_not_negative(block.vol[i]);
  }
  for (std::size_t i = 0; i < padded; ++i) {
    const LogParts parts = log_parts(block.forward[i], block.strike[i]);
    k[i] = parts.k;
    rest[i] = parts.f;
  }
  std::uint64_t any_series = 0;
  std::uint64_t any_tails = 0;
  Row& log_moneyness = k;
  for (std::size_t i = 0; i < padded; ++i) {
    block.root_years[i] = std::sqrt(block.years[i]);
    log_moneyness[i] = log_of({k[i], rest[i]});
  }
  for (std::size_t i = 0; i < padded; ++i) {
    const Distances at =
        distances(block.strike[i], log_moneyness[i], block.vol[i] * block.root_years[i]);
    h[i] = at.h;
    t[i] = at.t;
    use_series[i] = at.use_series;
    point[i] = near_point(at);
    per_stdev[i] = at.per_stdev;
    any_series |= bits_of(at.use_series);
    any_tails |= bits_of(1.0 - at.use_series);
  }
  const auto stand = [&](std::size_t i) __attribute__((always_inline)) {
    return Distances{h[i], t[i], use_series[i], per_stdev[i]};
  };
  for (std::size_t i = 0; i < padded; ++i) {
    const ExpParts parts = density_parts(h[i] - t[i]);
    k[i] = parts.k;
    rest[i] = parts.r;
  }
  for (std::size_t i = 0; i < padded; ++i)
    g[i] = density_of({k[i], rest[i]});
  for (std::size_t i = 0; i < padded; ++i) {
    const Mills at = mills(point[i]);
    near[i] = at.ratio;
    slope[i] = at.slope;
  }
  if (any_tails != 0) {
    for (std::size_t i = 0; i < padded; ++i)
      far[i] = mills(h[i] + t[i]).ratio;
  } else {
    far.fill(0.0);
  }
  if (any_series != 0) {
    for (std::size_t i = 0; i < padded; ++i) {
      const MillsSeries first = first_terms({near[i], slope[i]}, h[i], t[i]);
      odd[i] = first.odd;
      even[i] = first.even;
      rest[i] = first.odd_sum;
      even_sum[i] = first.even_sum;
    }
    for (std::size_t i = 0; i < padded; ++i) {
      const MillsSeries first{odd[i], even[i], rest[i], even_sum[i]};
      const Tails tails = tails_of(mills_sums(first, near[i], h[i], t[i]));
      near[i] = use_series[i] != 0.0 ? tails.near : near[i];
      far[i] = use_series[i] != 0.0 ? tails.far : far[i];
      difference[i] = tails.difference;
    }
  } else {
    difference.fill(0.0);
  }
  for (std::size_t i = 0; i < padded; ++i)
    block.set(i, black_point(block.forward[i], block.strike[i], stand(i), g[i],
                             {near[i], far[i], difference[i]}));
}

BALLAST_KERNEL void fill(Block& block, std::size_t padded, bool discounted) {
  if (discounted) {
    for (std::size_t i = 0; i < padded; ++i) {
      const double years = block.years[i];
      const double rate = log_ratio(1.0, block.discount[i]) / years;
      block.rate[i] = years == 0.0 ? 0.0 : rate;
      block.bad[i] |= unless_positive(block.discount[i]) |
                      (unless(years > 0.0) & unless(block.discount[i] == 1.0));
    }
  }
  price(block, padded);
}

/// Zero when an exponent of black_scholes() is as small as it asks for.
BALLAST_KERNEL std::uint64_t unless_moderate(double exponent) {
  return unless(magnitude(exponent) <= 700.0);
}

BALLAST_KERNEL void fill(SpotBlock& spots, std::size_t padded) {
  Block& block = spots.block;
  for (std::size_t i = 0; i < padded; ++i) {
    const double carry = (block.rate[i] - spots.yield[i]) * block.years[i];
    const double growth = exp(carry);
    spots.growth[i] = growth;
    block.forward[i] = spots.spot[i] * growth;
    block.discount[i] = exp(-block.rate[i] * block.years[i]);
    block.bad[i] |= unless_positive(spots.spot[i]) | unless_moderate(carry) |
                    unless_moderate(block.rate[i] * block.years[i]);
  }
  price(block, padded);
}

/// Of the block that says what is wrong.
BALLAST_KERNEL std::array<std::uint64_t, block_size>& bad_of(Block& block) { return block.bad; }
BALLAST_KERNEL std::array<std::uint64_t, block_size>& bad_of(SpotBlock& spots) {
  return spots.block.bad;
}

/// One column's part: greek(option i) of the block goes to column[first + i].
template <class AnyBlock, class Greek>
BALLAST_KERNEL void answer(AnyBlock& block,
                           std::span<double> column,
                           std::size_t first,
                           std::size_t count,
                           const Greek& greek) {
  if (column.empty()) return;
  alignas(64) Row row;
  auto& bad = bad_of(block);
  const auto into = [&](double* __restrict out, std::size_t size) __attribute__((always_inline)) {
    for (std::size_t i = 0; i < size; ++i) {
      const double value = greek(block.get(i));
      out[i] = value;
      bad[i] |= unless_finite(value);
    }
  };
  const std::size_t padded = whole_vectors(count);
  double* const out = column.data() + first;
  into(count == padded ? out : row.data(), padded);
  if (count != padded) std::copy_n(row.data(), count, out);
}

#define BALLAST_GREEK(name)              \
  answer(                                \
      block, columns.name, first, count, \
      [](const auto& o) __attribute__((always_inline)) { return name##_of(o); })

template <class AnyBlock>
BALLAST_KERNEL void answer_all(AnyBlock& block,
                               const BlackColumns& columns,
                               std::size_t first,
                               std::size_t count) {
  BALLAST_GREEK(price);
  BALLAST_GREEK(delta);
  BALLAST_GREEK(gamma);
  BALLAST_GREEK(vega);
  BALLAST_GREEK(theta);
  BALLAST_GREEK(rho);
  BALLAST_GREEK(vanna);
  BALLAST_GREEK(volga);
  BALLAST_GREEK(charm);
  BALLAST_GREEK(speed);
  BALLAST_GREEK(color);
  BALLAST_GREEK(zomma);
  BALLAST_GREEK(ultima);
}

#undef BALLAST_GREEK

BALLAST_KERNEL bool all_well(const Block& block) {
  std::uint64_t bad = 0;
  for (const std::uint64_t one : block.bad)
    bad |= one;
  return bad == 0;
}

BALLAST_KERNEL bool run(const Black76Batch& batch, const BlackColumns& columns) {
  Block block;
  const std::size_t size = batch.right.size();
  const bool discounted = !batch.discount.empty();
  block.discount.fill(1.0);
  block.rate.fill(0.0);
  for (std::size_t first = 0; first < size; first += block_size) {
    const std::size_t count = std::min(block_size, size - first);
    load(block.sign, batch.right, first, count);
    load(block.forward, batch.forward, first, count);
    load(block.strike, batch.strike, first, count);
    load(block.years, batch.years, first, count);
    load(block.vol, batch.vol, first, count);
    if (discounted) load(block.discount, batch.discount, first, count);
    fill(block, whole_vectors(count), discounted);
    answer_all(block, columns, first, count);
  }
  return all_well(block);
}

BALLAST_KERNEL bool run(const BlackScholesBatch& batch, const BlackColumns& columns) {
  SpotBlock spots;
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
    fill(spots, whole_vectors(count));
    answer_all(spots, columns, first, count);
  }
  return all_well(spots.block);
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
