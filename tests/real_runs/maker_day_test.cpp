// A maker's day on recorded tops and trades: every fill earned, every figure recomputed by a script
// that shares no code with Ballast; and the ranking of controls that docs/control.md explains.
// Skipped where the recording is not.
#include <string>

#include <gtest/gtest.h>

#include "real_runs/real_run.hpp"

namespace ballast {
namespace {

TEST_F(RealRun, a_maker_s_day_ranks_hedging_both_leaning_and_nothing_as_one_should_expect) {
  BALLAST_NEEDS_RECORDING(recording("gemini_ethusd_20210701"));
  const Ended ended = run("gemini_eth_maker", "glft_own_width");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 36U) << ended.output;
  EXPECT_EQ(count(ended.output, "breaker has tripped"), 0U) << ended.output;
  EXPECT_NE(
      ended.output.find("glft_own_width: by adherence hedge, both, skew, none; by the cost of "
                        "hedges hedge, both\n"),
      std::string::npos)
      << ended.output;
}

}  // namespace
}  // namespace ballast
