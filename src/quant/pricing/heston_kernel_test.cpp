#include "quant/pricing/heston_kernel.hpp"

#include <complex>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr std::array vector_paths{VectorPath::baseline, VectorPath::avx2, VectorPath::avx512};

HestonParameters some_parameters(Rng& rng) {
  return {0.01 + rng.uniform(), 0.1 + 8.0 * rng.uniform(), 0.01 + rng.uniform(),
          rng.chance(0.1) ? 1e-6 : 0.1 + 3.0 * rng.uniform(), 1.9 * rng.uniform() - 0.95};
}

TEST(HestonKernel, gives_the_same_bits_on_every_path) {
  const kernel::HestonKernel& plain = *kernel::heston_kernel(VectorPath::baseline);
  constexpr std::size_t blocks = 3;
  constexpr std::size_t places = 16;
  for (const VectorPath path : vector_paths) {
    const kernel::HestonKernel* const wide = kernel::heston_kernel(path);
    ASSERT_EQ(wide != nullptr, has_vector_path(path));
    if (wide == nullptr) continue;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      Rng rng(seed);
      const HestonParameters p = some_parameters(rng);
      const double years = 0.01 + 2.0 * rng.uniform();
      const double from = 3.0 * rng.uniform();
      const double step = 0.1 + rng.uniform();
      std::vector<double> xs;
      while (xs.size() < places)
        xs.push_back(2.0 * rng.uniform() - 1.0);
      for (const std::size_t parts : {std::size_t{1}, std::size_t{6}}) {
        std::vector<double> nodes(blocks * kernel::heston_block(parts));
        std::vector<double> expected(nodes.size());
        (parts == 1 ? wide->values : wide->gradients)(p, years, from, step, blocks, nodes.data());
        (parts == 1 ? plain.values : plain.gradients)(p, years, from, step, blocks,
                                                      expected.data());
        ASSERT_EQ(nodes, expected) << to_string(path) << ", seed " << seed;
        const kernel::HestonComb comb{from, step, nodes.data(), blocks};
        std::vector<double> sums(8 * places, 1.0);
        std::vector<double> expected_sums(8 * places, 1.0);
        (parts == 1 ? wide->add_values : wide->add_gradients)(comb, xs.data(), places, sums.data());
        (parts == 1 ? plain.add_values : plain.add_gradients)(comb, xs.data(), places,
                                                              expected_sums.data());
        ASSERT_EQ(sums, expected_sums) << to_string(path) << ", seed " << seed;
      }
    }
  }
}

TEST(HestonKernel, sums_what_its_nodes_say) {
  const kernel::HestonKernel& widest = *kernel::heston_kernel(widest_vector_path());
  const HestonParameters p{0.09, 2.0, 0.09, 0.5, -0.6};
  constexpr std::size_t blocks = 20;  // turns are begun anew after eight
  constexpr double step = 0.7;
  std::vector<double> nodes(blocks * kernel::heston_block(6));
  widest.gradients(p, 0.5, 0.0, step, blocks, nodes.data());
  std::vector<double> xs{-0.4, -0.2, 0.0, 0.1, 0.2, 0.3, 0.4, 1.5};
  std::vector<double> sums(8 * xs.size());
  widest.add_gradients({0.0, step, nodes.data(), blocks}, xs.data(), xs.size(), sums.data());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    std::array<double, 8> expected{};
    for (std::size_t j = 0; j < blocks * kernel::heston_lanes; ++j) {
      const double u = step * static_cast<double>(j);
      const auto phi = heston_characteristic(p, 0.5, {u, -0.5});
      ASSERT_TRUE(phi);
      const std::complex<double> turned =
          std::exp(phi->log_phi + std::complex<double>(0.0, u * xs[i])) / (u * u + 0.25);
      expected[0] += turned.real();
      for (std::size_t part = 0; part < 5; ++part)
        expected[part + 1] += (turned * phi->gradient[part]).real();
      expected[6] -= u * turned.imag();
      expected[7] -= u * u * turned.real();
    }
    for (std::size_t sum = 0; sum < expected.size(); ++sum)
      EXPECT_NEAR(sums[sum * xs.size() + i], expected[sum],
                  1e-13 * (1.0 + std::fabs(expected[sum])))
          << "sum " << sum << " at " << xs[i];
  }
}

}  // namespace
}  // namespace ballast
