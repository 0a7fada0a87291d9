#include "quant/pricing/implied_vol_batch.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {
namespace {

struct Quotes {
  void add(const ImpliedVolInput& quote) {
    right.push_back(quote.right);
    forward.push_back(quote.forward);
    strike.push_back(quote.strike);
    years.push_back(quote.years);
    price.push_back(quote.price);
  }
  std::size_t size() const { return right.size(); }
  ImpliedVolInput at(std::size_t i) const {
    return {right[i], forward[i], strike[i], years[i], price[i]};
  }
  ImpliedVolBatch batch() const { return {right, forward, strike, years, price}; }

  std::vector<OptionRight> right;
  std::vector<double> forward, strike, years, price;
};

constexpr std::array all_paths{VectorPath::baseline, VectorPath::avx2, VectorPath::avx512};

/// The scalar form's answer for each, bit for bit, and its refusals told apart.
void expect_the_scalar_results(const Quotes& quotes, const std::string& which) {
  std::vector<double> vol(quotes.size());
  std::vector<ImpliedVolStatus> status(quotes.size());
  for (const VectorPath path : all_paths) {
    if (!has_vector_path(path)) continue;
    const auto found = implied_vol_batch(quotes.batch(), vol, status, path);
    ASSERT_TRUE(found) << found.error().what;
    std::size_t scalar_found = 0;
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      const ImpliedVolInput quote = quotes.at(i);
      const auto one = implied_vol(quote);
      const std::string where =
          fmt::format("{}, {}, option {}: {} {} {} {} {}", which, to_string(path), i,
                      quote.right == OptionRight::call ? "call" : "put", quote.forward,
                      quote.strike, quote.years, quote.price);
      if (one) {
        ++scalar_found;
        ASSERT_EQ(status[i], ImpliedVolStatus::found) << where;
        ASSERT_EQ(vol[i], *one) << where;
        continue;
      }
      ASSERT_NE(status[i], ImpliedVolStatus::found) << where << ": " << one.error().what;
      ASSERT_EQ(status[i] == ImpliedVolStatus::outside_domain, one.error().code == Errc::bad_input)
          << where;
      ASSERT_EQ(vol[i], 0.0) << where;
    }
    ASSERT_EQ(*found, scalar_found) << which;
  }
}

TEST(ImpliedVolBatch, gives_the_scalar_results_bit_for_bit_over_the_whole_plane) {
  const std::uint64_t seed = 81;
  Rng rng(seed);
  Quotes quotes;
  while (quotes.size() < 60'000) {
    const double s = std::exp(std::log(1e-6) + rng.uniform() * std::log(50.0 / 1e-6));
    const double kind = rng.uniform();
    const double x = kind < 0.2   ? 0.0
                     : kind < 0.6 ? std::min(s * (s / 2 + 37.0 * rng.uniform()), 690.0)
                                  : 5.0 * rng.uniform() * rng.uniform();
    const bool swapped = rng.chance(0.5);
    const double far = 100.0 * std::exp(x);
    const double forward = swapped ? far : 100.0;
    const double strike = swapped ? 100.0 : far;
    if (!std::isfinite(far)) continue;
    const OptionRight right = rng.chance(0.5) ? OptionRight::call : OptionRight::put;
    const double years = std::exp(4.0 * rng.normal());
    const auto price = black76_price({right, forward, strike, years, s / std::sqrt(years)});
    if (!price) continue;
    quotes.add({right, forward, strike, years, *price});
  }
  expect_the_scalar_results(quotes, fmt::format("seed {}", seed));
}

TEST(ImpliedVolBatch, does_so_at_every_length) {
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 63U, 64U, 65U, 200U}) {
    const std::uint64_t seed = 91 + size;
    Rng rng(seed);
    Quotes quotes;
    while (quotes.size() < size) {
      const double strike = 100.0 * std::exp(rng.uniform() - 0.5);
      const OptionRight right = strike >= 100.0 ? OptionRight::call : OptionRight::put;
      const double years = 0.02 + rng.uniform();
      const double vol = 0.3 + 0.7 * rng.uniform();
      quotes.add({right, 100.0, strike, years, *black76_price({right, 100.0, strike, years, vol})});
    }
    expect_the_scalar_results(quotes, fmt::format("seed {}", seed));
  }
}

TEST(ImpliedVolBatch, tells_apart_why_there_is_no_volatility) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  Quotes quotes;
  std::vector<ImpliedVolStatus> expected;
  const auto add = [&](const ImpliedVolInput& quote, ImpliedVolStatus status) {
    quotes.add(quote);
    expected.push_back(status);
  };
  constexpr auto call = OptionRight::call;
  constexpr auto put = OptionRight::put;
  add({call, 100.0, 90.0, 0.5, 12.0}, ImpliedVolStatus::found);
  add({call, 100.0, 90.0, 0.5, 10.0}, ImpliedVolStatus::found);  // 0
  add({put, 100.0, 90.0, 0.5, 0.0}, ImpliedVolStatus::found);
  add({put, 100.0, 1e-310, 0.5, 1e-322}, ImpliedVolStatus::found);
  add({call, 100.0, 90.0, 0.5, 9.99}, ImpliedVolStatus::below_intrinsic);
  add({put, 90.0, 100.0, 0.5, 9.99}, ImpliedVolStatus::below_intrinsic);
  add({call, 100.0, 90.0, 0.5, 100.0}, ImpliedVolStatus::above_most);
  add({put, 100.0, 90.0, 0.5, 90.0}, ImpliedVolStatus::above_most);
  add({put, 100.0, 90.0, 0.5, infinity}, ImpliedVolStatus::outside_domain);
  for (const double bad : {nan, -1.0, infinity}) {
    add({call, bad, 90.0, 0.5, 11.0}, ImpliedVolStatus::outside_domain);
    add({call, 100.0, bad, 0.5, 11.0}, ImpliedVolStatus::outside_domain);
    add({call, 100.0, 90.0, bad, 11.0}, ImpliedVolStatus::outside_domain);
    add({call, 100.0, 90.0, 0.5, bad}, ImpliedVolStatus::outside_domain);
  }
  add({call, 100.0, 90.0, 0.0, 11.0}, ImpliedVolStatus::outside_domain);
  add({call, 0.0, 90.0, 0.5, 11.0}, ImpliedVolStatus::outside_domain);
  add({call, 100.0, 0.0, 0.5, 11.0}, ImpliedVolStatus::outside_domain);
  expect_the_scalar_results(quotes, "no volatility");
  std::vector<double> vol(quotes.size());
  std::vector<ImpliedVolStatus> status(quotes.size());
  EXPECT_EQ(*implied_vol_batch(quotes.batch(), vol, status), 4U);
  EXPECT_EQ(status, expected);
  EXPECT_EQ(vol[1], 0.0);
}

TEST(ImpliedVolBatch, refuses_columns_of_other_lengths) {
  Quotes quotes;
  quotes.add({OptionRight::call, 100.0, 90.0, 0.5, 12.0});
  std::vector<double> vol(1);
  std::vector<ImpliedVolStatus> status(2);
  EXPECT_EQ(implied_vol_batch(quotes.batch(), vol, status).error().what,
            "status holds 2 numbers: 1 are needed, one for each right");
  status.resize(1);
  quotes.price.push_back(1.0);
  EXPECT_EQ(implied_vol_batch(quotes.batch(), vol, status).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace ballast
