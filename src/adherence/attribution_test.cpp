#include "adherence/attribution.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

FactorState band(int actual, int lower, int upper) {
  FactorState state;
  state.known = true;
  state.actual = Decimal::whole(actual);
  state.lower = Decimal::whole(lower);
  state.upper = Decimal::whole(upper);
  state.target = Decimal::whole((lower + upper) / 2);
  state.limit_lower = Decimal::whole(-100);
  state.limit_upper = Decimal::whole(100);
  return state;
}

TEST(Attribution, gives_each_change_of_the_distance_to_its_cause) {
  Attribution attribution;
  attribution.apply({band(1, -2, 2), Cause::client});  // in band: nobody's
  attribution.apply({band(5, -2, 2), Cause::quote});
  attribution.apply({band(4, -2, 2), Cause::hedge});
  attribution.apply({band(9, -2, 2), Cause::market});
  EXPECT_EQ(attribution.distance(), Decimal::whole(7));
  EXPECT_EQ(attribution.contribution(Cause::client), Decimal{});
  EXPECT_EQ(attribution.contribution(Cause::quote), Decimal::whole(3)) << "from the edge on";
  EXPECT_EQ(attribution.contribution(Cause::hedge), Decimal::whole(-1));
  EXPECT_EQ(attribution.contribution(Cause::market), Decimal::whole(5));
  EXPECT_EQ(attribution.dominant(), Cause::market);
}

TEST(Attribution, starts_anew_from_every_moment_in_band) {
  Attribution attribution;
  attribution.apply({band(50, -2, 2), Cause::client});
  attribution.apply({band(2, -2, 2), Cause::hedge});
  attribution.apply({band(2, -2, 1), Cause::band});
  EXPECT_EQ(attribution.dominant(), Cause::band);
  EXPECT_EQ(attribution.contribution(Cause::client), Decimal{});
}

TEST(Attribution, looks_in_the_direction_of_the_distance_and_breaks_ties_by_order) {
  Attribution attribution;
  attribution.apply({band(6, -2, 2), Cause::market});   // +4
  attribution.apply({band(-9, -2, 2), Cause::client});  // to -7
  EXPECT_EQ(attribution.distance(), Decimal::whole(-7));
  EXPECT_EQ(attribution.contribution(Cause::client), Decimal::whole(-11));
  EXPECT_EQ(attribution.dominant(), Cause::client);
  Attribution tie;
  tie.apply({band(5, -2, 2), Cause::market});
  tie.apply({band(8, -2, 2), Cause::quote});
  EXPECT_EQ(tie.dominant(), Cause::quote);
}

TEST(Attribution, freezes_in_the_dark_and_gives_the_jump_to_what_ended_it) {
  Attribution attribution;
  attribution.apply({band(5, -2, 2), Cause::client});
  FactorState dark = band(90, -2, 2);
  dark.known = false;
  attribution.apply({dark, Cause::quote});
  EXPECT_EQ(attribution.distance(), Decimal::whole(3));
  attribution.apply({band(10, -2, 2), Cause::correction});
  EXPECT_EQ(attribution.contribution(Cause::client), Decimal::whole(3));
  EXPECT_EQ(attribution.contribution(Cause::correction), Decimal::whole(5));
}

TEST(Attribution, splits_a_new_target_from_a_new_band) {
  const FactorState before = band(0, -2, 2);
  FactorState after = before;
  after.target = Decimal::whole(5);
  after.lower = Decimal::whole(2);
  after.upper = Decimal::whole(6);
  const auto steps = split_target_step(before, after);
  EXPECT_EQ(steps[0].state.lower, Decimal::whole(3));
  EXPECT_EQ(steps[0].state.upper, Decimal::whole(7));
  EXPECT_EQ(steps[1].state, after);
  Attribution attribution;
  attribution.apply({before, Cause::market});
  for (const Step& step : steps)
    attribution.apply(step);
  EXPECT_EQ(attribution.contribution(Cause::target), Decimal::whole(-3));
  EXPECT_EQ(attribution.contribution(Cause::band), Decimal::whole(1));
  EXPECT_EQ(attribution.distance(), Decimal::whole(-2));
}

TEST(Attribution, names_the_cause_of_every_origin_as_the_origin) {
  for (std::size_t i = 0; i < origin_names.size(); ++i) {
    EXPECT_EQ(to_string(cause_of(static_cast<Origin>(i))), origin_names[i]);
  }
}

}  // namespace
}  // namespace ballast
