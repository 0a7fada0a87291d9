#include "quant/pricing/black_batch.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr std::array greeks{&BlackGreeks::price, &BlackGreeks::delta, &BlackGreeks::gamma,
                            &BlackGreeks::vega,  &BlackGreeks::theta, &BlackGreeks::rho,
                            &BlackGreeks::vanna, &BlackGreeks::volga, &BlackGreeks::charm,
                            &BlackGreeks::speed, &BlackGreeks::color, &BlackGreeks::zomma,
                            &BlackGreeks::ultima};
constexpr std::array columns_of{&BlackColumns::price, &BlackColumns::delta, &BlackColumns::gamma,
                                &BlackColumns::vega,  &BlackColumns::theta, &BlackColumns::rho,
                                &BlackColumns::vanna, &BlackColumns::volga, &BlackColumns::charm,
                                &BlackColumns::speed, &BlackColumns::color, &BlackColumns::zomma,
                                &BlackColumns::ultima};

/// Options of every kind: near, far, without time, without volatility, at strike 0.
struct Book {
  explicit Book(std::size_t size, std::uint64_t seed) {
    Rng rng(seed);
    for (std::size_t i = 0; i < size; ++i) {
      right.push_back(rng.chance(0.5) ? OptionRight::call : OptionRight::put);
      forward.push_back(100.0 * std::exp(rng.uniform()));
      strike.push_back(rng.chance(0.02) ? 0.0
                                        : forward.back() * std::exp((rng.uniform() - 0.5) * 3.0));
      years.push_back(rng.chance(0.02) ? 0.0 : 3.0 * rng.uniform() * rng.uniform());
      vol.push_back(rng.chance(0.02) ? 0.0 : 2.0 * rng.uniform());
      discount.push_back(years.back() == 0.0 ? 1.0 : 0.8 + 0.3 * rng.uniform());
      rate.push_back(0.2 * rng.uniform() - 0.05);
      yield.push_back(0.1 * rng.uniform());
    }
    for (auto& column : answers)
      column.resize(size);
  }
  BlackColumns columns() {
    BlackColumns all;
    for (std::size_t i = 0; i < greeks.size(); ++i)
      all.*columns_of[i] = answers[i];
    return all;
  }
  Black76Batch batch() const { return {right, forward, strike, years, vol, discount}; }

  std::vector<OptionRight> right;
  std::vector<double> forward, strike, years, vol, discount, rate, yield;
  std::array<std::vector<double>, greeks.size()> answers;
};

constexpr std::array paths{VectorPath::baseline, VectorPath::avx2, VectorPath::avx512};

TEST(Black76Batch, gives_the_scalar_results_bit_for_bit_on_every_path) {
  for (const VectorPath path : paths) {
    if (path > widest_vector_path()) continue;  // the processor has no such instructions
    for (const std::size_t size : {0U, 1U, 7U, 8U, 127U, 128U, 129U, 136U, 1700U}) {
      const std::uint64_t seed = 21 + size;
      Book book(size, seed);
      const auto done = black76_batch(book.batch(), book.columns(), path);
      ASSERT_TRUE(done) << done.error().what;
      for (std::size_t i = 0; i < size; ++i) {
        const auto one = black76({book.right[i], book.forward[i], book.strike[i], book.years[i],
                                  book.vol[i], book.discount[i]});
        ASSERT_TRUE(one);
        for (std::size_t j = 0; j < greeks.size(); ++j) {
          ASSERT_EQ(book.answers[j][i], (*one).*greeks[j])
              << to_string(path) << ", seed " << seed << ", option " << i << ", column " << j;
        }
      }
    }
  }
}

TEST(Black76Batch, takes_the_smallest_forwards_and_strikes_as_any_other) {
  for (const VectorPath path : paths) {
    if (path > widest_vector_path()) continue;
    Book book(200, 61);
    for (std::size_t i = 0; i < 200; i += 3) {
      book.forward[i] = 1e-310 * static_cast<double>(1 + i);
      book.strike[i] = i % 2 == 0 ? 2e-308 : 5e-324;
    }
    const auto done =
        black76_batch(book.batch(), {.price = book.answers[0], .delta = book.answers[1]}, path);
    ASSERT_TRUE(done) << done.error().what;
    for (std::size_t i = 0; i < 200; ++i) {
      const Black76Input input{book.right[i], book.forward[i], book.strike[i],
                               book.years[i], book.vol[i],     book.discount[i]};
      ASSERT_EQ(book.answers[0][i], *black76_price(input)) << to_string(path) << ", option " << i;
    }
  }
}

TEST(Black76Batch, undiscounted_is_a_discount_of_1) {
  Book book(100, 31);
  const Black76Batch batch{book.right, book.forward, book.strike, book.years, book.vol, {}};
  ASSERT_TRUE(black76_batch(batch, {.price = book.answers[0]}));
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(book.answers[0][i], *black76_price({book.right[i], book.forward[i], book.strike[i],
                                                  book.years[i], book.vol[i]}));
  }
}

TEST(BlackScholesBatch, gives_the_scalar_results_bit_for_bit) {
  for (const std::size_t size : {1U, 13U, 64U, 1000U}) {
    Book book(size, 41);
    const auto done = black_scholes_batch(
        {book.right, book.forward, book.strike, book.years, book.vol, book.rate, book.yield},
        book.columns());
    ASSERT_TRUE(done) << done.error().what;
    for (std::size_t i = 0; i < size; ++i) {
      const auto one = black_scholes({book.right[i], book.forward[i], book.strike[i], book.years[i],
                                      book.vol[i], book.rate[i], book.yield[i]});
      ASSERT_TRUE(one);
      for (std::size_t j = 0; j < greeks.size(); ++j)
        ASSERT_EQ(book.answers[j][i], (*one).*greeks[j]) << "option " << i << ", column " << j;
    }
  }
}

TEST(Black76Batch, names_the_first_option_that_is_wrong) {
  Book book(100, 51);
  const auto refusal = [&](const BlackColumns& columns) {
    const auto done = black76_batch(book.batch(), columns);
    return done ? std::string("none") : done.error().what;
  };
  book.vol[70] = -1.0;
  EXPECT_EQ(refusal(book.columns()), "option 70: vol is -1: it must be 0 or above");
  book.forward[66] = std::nan("");
  EXPECT_EQ(refusal(book.columns()), "option 66: forward is nan: it must be above 0");
  book = Book(100, 51);
  book.forward[5] = book.strike[5] = 100.0;
  book.years[5] = 0.0;
  book.discount[5] = 1.0;
  EXPECT_EQ(refusal(book.columns()), "option 5: gamma is no finite number for these arguments");
  EXPECT_EQ(refusal({.price = book.answers[0], .delta = book.answers[1]}), "none")
      << "nobody asked for gamma";
  book.discount[5] = 0.5;
  EXPECT_EQ(refusal({}), "option 5: discount is 0.5: without time left it must be 1");
}

TEST(Black76Batch, refuses_columns_of_other_lengths) {
  Book book(10, 61);
  std::vector<double> nine(9);
  const auto done = black76_batch(book.batch(), {.price = nine});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "price holds 9 numbers: 10 are needed, one for each right");
  Black76Batch batch = book.batch();
  batch.strike = nine;
  EXPECT_EQ(black76_batch(batch, {}).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace ballast
