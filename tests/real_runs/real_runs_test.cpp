// The examples on real recordings, end to end: each runs the script that its README shows, which
// imports, replays and compares the report with a recomputation that shares no code with Ballast.
// Skipped where the recordings are not (BALLAST_DATA, or ../shared/data beside the sources).
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "real_runs/real_run.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;

TEST_F(RealRun, a_market_maker_with_a_fixed_target_is_exact_and_shows_the_crash_of_march_2020) {
  BALLAST_NEEDS_RECORDING(recording("fills_btcusdt_2019_2020"));
  BALLAST_NEEDS_RECORDING(recording("ohlcv_4h_2017_2025"));
  const Ended ended = run("market_maker_2019_2020", "desk");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 43U) << ended.output;
  EXPECT_NE(ended.output.find("3432 events written"), std::string::npos);
  // 13 March 2020: out of band all day, with 531.73 USDT of the fall won back.
  EXPECT_NE(ended.output.find("2020-03-13 00:00:00  2020-03-14 00:00:00  delta:BTC    64.96 %"
                              "    0.00 %"),
            std::string::npos)
      << ended.output;
  EXPECT_TRUE(fs::exists(out_.path() / "desk.html"));
}

TEST_F(RealRun, a_market_maker_with_a_share_of_its_value_as_target_is_exact) {
  BALLAST_NEEDS_RECORDING(recording("fills_btcusdt_2019_2020"));
  BALLAST_NEEDS_RECORDING(recording("ohlcv_4h_2017_2025"));
  const Ended ended = run("market_maker_2019_2020", "desk_share");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 43U) << ended.output;
}

TEST_F(RealRun, three_markets_are_rebuilt_without_a_gap_and_net_into_one_delta) {
  BALLAST_NEEDS_RECORDING(recording("binance_20240808"));
  const Ended ended = run("binance_three_markets", "");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "; 0 gaps, 0 updates left the book crossed"), 3U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 41U) << ended.output;
  EXPECT_NE(ended.output.find("Events  148619 read, 148619 applied, 0 duplicate, 0 refused"),
            std::string::npos)
      << ended.output;
}

TEST_F(RealRun, accounts_of_254_clients_are_exact_and_agree_with_62_liquidations) {
  BALLAST_NEEDS_RECORDING(recording("hyperliquid_2023"));
  const Ended ended = run("hyperliquid_2023", "");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 39U) << ended.output;
  EXPECT_NE(ended.output.find("report.json: 0 open breaks"), std::string::npos) << ended.output;
  // Without the fills that repeat another, what the venue says no longer agrees.
  EXPECT_NE(ended.output.find("dropped.json: 10 open breaks"), std::string::npos) << ended.output;
  EXPECT_GE(count(ended.output, "once more"), 3U) << ended.output;
}

TEST_F(RealRun, five_years_of_a_carry_target_are_exact_target_by_target) {
  BALLAST_NEEDS_RECORDING(recording("basis_3venues_8h"));
  BALLAST_NEEDS_RECORDING(recording("funding_7venues"));
  BALLAST_NEEDS_RECORDING(recording("dvol_btc"));
  BALLAST_NEEDS_RECORDING(recording("ohlcv_4h_2017_2025"));
  const Ended ended = run("carry_target_2020_2024", "");
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_EQ(count(ended.output, "\nDIFFER "), 0U) << ended.output;
  EXPECT_EQ(count(ended.output, "\nagree "), 199U) << ended.output;
  // Every hedge did what it was to do, and the tilt lost what its README says.
  const auto year = [&](std::string_view row) {
    EXPECT_NE(ended.output.find(row), std::string::npos) << row << ended.output;
  };
  year("\n2020    -12.62     2.54     99.30%   73.59%     31,998   -242,030    -351   -210,382");
  year("\nall      -5.27     1.62     99.83%   85.09%    130,371   -624,676    -966   -495,271");
  EXPECT_TRUE(fs::exists(out_.path() / "desk.html"));
  EXPECT_TRUE(fs::exists(out_.path() / "carry_target.svg"));
}

}  // namespace
}  // namespace ballast
