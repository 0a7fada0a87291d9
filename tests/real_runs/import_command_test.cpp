// `ballast import` as a user runs it: settings, spans, standard input, and what it says of
// mistakes.
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/program.hpp"

namespace ballast::testing {
namespace {

constexpr std::string_view candles =
    "open_time,open,high,low,close,volume,close_time\n"
    "2020-03-12 20:00:00+00:00,6036,6059,4410,4800.0,1,2020-03-12 23:59:59.999000+00:00\n"
    "2020-03-13 00:00:00+00:00,4800,5523,3782,5167.26,1,2020-03-13 03:59:59.999000+00:00\n";
constexpr std::string_view first_mark =
    R"({"t":"2020-03-12T23:59:59.999Z","type":"mark","instrument":"BTC-USDT","price":"4800"})";
constexpr std::string_view second_mark =
    R"({"t":"2020-03-13T03:59:59.999Z","type":"mark","instrument":"BTC-USDT","price":"5167.26"})";

TEST(ImportCommand, settings_may_stand_before_and_after_the_file) {
  const Scratch scratch;
  scratch.write("candles.csv", candles);
  for (const char* arguments :
       {"import binance-kline --set instrument=BTC-USDT --set venue=binance candles.csv",
        "import binance-kline candles.csv -s instrument=BTC-USDT -s venue=binance",
        "import binance-kline -s venue=binance - -s instrument=BTC-USDT"}) {
    const Ended ended = run_ballast(scratch.path(), arguments, candles);
    EXPECT_EQ(ended.code, 0) << arguments;
    EXPECT_EQ(ended.out, fmt::format("{}\n{}\n", first_mark, second_mark)) << arguments;
    EXPECT_EQ(ended.err, "ballast: 3 lines read, 2 events written, 0 lines refused\n");
  }
}

TEST(ImportCommand, takes_only_a_span_of_time) {
  const Scratch scratch;
  scratch.write("candles.csv", candles);
  const Ended ended = run_ballast(
      scratch.path(),
      "import binance-kline candles.csv -s instrument=BTC-USDT --from 2020-03-13T00:00:00Z "
      "--to 2020-03-14T00:00:00Z --out marks.jsonl");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err,
            "ballast: 3 lines read, 1 events written, 1 outside the span left out, 0 lines "
            "refused\n");
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(scratch.read("marks.jsonl"), fmt::format("{}\n", second_mark));
}

TEST(ImportCommand, writes_the_instruments_by_which_its_events_are_taken) {
  const Scratch scratch;
  scratch.write(
      "chain.csv",
      "snapshot_utc,exchange,underlying,instrument,expiry,strike,type,mark_price,bid,ask,"
      "mark_iv,underlying_price\n"
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260828-63000-C,2026-08-28,63000,call,0.06,,,0.5,"
      "62512\n"
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260828-63000-P,2026-08-28,63000,put,0.06,0.059,,"
      "0.5,62512\n");
  const Ended imported =
      run_ballast(scratch.path(),
                  "import option-chain chain.csv --set top_qty=1 --instruments options.toml "
                  "--out chain.jsonl");
  ASSERT_EQ(imported.code, 0) << imported.err;
  scratch.write("desk.toml",
                "[desk]\nname = \"d\"\ncurrency = \"USD\"\n[[assets]]\nname = \"BTC\"\n"
                "[[assets]]\nname = \"USD\"\n[[venues]]\nname = \"okx\"\naccounts = [\"main\"]\n"
                "[[factors]]\nname = \"vega:BTC\"\nband = { lower = \"-1\", upper = \"1\" }\n"
                "limit = { lower = \"-2\", upper = \"2\" }\nmax_age = \"1h\"\n" +
                    scratch.read("options.toml"));
  const Ended checked = run_ballast(scratch.path(), "check desk.toml");
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  const Ended replayed = run_ballast(scratch.path(), "replay -c desk.toml chain.jsonl");
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_NE(replayed.out.find("Events  7 read, 7 applied, 0 duplicate, 0 refused"),
            std::string::npos)
      << replayed.out;
}

TEST(ImportCommand, says_what_is_wrong_and_what_to_do) {
  const Scratch scratch;
  scratch.write("candles.csv", candles);
  scratch.write("bad.csv",
                "open_time,open,close,close_time\n"
                "2020-03-13 00:00:00+00:00,1,-2,2020-03-13 03:59:59Z\n"
                "2020-03-13 00:00:00+00:00,1,2,2020-03-13 03:59:59Z\n");
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
           Mistake{"binance-kline candles.csv -s instrument=X --instruments x.toml", 2,
                   "--instruments: files of this format do not say what their instruments are"},
           Mistake{"binance-kline none.csv -s instrument=X", 1, "cannot open none.csv: No such"},
           Mistake{"binance-kline . -s instrument=X", 1, "ballast: .: Is a directory"},
           Mistake{"gemini-top candles.csv -s instrument=X", 1,
                   "candles.csv:1: the header has no column \"time_seconds\""},
           Mistake{"binance-kline bad.csv -s instrument=X", 5,
                   "bad.csv:2: column 3 (close): \"-2\" is not above zero"},
           Mistake{"binance-kline bad.csv -s instrument=X --stop", 1,
                   "bad.csv:2: column 3 (close): \"-2\" is not above zero"},
       }) {
    const Ended ended = run_ballast(scratch.path(), std::string("import ") + mistake.arguments);
    EXPECT_EQ(ended.code, mistake.code) << mistake.arguments << "\n" << ended.err;
    EXPECT_NE(ended.err.find(mistake.said), std::string::npos) << mistake.arguments << "\n"
                                                               << ended.err;
  }
}

TEST(ImportCommand, lists_what_a_format_can_be_told) {
  const Scratch scratch;
  const Ended ended = run_ballast(scratch.path(), "import binance-kline --list");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out.rfind("binance-kline\n", 0), 0U) << ended.out;
  EXPECT_NE(ended.out.find("--set instrument=...  (needed)"), std::string::npos);
  EXPECT_EQ(ended.out.find("tardis"), std::string::npos);
  EXPECT_NE(run_ballast(scratch.path(), "import --list").out.find("tardis-trades"),
            std::string::npos);
}

}  // namespace
}  // namespace ballast::testing
