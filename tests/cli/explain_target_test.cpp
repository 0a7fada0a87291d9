// `ballast explain target --at`: each stage of a target as it stood then, by numbers worked out by
// hand. The price goes from 100 to 101 and back every hour, so that a square-root day is worth
// ln(1.01) sqrt(24) = 0.0487465; the budget of 1000 USDT buys 1000 / (101 * 0.0487465) = 203.112
// BTC.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/program.hpp"

namespace ballast::testing {
namespace {

constexpr std::string_view desk = R"toml(
[desk]
name = "tiny"
currency = "USDT"
retarget = "1h"
[learning]
volatility_half_life = "24h"
max_age = "2h"
min_observations = 3
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
[[factors]]
name = "delta:BTC"
target = { model = "static", value = "300" }
scales = [{ model = "vol_budget", instrument = "BTC-USDT", budget = 1000, max_age = "1h", safe = 7 }]
band = { lower = "-2", upper = "2" }
limit = { lower = "-250", upper = "250" }
max_age = "2h"
)toml";

class ExplainTarget : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch.write("desk.toml", desk);
    std::string marks;
    for (int hour = 0; hour < 12; ++hour) {
      marks += fmt::format(
          R"({{"t":"2026-01-05T{:02}:30:00Z","type":"mark","instrument":"BTC-USDT","price":{}}})"
          "\n",
          hour, 100 + hour % 2);
    }
    scratch.write("marks.jsonl", marks);
    const Ended made =
        run_ballast(scratch.path(), "simulate -c desk.toml marks.jsonl --journal tiny.db");
    ASSERT_EQ(made.code, 0) << made.err;
  }
  std::string at(const std::string& time) const {
    const Ended ended = run_ballast(
        scratch.path(), "explain target delta:BTC --journal tiny.db --at 2026-01-05T" + time + "Z");
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }

  Scratch scratch;
};

void expect_parts(const std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

TEST_F(ExplainTarget, shows_each_input_with_its_age_the_formula_and_the_effect) {
  expect_parts(at("10:12:00"), {"target of delta:BTC", "at 2026-01-05T10:12:00Z, in BTC",
                                "static: fixed at 300: 300 in [298, 302], limit [-250, 250]",
                                "worked out at 2026-01-05T10:00:00Z", "scales: vol_budget",
                                "203.11", "= at most budget / (price sigma)", "price 101, 30m old",
                                "volatility 0.0487465, 30m old, 7 observations",
                                "300 in [298, 302] -> 203.11", "inside the limit: 203.11"});
}

TEST_F(ExplainTarget, says_what_stood_in_for_an_input_that_was_unknown_then) {
  expect_parts(at("02:12:00"),
               {"volatility unknown (too_few)", "an input is unknown: the safe value holds",
                "300 in [298, 302] -> 7 in [5, 9]"});
}

}  // namespace
}  // namespace ballast::testing
