#include "adapters/feed/binance_kline/binance_kline.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

TEST(BinanceKline, reads_the_official_headerless_format) {
  // The example row of github.com/binance/binance-public-data, "Klines"; times in milliseconds.
  Imported out;
  import_text(
      "binance-kline", {{"instrument", "BNBUSDT"}},
      "1601510340000,4.15070000,4.15870000,4.15060000,4.15540000,539.23000000,1601510399999,"
      "2240.39860900,13,401.82000000,1669.98121300,0\n",
      out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 1U);
  EXPECT_EQ(out.event(0).t, at("2020-09-30T23:59:59.999Z"));
  EXPECT_EQ(out.body<Mark>(0).price, exact<Price>("4.1554"));
  EXPECT_EQ(out.desk.desk().instrument(out.body<Mark>(0).instrument).name, "BNBUSDT");
}

TEST(BinanceKline, reads_microseconds_as_spot_files_have_them_since_2025) {
  Imported out;
  import_text("binance-kline", {{"instrument", "BTCUSDT"}, {"open", "yes"}},
              "1735689600000000,93576.00,94509.42,93489.03,94401.14,755.99,1735703999999999,"
              "7.1,1,1,1,0\n",
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.event(0).t, at("2025-01-01T00:00:00Z"));
  EXPECT_EQ(out.body<Mark>(0).price, exact<Price>("93576"));
  EXPECT_EQ(out.event(1).t, at("2025-01-01T03:59:59.999999Z"));
  EXPECT_EQ(out.body<Mark>(1).price, exact<Price>("94401.14"));
}

TEST(BinanceKline, finds_columns_by_the_names_of_a_header) {
  Imported out;
  import_text("binance-kline", {{"instrument", "BTCUSDT"}},
              "close_time,close,open,open_time\n"
              "2017-08-17 07:59:59.999000+00:00,4349.99,4261.48,2017-08-17 04:00:00+00:00\n",
              out);
  ASSERT_EQ(out.error, "");
  EXPECT_EQ(out.event(0).t, at("2017-08-17T07:59:59.999Z"));
  EXPECT_EQ(out.body<Mark>(0).price, exact<Price>("4349.99"));
}

TEST(BinanceKline, refuses_bad_rows_with_line_and_column) {
  const auto error = [](std::string_view text) {
    Imported out;
    import_text("binance-kline", {{"instrument", "BTCUSDT"}}, text, out);
    return out.error;
  };
  EXPECT_EQ(
      error("open_time,open,high,low,closed\n"),
      "1: the header has no column \"close\"; did you mean \"closed\"?; it has: open_time, open, "
      "high, low, closed");
  EXPECT_EQ(error("1601510340000,4,4,4,0,1,1601510399999,1,1,1,1,0\n"),
            "1: column 5 (close): \"0\" is not above zero");
  EXPECT_EQ(error("1601510340000,4,4,4,4,1,1601510339999,1,1,1,1,0\n"),
            "1: column 7 (close_time): the candle closes before it opens");
  EXPECT_EQ(error("1601510340000,4,4,4,4,1,1601510399999,1,1,1,1,0\n1,2,3\n"),
            "2: the line has 3 columns where the first of the file has 12");
}

TEST(BinanceKline, reads_the_recorded_candles_of_eight_years) {
  const auto path = recording("ohlcv_4h_2017_2025/BTCUSDT.csv.gz");
  BALLAST_NEEDS_RECORDING(path);
  DeskBuilder desk;
  KeptSink sink;
  const auto importer = make_importer("binance-kline", {{"instrument", "BTCUSDT"}}, desk);
  ASSERT_TRUE(read_files(std::vector{path.string()}, **importer, sink));
  ASSERT_EQ(sink.events.size(), 17'978U);
  EXPECT_EQ(sink.events.front().t, at("2017-08-17T07:59:59.999Z"));
  EXPECT_EQ(std::get<Mark>(sink.events.front().body).price, exact<Price>("4349.99"));
  for (std::size_t i = 1; i < sink.events.size(); ++i) {
    ASSERT_LT(sink.events[i - 1].t, sink.events[i].t) << i;
  }
}

}  // namespace
}  // namespace ballast
