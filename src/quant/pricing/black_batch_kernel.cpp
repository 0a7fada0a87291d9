// Compiled with -O3 -fno-math-errno -fno-trapping-math (src/quant/CMakeLists.txt): neither changes
// a result, and without them a root or a choice between two numbers keeps a loop from becoming
// vector instructions.
#include "quant/pricing/black_batch_kernel.hpp"

#include <algorithm>
#include <array>

#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/vector_path.hpp"

// Columns overlap neither the batch nor one another.
#if defined(__clang__)
#define BALLAST_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define BALLAST_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace ballast::kernel {
namespace {

// All of a block's numbers stay in the nearest cache.
constexpr std::size_t block_size = 128;
constexpr std::size_t lanes_max = 8;

using Row = std::array<double, block_size>;

constexpr std::size_t first_greeks = 6;
constexpr std::size_t higher_greeks = 7;

/// Where a block's options are, and where its answers go.
struct Block {
  std::size_t padded = 0;  // a number of whole vectors, so no loop has a rest
  const OptionRight* right = nullptr;
  const double* underlying = nullptr;  // the forward, or the spot
  const double* strike = nullptr;
  const double* years = nullptr;
  const double* vol = nullptr;
  const double* discount = nullptr;
  const double* rate = nullptr;
  const double* yield = nullptr;
  std::array<double*, first_greeks> first{};
  std::array<double*, higher_greeks> higher{};
  bool any_higher = false;
  Bounds bounds = {};
};

/// Undiscounted is a form of its own, for it has less to do.
enum class Form { undiscounted, forward, spot };

/// What all of a block's answers are made of.
struct Rows {
  alignas(64) Row sign, forward, discount, rate, growth, root_years;
  alignas(64) Row h, t, use_series, per_stdev, density, near, far, difference;
};

/// Zero when it holds. As the bits of doubles, for a truth value of one bit is no number of a
/// vector.
BALLAST_KERNEL std::uint64_t unless(bool holds) { return bits_of(holds ? 0.0 : 1.0); }

/// Zero where all are finite: then so are zero times them.
template <class... Values>
BALLAST_KERNEL std::uint64_t unless_finite(Values... values) {
  double sum = 0.0;
  ((sum = Fused::multiply_add(values, 0.0, sum)), ...);
  return bits_of(sum);
}

/// Zero when an exponent of black_scholes() is as small as it asks for.
BALLAST_KERNEL std::uint64_t unless_moderate(double exponent) {
  return unless(magnitude(exponent) <= 700.0);
}

BALLAST_KERNEL std::uint64_t discount(const Block& in, Rows& rows) {
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const double years = in.years[i];
    const double rate = log_ratio<Fused>(1.0, in.discount[i]) / years;
    rows.discount[i] = in.discount[i];
    rows.rate[i] = years == 0.0 ? 0.0 : rate;
    bad |= unless(in.discount[i] > 0.0) | unless_finite(in.discount[i]) |
           (unless(years > 0.0) & unless(in.discount[i] == 1.0));
  }
  return bad;
}

BALLAST_KERNEL std::uint64_t carry(const Block& in, Rows& rows) {
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const double carried = (in.rate[i] - in.yield[i]) * in.years[i];
    const double owed = in.rate[i] * in.years[i];
    const double growth = exp<Fused>(carried);
    rows.growth[i] = growth;
    rows.forward[i] = in.underlying[i] * growth;
    rows.discount[i] = exp<Fused>(-owed);
    rows.rate[i] = in.rate[i];
    bad |= unless(in.underlying[i] > 0.0) | unless_moderate(carried) | unless_moderate(owed);
  }
  return bad;
}

/// ln(F/K), with the checks of what all forms have. Each function is cut in two loops: each waits
/// for its own results, and the shorter it is, the more rounds of it a processor has under way.
BALLAST_KERNEL std::uint64_t log_moneyness(const Block& in,
                                           const double* forward,
                                           Row& log,
                                           Row& root_years) {
  alignas(64) Row rest;
  std::uint64_t bad = 0;
  std::uint64_t any_special = 0;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const double lowest = least(least(in.strike[i], in.years[i]), in.vol[i]);
    bad |= unless(lowest >= 0.0) | unless_finite(forward[i], in.strike[i], in.years[i], in.vol[i]);
    any_special |= unless(least(forward[i], in.strike[i]) >= smallest_normal);
    const LogParts parts = log_parts_of_normal(forward[i], in.strike[i]);
    log[i] = parts.k;
    rest[i] = parts.f;
  }
  for (std::size_t i = 0; i < in.padded; ++i) {
    log[i] = log_of<Fused>({log[i], rest[i]});
    root_years[i] = std::sqrt(in.years[i]);
  }
  if (any_special != 0) {
    for (std::size_t i = 0; i < in.padded; ++i) {
      log[i] = kernel::log_moneyness<Fused>(forward[i], in.strike[i]);
      bad |= unless(forward[i] > 0.0);
    }
  }
  return bad;
}

struct Needed {
  std::uint64_t series = 0;  // 0: no option has it
  std::uint64_t tails = 0;
};

/// The distances of a block, and the point where the nearer of Mills' ratios is taken.
BALLAST_KERNEL Needed stand(const Block& in, const Row& log, Rows& rows, Row& point) {
  const Bounds bounds = in.bounds;
  Needed needed;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const Distances at = distances(log[i], in.vol[i] * rows.root_years[i], bounds);
    rows.h[i] = at.h;
    rows.t[i] = at.t;
    rows.use_series[i] = at.use_series;
    rows.per_stdev[i] = at.per_stdev;
    point[i] = near_point(at);
    needed.series |= bits_of(at.use_series);
    needed.tails |= bits_of(1.0 - at.use_series);
  }
  return needed;
}

BALLAST_KERNEL void density(const Block& in, Rows& rows) {
  const Bounds bounds = in.bounds;
  alignas(64) Row k, rest;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const double z = magnitude(rows.h[i] - rows.t[i]);
    const ExpParts parts = density_parts<Fused>(least(z, bounds.density));
    k[i] = parts.k;
    rest[i] = parts.r;
  }
  for (std::size_t i = 0; i < in.padded; ++i)
    rows.density[i] = density_of<Fused>({k[i], rest[i]});
}

BALLAST_KERNEL void tails(const Block& in, const Row& point, Needed needed, Rows& rows) {
  alignas(64) Row slope, odd, even, odd_sum, even_sum;
  for (std::size_t i = 0; i < in.padded; ++i) {
    const Mills at = mills<Fused>(point[i]);
    rows.near[i] = at.ratio;
    slope[i] = at.slope;
  }
  if (needed.tails != 0) {
    for (std::size_t i = 0; i < in.padded; ++i)
      rows.far[i] = mills<Fused>(rows.h[i] + rows.t[i]).ratio;
  } else {
    rows.far.fill(0.0);
  }
  if (needed.series == 0) {
    rows.difference.fill(0.0);
    return;
  }
  for (std::size_t i = 0; i < in.padded; ++i) {
    const MillsSeries first = first_terms<Fused>({rows.near[i], slope[i]}, rows.h[i], rows.t[i]);
    odd[i] = first.odd;
    even[i] = first.even;
    odd_sum[i] = first.odd_sum;
    even_sum[i] = first.even_sum;
  }
  for (std::size_t i = 0; i < in.padded; ++i) {
    const MillsSeries first{odd[i], even[i], odd_sum[i], even_sum[i]};
    const Tails by_series = tails_of(mills_sums<Fused>(first, rows.near[i], rows.h[i], rows.t[i]));
    rows.near[i] = rows.use_series[i] != 0.0 ? by_series.near : rows.near[i];
    rows.far[i] = rows.use_series[i] != 0.0 ? by_series.far : rows.far[i];
    rows.difference[i] = by_series.difference;
  }
}

template <Form form>
BALLAST_KERNEL auto state(const Block& in, const double* forward, const Rows& rows, std::size_t i) {
  constexpr bool undiscounted = form == Form::undiscounted;
  const BlackState option{
      black_point(forward[i], in.strike[i],
                  {rows.h[i], rows.t[i], rows.use_series[i], rows.per_stdev[i]}, rows.density[i],
                  {rows.near[i], rows.far[i], rows.difference[i]}),
      rows.sign[i],
      forward[i],
      in.strike[i],
      in.vol[i],
      in.years[i],
      rows.root_years[i],
      undiscounted ? 1.0 : rows.discount[i],
      undiscounted ? 0.0 : rows.rate[i]};
  if constexpr (form == Form::spot)
    return SpotState{option, in.underlying[i], rows.growth[i], in.yield[i]};
  else
    return option;
}

template <class State>
BALLAST_KERNEL std::array<double, first_greeks> first_of(const State& o) {
  return {price_of(o), delta_of(o), gamma_of(o), vega_of(o), theta_of(o), rho_of(o)};
}

template <class State>
BALLAST_KERNEL std::array<double, higher_greeks> higher_of(const State& o) {
  return {vanna_of(o), volga_of(o), charm_of(o), speed_of(o),
          color_of(o), zomma_of(o), ultima_of(o)};
}

template <Form form>
BALLAST_KERNEL bool run(const Block& in) {
  Rows rows;
  alignas(64) Row log, point;
  std::uint64_t bad = 0;
  if constexpr (form == Form::forward) bad |= discount(in, rows);
  if constexpr (form == Form::spot) bad |= carry(in, rows);
  const double* const forward = form == Form::spot ? rows.forward.data() : in.underlying;
  bad |= log_moneyness(in, forward, log, rows.root_years);
  const Needed needed = stand(in, log, rows, point);
  density(in, rows);
  tails(in, point, needed, rows);
  // +1 for a call, -1 for a put, from the bits of the right.
  static_assert(static_cast<int>(OptionRight::call) == 0 &&
                static_cast<int>(OptionRight::put) == 1);
  for (std::size_t i = 0; i < in.padded; ++i) {
    const auto minus = static_cast<std::uint64_t>(in.right[i]) << 63U;
    rows.sign[i] = std::bit_cast<double>(bits_of(1.0) | minus);
  }
  BALLAST_INDEPENDENT
  for (std::size_t i = 0; i < in.padded; ++i) {
    const auto [price, delta, gamma, vega, theta, rho] =
        first_of(state<form>(in, forward, rows, i));
    in.first[0][i] = price;
    in.first[1][i] = delta;
    in.first[2][i] = gamma;
    in.first[3][i] = vega;
    in.first[4][i] = theta;
    in.first[5][i] = rho;
    bad |= unless_finite(price, delta, gamma, vega, theta, rho);
  }
  if (!in.any_higher) return bad == 0;
  BALLAST_INDEPENDENT
  for (std::size_t i = 0; i < in.padded; ++i) {
    const auto [vanna, volga, charm, speed, color, zomma, ultima] =
        higher_of(state<form>(in, forward, rows, i));
    in.higher[0][i] = vanna;
    in.higher[1][i] = volga;
    in.higher[2][i] = charm;
    in.higher[3][i] = speed;
    in.higher[4][i] = color;
    in.higher[5][i] = zomma;
    in.higher[6][i] = ultima;
    bad |= unless_finite(vanna, volga, charm, speed, color, zomma, ultima);
  }
  return bad == 0;
}

template <Form form>
bool run_baseline(const Block& in) {
  return run<form>(in);
}

#if defined(__x86_64__)
template <Form form>
[[gnu::target(BALLAST_AVX2)]] bool run_avx2(const Block& in) {
  return run<form>(in);
}
template <Form form>
[[gnu::target(BALLAST_AVX512)]] bool run_avx512(const Block& in) {
  return run<form>(in);
}
#endif

using BlockKernel = bool (*)(const Block&);

// A call for each block: what is constant in its loops then has the registers to itself.
template <Form form>
BlockKernel chosen([[maybe_unused]] VectorPath path) {
#if defined(__x86_64__)
  if (path == VectorPath::avx512) return run_avx512<form>;
  if (path == VectorPath::avx2) return run_avx2<form>;
#endif
  return run_baseline<form>;
}

/// A column of a batch, and where a block finds it.
struct Input {
  std::span<const double> column;
  const double* Block::*place;
};

/// For a block that its columns do not fill, or columns that nobody asked for.
struct Spare {
  alignas(64) std::array<OptionRight, block_size> right;
  alignas(64) std::array<Row, 6> inputs;
  alignas(64) std::array<Row, first_greeks + higher_greeks> answers;
};

std::size_t whole_vectors(std::size_t count) {
  return (count + lanes_max - 1) / lanes_max * lanes_max;
}

/// The column from `first` on; with a rest, in a row filled up with `filler`.
template <class Value>
const Value* taken(std::span<const Value> column,
                   std::size_t first,
                   std::size_t count,
                   std::array<Value, block_size>& row,
                   Value filler) {
  if (count == whole_vectors(count)) return column.data() + first;
  row.fill(filler);
  std::copy_n(column.data() + first, count, row.data());
  return row.data();
}

bool run_blocks(BlockKernel kernel,
                std::span<const OptionRight> right,
                std::span<const Input> inputs,
                const BlackColumns& columns) {
  const std::array answers{columns.price, columns.delta, columns.gamma, columns.vega,
                           columns.theta, columns.rho,   columns.vanna, columns.volga,
                           columns.charm, columns.speed, columns.color, columns.zomma,
                           columns.ultima};
  Spare spare;
  Block block;
  block.any_higher = std::any_of(answers.begin() + first_greeks, answers.end(),
                                 [](const auto& column) { return !column.empty(); });
  bool all_well = true;
  for (std::size_t first = 0; first < right.size(); first += block_size) {
    const std::size_t count = std::min(block_size, right.size() - first);
    block.padded = whole_vectors(count);
    block.right = taken(right, first, count, spare.right, OptionRight::call);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      block.*inputs[i].place = taken(inputs[i].column, first, count, spare.inputs[i], 1.0);
    const bool is_whole = count == block.padded;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      double* const out =
          answers[i].empty() || !is_whole ? spare.answers[i].data() : answers[i].data() + first;
      (i < first_greeks ? block.first[i] : block.higher[i - first_greeks]) = out;
    }
    all_well = kernel(block) && all_well;
    for (std::size_t i = 0; i < answers.size() && !is_whole; ++i)
      if (!answers[i].empty())
        std::copy_n(spare.answers[i].data(), count, answers[i].data() + first);
  }
  return all_well;
}

}  // namespace

bool black76_batch(const Black76Batch& batch, const BlackColumns& columns, VectorPath path) {
  const std::array inputs{Input{batch.forward, &Block::underlying},
                          Input{batch.strike, &Block::strike}, Input{batch.years, &Block::years},
                          Input{batch.vol, &Block::vol}, Input{batch.discount, &Block::discount}};
  if (!batch.discount.empty())
    return run_blocks(chosen<Form::forward>(path), batch.right, inputs, columns);
  return run_blocks(chosen<Form::undiscounted>(path), batch.right, std::span(inputs).first(4),
                    columns);
}

bool black_scholes_batch(const BlackScholesBatch& batch,
                         const BlackColumns& columns,
                         VectorPath path) {
  const std::array inputs{
      Input{batch.spot, &Block::underlying}, Input{batch.strike, &Block::strike},
      Input{batch.years, &Block::years},     Input{batch.vol, &Block::vol},
      Input{batch.rate, &Block::rate},       Input{batch.yield, &Block::yield}};
  return run_blocks(chosen<Form::spot>(path), batch.right, inputs, columns);
}

}  // namespace ballast::kernel
