// The loop closed on three Binance markets: every hedge against the cheapest of the three, by a
// recomputation that shares no code with Ballast. Skipped where the recording is not.
#include <string>

#include <gtest/gtest.h>

#include "real_runs/real_run.hpp"

namespace ballast {
namespace {

TEST_F(RealRun, hedges_of_an_inverse_perpetual_go_where_they_are_cheapest_funding_included) {
  BALLAST_NEEDS_RECORDING(recording("binance_20240808"));
  for (const int seed : {1, 2}) {
    const Ended ended = run("binance_hedged", std::to_string(seed));
    ASSERT_EQ(ended.code, 0) << "seed " << seed << "\n" << ended.output;
    EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << "seed " << seed << "\n" << ended.output;
    EXPECT_EQ(count(ended.output, "\nagree "), 168U) << "seed " << seed << "\n" << ended.output;
    EXPECT_EQ(count(ended.output, "breaker has tripped"), 0U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ballast
