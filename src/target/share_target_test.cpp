#include "target/share_target.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

Decimal dec(std::string_view text) { return parse_decimal<Decimal>(text).value(); }

std::optional<Aim> share(std::string_view fraction,
                         std::optional<Decimal> value,
                         std::optional<Decimal> price) {
  return aim(ShareTarget{dec(fraction)}, Inventory{Timestamp{}, price, value});
}

TEST(ShareTarget, is_a_fraction_of_net_asset_value_in_units_of_the_factor) {
  EXPECT_EQ(share("0.5", dec("100000"), dec("50000"))->target, dec("1"));
  EXPECT_EQ(share("-0.25", dec("100000"), dec("2500"))->target, dec("-10"));
  // A cash factor in the reporting currency: its unit costs one.
  EXPECT_EQ(share("0.1", dec("1234.5"), dec("1"))->target, dec("123.45"));
  EXPECT_EQ(share("0.5", dec("0"), dec("50000"))->target, dec("0"));
}

TEST(ShareTarget, rounds_half_even_once_at_the_last_digit) {
  EXPECT_EQ(share("1", dec("2"), dec("3"))->target, dec("0.666666666666666667"));
  EXPECT_EQ(share("0.5", dec("0.000000000000000001"), dec("1"))->target, dec("0"));
  EXPECT_EQ(share("0.5", dec("0.000000000000000003"), dec("1"))->target,
            dec("0.000000000000000002"));
}

TEST(ShareTarget, is_unknown_without_a_price_or_a_net_asset_value) {
  EXPECT_FALSE(share("0.5", std::nullopt, dec("50000")));
  EXPECT_FALSE(share("0.5", dec("100000"), std::nullopt));
  EXPECT_FALSE(share("0.5", dec("100000"), dec("0")));
  EXPECT_FALSE(share("0.5", dec("100000"), dec("-37.63")));
}

TEST(ShareTarget, is_unknown_when_the_desk_is_worth_less_than_nothing) {
  EXPECT_FALSE(share("0.5", dec("-0.01"), dec("50000")));
}

TEST(ShareTarget, is_unknown_past_the_decimal_range) {
  EXPECT_FALSE(share("1000", dec("100000000000000000000"), dec("0.001")));
}

TEST(ShareTarget, names_the_input_that_is_missing) {
  const ShareTarget model{dec("0.5")};
  EXPECT_EQ(describe(model, {Timestamp{}, dec("50000"), dec("100000")}),
            "0.5 of net asset value 100000 at price 50000 = 1");
  EXPECT_EQ(describe(model, {Timestamp{}, std::nullopt, dec("100000")}),
            "0.5 of net asset value 100000 at price unknown = unknown");
}

}  // namespace
}  // namespace ballast
