// Conformance: what every skew model keeps, whichever it is. A new word in SkewModel is tested here
// when it has samples<It>(), models as users write them.
#include "control/skew_models.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/glft.hpp"
#include "quant/control/half_life.hpp"

namespace ballast {
namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

template <class M>
std::vector<M> samples();
template <>
std::vector<LinearSkew> samples() {
  return {{.half_spread = 0.0005, .price_skew = 1.0, .size_skew = 0.0},
          {.half_spread = 0.001, .price_skew = 0.5, .size_skew = 1.0}};
}
template <>
std::vector<AvellanedaStoikovSkew> samples() {
  return {{{.gamma = 1e-5}, Duration::hours(1)},
          {{.half_life = Duration::minutes(10)}, Duration::hours(1)}};
}
template <>
std::vector<GlftSkew> samples() {
  return {{{.gamma = 1e-5}, GlftMethod::closed_form},
          {{.gamma = 1e-5}, GlftMethod::stationary},
          {{.half_life = Duration::minutes(10)}, GlftMethod::closed_form},
          {{.half_life = Duration::minutes(10)}, GlftMethod::stationary}};
}
template <>
std::vector<MultiAssetSkew> samples() {
  return {{.gamma = 1e-5}};
}

template <>
std::vector<OptionVegaSkew> samples() {
  return {{.gamma = 1e-5, .vol_of_vol = 0.8, .fills_a_day = 20.0, .vol_depth = 0.01}};
}

/// Everything is known. Bitcoin in quarters of a coin, a band of +-2 and limits of +-5 around the
/// target; the volatility is 37 % a year.
SkewInput known(double deviation) {
  SkewInput input;
  input.mid = 60000.0;
  input.deviation = deviation;
  input.z = deviation / 2.0;
  input.fill = 0.25;
  input.room_up = 5.0 - deviation;
  input.room_down = 5.0 + deviation;
  input.money = 1.1;
  input.sigma = 4.0;
  input.fill_rate = 0.4;
  input.k = 0.2;
  input.joint_skew = 3.0 * deviation;
  input.joint_half_spread = 8.0;
  return input;
}

struct Optional {
  std::string_view name;
  std::optional<double> SkewInput::*member;
};
constexpr Optional optionals[] = {{"sigma", &SkewInput::sigma},
                                  {"fill_rate", &SkewInput::fill_rate},
                                  {"k", &SkewInput::k},
                                  {"joint_skew", &SkewInput::joint_skew},
                                  {"joint_half_spread", &SkewInput::joint_half_spread}};

template <class M>
SkewedQuote quote(const M& model, const SkewInput& input) {
  const auto answer = skewed(model, input);
  EXPECT_TRUE(answer) << answer.error().what;
  return answer.value_or(SkewedQuote{});
}

/// To 1e-9 of the larger of the two depths.
void expect_same(const SkewedQuote& got, const SkewedQuote& want, double scale = 1.0) {
  const double error = 1e-9 * std::max(std::fabs(want.bid_depth), std::fabs(want.ask_depth));
  EXPECT_NEAR(got.bid_depth / scale, want.bid_depth, error);
  EXPECT_NEAR(got.ask_depth / scale, want.ask_depth, error);
  EXPECT_NEAR(got.bid_size, want.bid_size, 1e-12);
  EXPECT_NEAR(got.ask_size, want.ask_size, 1e-12);
}

template <class List>
struct TypesOf;
template <class... Ms>
struct TypesOf<std::variant<Ms...>> {
  using type = ::testing::Types<Ms...>;
};

template <class M>
class EverySkewModel : public ::testing::Test {};
TYPED_TEST_SUITE(EverySkewModel, typename TypesOf<SkewModel>::type);

TYPED_TEST(EverySkewModel, quotes_alike_on_both_sides_at_the_target) {
  for (const auto& model : samples<TypeParam>()) {
    const SkewedQuote flat = quote(model, known(0.0));
    EXPECT_NEAR(flat.bid_depth, flat.ask_depth, 1e-12 * flat.bid_depth);
    EXPECT_GT(flat.bid_depth, 0.0);
    EXPECT_EQ(flat.bid_size, 1.0);
    EXPECT_EQ(flat.ask_size, 1.0);
  }
}

TYPED_TEST(EverySkewModel, leans_against_the_deviation_the_more_the_larger_it_is) {
  for (const auto& model : samples<TypeParam>()) {
    const SkewedQuote flat = quote(model, known(0.0));
    SkewedQuote last = quote(model, known(-5.0));
    for (double deviation = -4.9375; deviation <= 5.0; deviation += 0.0625) {
      const SkewedQuote now = quote(model, known(deviation));
      EXPECT_GE(now.bid_depth, last.bid_depth) << "at " << deviation;
      EXPECT_LE(now.ask_depth, last.ask_depth) << "at " << deviation;
      EXPECT_LE(now.bid_size, last.bid_size) << "at " << deviation;
      EXPECT_GE(now.ask_size, last.ask_size) << "at " << deviation;
      if (deviation >= 0.0625) {
        EXPECT_GT(now.bid_depth, flat.bid_depth) << "at " << deviation;
        EXPECT_LT(now.ask_depth, flat.ask_depth) << "at " << deviation;
      }
      last = now;
    }
  }
}

TYPED_TEST(EverySkewModel, mirrors_its_sides_with_the_sign_of_the_deviation) {
  Rng rng(1);
  for (const auto& model : samples<TypeParam>()) {
    for (int round = 0; round < 200; ++round) {
      SkewInput over = known(10.0 * rng.uniform() - 5.0);
      over.room_up *= rng.uniform();
      SkewInput under = over;
      under.deviation = -over.deviation;
      under.z = -over.z;
      under.room_up = over.room_down;
      under.room_down = over.room_up;
      under.joint_skew = -*over.joint_skew;
      const SkewedQuote here = quote(model, over);
      const SkewedQuote there = quote(model, under);
      SCOPED_TRACE(fmt::format("seed 1, round {}, deviation {}", round, over.deviation));
      expect_same({there.ask_depth, there.bid_depth, there.ask_size, there.bid_size}, here);
    }
  }
}

TYPED_TEST(EverySkewModel, is_finite_and_never_inside_out_and_sizes_are_factors_to_two) {
  Rng rng(2);
  for (const auto& model : samples<TypeParam>()) {
    int answers = 0;
    for (int round = 0; round < 2000; ++round) {
      SkewInput input = known(4.0 * rng.uniform() - 2.0);
      const auto scaled = [&](auto& value) { value = value * std::exp(4.0 * rng.normal()); };
      scaled(input.mid);
      scaled(input.fill);
      scaled(input.room_up);
      scaled(input.room_down);
      scaled(input.money);
      for (const auto& [name, member] : optionals)
        input.*member = *(input.*member) * std::exp(4.0 * rng.normal());
      const auto answer = skewed(model, input);
      if (!answer) {
        EXPECT_FALSE(answer.error().what.empty());
        continue;
      }
      ++answers;
      EXPECT_TRUE(std::isfinite(answer->bid_depth) && std::isfinite(answer->ask_depth))
          << "seed 2, round " << round;
      EXPECT_GT(answer->bid_depth + answer->ask_depth, 0.0) << "seed 2, round " << round;
      for (const double size : {answer->bid_size, answer->ask_size})
        EXPECT_TRUE(size >= 0.0 && size <= 2.0) << "seed 2, round " << round << ": " << size;
    }
    EXPECT_GT(answers, 100);
  }
}

TYPED_TEST(EverySkewModel, names_an_input_that_it_needs_and_ignores_the_others) {
  for (const auto& model : samples<TypeParam>()) {
    const SkewedQuote whole = quote(model, known(1.0));
    for (const auto& [name, member] : optionals) {
      SkewInput input = known(1.0);
      input.*member = std::nullopt;
      const auto without = skewed(model, input);
      if (!without) {
        EXPECT_EQ(without.error().code, Errc::stale_data);
        EXPECT_EQ(without.error().what, fmt::format("{} is not known", name));
        for (const double bad : {std::numeric_limits<double>::quiet_NaN(), unlimited}) {
          input.*member = bad;
          const auto refused = skewed(model, input);
          ASSERT_FALSE(refused) << name << " of " << bad;
          EXPECT_EQ(refused.error().code, Errc::bad_input);
          EXPECT_NE(refused.error().what.find(name), std::string::npos) << refused.error().what;
        }
        continue;
      }
      EXPECT_EQ(*without, whole) << name;
      input.*member = std::numeric_limits<double>::quiet_NaN();
      EXPECT_EQ(quote(model, input), whole) << name;
    }
  }
}

TYPED_TEST(EverySkewModel, refuses_numbers_that_are_none) {
  constexpr std::pair<std::string_view, double SkewInput::*> plain[] = {
      {"mid", &SkewInput::mid},
      {"deviation", &SkewInput::deviation},
      {"z", &SkewInput::z},
      {"fill", &SkewInput::fill},
      {"room_up", &SkewInput::room_up},
      {"room_down", &SkewInput::room_down},
      {"money", &SkewInput::money}};
  for (const auto& model : samples<TypeParam>()) {
    const SkewedQuote whole = quote(model, known(1.0));
    for (const auto& [name, member] : plain) {
      SkewInput input = known(1.0);
      input.*member = std::numeric_limits<double>::quiet_NaN();
      const auto answer = skewed(model, input);
      if (answer) {  // not looked at
        EXPECT_EQ(*answer, whole) << name;
      } else {
        EXPECT_EQ(answer.error().code, Errc::bad_input);
        EXPECT_NE(answer.error().what.find(name), std::string::npos) << answer.error().what;
      }
    }
  }
}

/// Only Aversion and MultiAssetSkew know gamma.
template <class M>
void scale_gamma(M& model, double factor) {
  if constexpr (requires { model.aversion; }) model.aversion.gamma *= factor;
}

TYPED_TEST(EverySkewModel, does_not_depend_on_units_of_quantity_price_or_currency) {
  for (const auto& model : samples<TypeParam>()) {
    for (const double c : {1e-3, 7.0, 1e8}) {
      SCOPED_TRACE(c);
      for (const double deviation : {-1.7, 0.4, 4.0}) {
        const SkewedQuote whole = quote(model, known(deviation));
        SkewInput lots = known(deviation);  // c of the new unit are one of the old
        for (auto member : {&SkewInput::deviation, &SkewInput::fill, &SkewInput::room_up,
                            &SkewInput::room_down}) {
          lots.*member *= c;
        }
        lots.money /= c;
        expect_same(quote(model, lots), whole);

        SkewInput prices = known(deviation);
        prices.mid *= c;
        prices.money /= c;
        prices.sigma = *prices.sigma * c;
        prices.k = *prices.k / c;
        prices.joint_skew = *prices.joint_skew * c;
        prices.joint_half_spread = *prices.joint_half_spread * c;
        expect_same(quote(model, prices), whole, c);

        SkewInput currency = known(deviation);
        currency.money *= c;
        auto converted = model;
        scale_gamma(converted, 1.0 / c);
        expect_same(quote(converted, currency), whole);
      }
    }
  }
}

TYPED_TEST(EverySkewModel, is_called_through_the_variant_alike) {
  for (const auto& model : samples<TypeParam>()) {
    const SkewModel any = model;
    EXPECT_EQ(quote(any, known(1.5)), quote(model, known(1.5)));
    EXPECT_EQ(name_of(any), skew_model_names[any.index()]);
  }
}

TEST(SkewModels, have_names_that_differ) {
  EXPECT_EQ(std::set(skew_model_names.begin(), skew_model_names.end()).size(),
            skew_model_names.size());
}

// ---- each model's own

TEST(LinearSkew, moves_the_middle_to_twice_the_band_and_the_sizes_to_its_edge) {
  const LinearSkew model{.half_spread = 0.001, .price_skew = 0.5, .size_skew = 0.4};
  SkewInput input = known(0.0);
  input.mid = 1000.0;
  const auto at = [&](double z) {
    input.z = z;
    return quote(model, input);
  };
  EXPECT_EQ(at(1.0), (SkewedQuote{1.5, 0.5, 0.6, 1.4}));
  EXPECT_EQ(at(-1.0), (SkewedQuote{0.5, 1.5, 1.4, 0.6}));
  EXPECT_EQ(at(2.0), (SkewedQuote{2.0, 0.0, 0.6, 1.4}));
  EXPECT_EQ(at(1e6), at(2.0));
}

TEST(LinearSkew, refuses_a_size_skew_of_more_than_all) {
  LinearSkew model{.half_spread = 0.001, .price_skew = 0.5, .size_skew = 1.5};
  EXPECT_EQ(skewed(model, known(0.0)).error().what, "size_skew is 1.5: it must be 0 to 1");
}

TEST(GlftSkew, is_the_closed_form_of_2017_for_fills_of_this_size) {
  const SkewInput input = known(1.3);
  const double gamma = 2e-5 * input.money;  // 1 / (price * quantity)
  const GueantInput paper{.gamma = gamma,
                          .sigma = *input.sigma,
                          .k = *input.k,
                          .fill_rate = *input.fill_rate,
                          .xi = gamma,
                          .delta = input.fill};
  const auto depths = gueant_closed_form(paper, input.deviation).value();
  const GlftSkew model{{.gamma = 2e-5}, GlftMethod::closed_form};
  expect_same(quote(model, input), {*depths.bid, *depths.ask});
}

TEST(GlftSkew, by_half_life_has_it) {
  for (const double seconds : {60.0, 600.0, 7200.0}) {
    const GlftSkew model{{.half_life = Duration::seconds(static_cast<std::int64_t>(seconds))}};
    const SkewInput input = known(0.0);
    const SkewedQuote flat = quote(model, input);
    const double skew = quote(model, known(input.fill)).bid_depth - flat.bid_depth;
    const auto half_life = inventory_half_life(*input.fill_rate, *input.k, flat.bid_depth, skew);
    EXPECT_NEAR(half_life.value(), seconds, 1e-6 * seconds);
  }
}

TEST(GlftSkew, stationary_counts_fills_to_the_farther_limit_and_pulls_toward_the_target) {
  const GlftSkew model{{.gamma = 1e-5}, GlftMethod::stationary};
  SkewInput input = known(0.5);  // two fills
  input.room_up = 0.5;           // the limit is four fills above the target
  input.room_down = 3.1;         // and ten below it
  const GlftInput paper{.gamma = 1e-5 * input.money * input.fill,
                        .sigma = *input.sigma,
                        .k = *input.k,
                        .fill_rate = *input.fill_rate,
                        .limit = 10};
  const auto depths = glft_stationary(paper, 2).value();
  EXPECT_EQ(quote(model, input), (SkewedQuote{*depths.bid, *depths.ask}));
  input.room_down = unlimited;
  expect_same(quote(model, input), [&] {
    GlftInput wide = paper;
    wide.limit = 500;
    const auto at_500 = glft_stationary(wide, 2).value();
    return SkewedQuote{*at_500.bid, *at_500.ask};
  }());
}

TEST(GlftSkew, says_when_the_stationary_solution_does_not_reach) {
  const GlftSkew model{{.gamma = 1e-5}, GlftMethod::stationary};
  SkewInput input = known(0.0);
  input.room_up = input.room_down = 0.2;
  EXPECT_EQ(skewed(model, input).error().what,
            "the limits are 0.2 from the target, less than one fill of 0.25: quote less, or widen "
            "the limit");
  input = known(200.0);
  input.room_up = input.room_down = unlimited;
  EXPECT_EQ(skewed(model, input).error().what,
            "the deviation is 800 fills: the stationary solution goes to 500; quote more, or use "
            "closed_form");
}

TEST(AvellanedaStoikovSkew, is_the_paper_s_for_fills_of_one_unit_and_money) {
  const AvellanedaStoikovSkew model{{.gamma = 0.1}, Duration::seconds(1)};
  SkewInput input;
  input.mid = 100.0;
  input.deviation = 3.0;
  input.fill = input.money = 1.0;
  input.sigma = 2.0;
  input.k = 1.5;
  // 0.1 * 4 = 0.4 a unit; ln(1 + 0.1/1.5) / 0.1 = 0.6453852.
  const SkewedQuote got = quote(model, input);
  EXPECT_NEAR(got.bid_depth, 0.2 + 0.6453852 + 1.2, 1e-7);
  EXPECT_NEAR(got.ask_depth, 0.2 + 0.6453852 - 1.2, 1e-7);
}

}  // namespace
}  // namespace ballast
