// `ballast import` as a user runs it: settings, spans, standard input, and what it says of
// mistakes.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "real_runs/shell.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;

class ImportCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / fmt::format("import_command_{}", test->name());
    fs::create_directories(folder_);
    std::ofstream(folder_ / "candles.csv")
        << "open_time,open,high,low,close,volume,close_time\n"
           "2020-03-12 20:00:00+00:00,6036,6059,4410,4800.0,1,2020-03-12 23:59:59.999000+00:00\n"
           "2020-03-13 00:00:00+00:00,4800,5523,3782,5167.26,1,2020-03-13 03:59:59.999000+00:00\n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Ended import(std::string_view arguments) const {
    return run_shell(fmt::format("cd '{}' && '{}' import {} 2>&1", folder_.string(),
                                 BALLAST_PROGRAM, arguments));
  }

  fs::path folder_;
};

constexpr std::string_view first_mark =
    R"({"t":"2020-03-12T23:59:59.999Z","type":"mark","instrument":"BTC-USDT","price":"4800"})";
constexpr std::string_view second_mark =
    R"({"t":"2020-03-13T03:59:59.999Z","type":"mark","instrument":"BTC-USDT","price":"5167.26"})";

TEST_F(ImportCommand, settings_may_stand_before_and_after_the_file) {
  const std::string expected =
      fmt::format("{}\n{}\nballast: 3 lines read, 2 events written, 0 lines refused\n", first_mark,
                  second_mark);
  for (const char* arguments :
       {"binance-kline --set instrument=BTC-USDT --set venue=binance candles.csv",
        "binance-kline candles.csv -s instrument=BTC-USDT -s venue=binance",
        "binance-kline -s venue=binance - -s instrument=BTC-USDT < candles.csv"}) {
    const Ended ended = import(arguments);
    EXPECT_EQ(ended.code, 0) << arguments;
    // Events and the summary come by two streams, in either order.
    EXPECT_EQ(ended.output.size(), expected.size()) << ended.output;
    EXPECT_NE(ended.output.find(first_mark), std::string::npos) << ended.output;
    EXPECT_NE(ended.output.find(second_mark), std::string::npos) << ended.output;
  }
}

TEST_F(ImportCommand, takes_only_a_span_of_time) {
  const Ended ended = import(
      "binance-kline candles.csv -s instrument=BTC-USDT --from 2020-03-13T00:00:00Z "
      "--to 2020-03-14T00:00:00Z --out marks.jsonl");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output,
            "ballast: 3 lines read, 1 events written, 1 outside the span left out, 0 lines "
            "refused\n");
  std::ifstream file(folder_ / "marks.jsonl");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, second_mark);
  EXPECT_FALSE(std::getline(file, line));
}

TEST_F(ImportCommand, says_what_is_wrong_and_what_to_do) {
  std::ofstream(folder_ / "bad.csv") << "open_time,open,close,close_time\n"
                                        "2020-03-13 00:00:00+00:00,1,-2,2020-03-13 03:59:59Z\n"
                                        "2020-03-13 00:00:00+00:00,1,2,2020-03-13 03:59:59Z\n";
  struct Mistake {
    const char* arguments;
    int code;
    const char* said;
  };
  for (const Mistake& mistake : {
           Mistake{"", 2, "ballast: import needs a FORMAT, one of binance-stream, "},
           Mistake{"binance-kline candles.csv", 2,
                   "ballast: binance-kline needs --set instrument=...: name of the instrument"},
           Mistake{"binance-klin candles.csv", 2, "did you mean \"binance-kline\"?"},
           Mistake{"csv candles.csv -s type=marks", 2, "did you mean \"mark\"?"},
           Mistake{"binance-kline -s instrument=X", 2, "ballast: import needs at least one FILE"},
           Mistake{"binance-kline none.csv -s instrument=X", 1, "cannot open none.csv: No such"},
           Mistake{"binance-kline . -s instrument=X", 1, "ballast: .: Is a directory"},
           Mistake{"gemini-top candles.csv -s instrument=X", 1,
                   "candles.csv:1: the header has no column \"time_seconds\""},
           Mistake{"binance-kline bad.csv -s instrument=X", 5,
                   "bad.csv:2: column 3 (close): \"-2\" is not above zero"},
           Mistake{"binance-kline bad.csv -s instrument=X --stop", 1,
                   "bad.csv:2: column 3 (close): \"-2\" is not above zero"},
       }) {
    const Ended ended = import(mistake.arguments);
    EXPECT_EQ(ended.code, mistake.code) << mistake.arguments << "\n" << ended.output;
    EXPECT_NE(ended.output.find(mistake.said), std::string::npos) << mistake.arguments << "\n"
                                                                  << ended.output;
  }
}

TEST_F(ImportCommand, lists_what_a_format_can_be_told) {
  const Ended ended = import("binance-kline --list");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output.rfind("binance-kline\n", 0), 0U) << ended.output;
  EXPECT_NE(ended.output.find("--set instrument=...  (needed)"), std::string::npos);
  EXPECT_EQ(ended.output.find("tardis"), std::string::npos);
  EXPECT_NE(import("--list").output.find("tardis-trades"), std::string::npos);
}

}  // namespace
}  // namespace ballast
