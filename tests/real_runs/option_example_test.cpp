// A short strangle from chains on the command line, its greeks and cash by a recomputation that
// shares no code with Ballast. Skipped where the recording is not.
#include <gtest/gtest.h>

#include "real_runs/real_run.hpp"

namespace ballast {
namespace {

TEST_F(RealRun, a_short_strangle_is_imported_configured_counted_and_delivered) {
  BALLAST_NEEDS_RECORDING(recording("deribit_chains_2026"));
  const Ended ended = run("deribit_options_2026", "");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 9U) << ended.output;
}

}  // namespace
}  // namespace ballast
