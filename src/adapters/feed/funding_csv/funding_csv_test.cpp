#include "adapters/feed/funding_csv/funding_csv.hpp"

#include <map>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

constexpr std::string_view header = "Symbol,Date,Funding Rate\n";

TEST(FundingCsv, infers_the_interval_from_the_nearer_neighbour) {
  Imported out;
  import_text("funding-csv", {{"utc_offset", "+03:00"}},
              joined(header,
                     "BTC-USDT,2020-01-01 03:00:00.000,-0.00012359\n"
                     "BTC-USDT,2020-01-01 11:00:00.001,2.6e-05\n"
                     "BTC-USDT,2020-01-02 03:00:00,0.0001\n"  // one row is missing before
                     "BTC-USDT,2020-01-02 11:00:00,0.0001\n"
                     "BTC-USDT,2020-01-02 15:00:00,0.0001\n"),  // the venue changed to 4 h
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 5U);
  EXPECT_EQ(out.event(0).t, at("2020-01-01T00:00:00Z"));
  EXPECT_EQ(out.body<FundingRate>(0).rate, exact<Decimal>("-0.00012359"));
  EXPECT_EQ(out.body<FundingRate>(1).rate, exact<Decimal>("0.000026"));
  const char* hours[] = {"8", "8", "8", "4", "4"};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(out.body<FundingRate>(i).interval_h, exact<Decimal>(hours[i])) << i;
  }
}

TEST(FundingCsv, keeps_symbols_apart_and_takes_a_given_interval) {
  Imported out;
  import_text("funding-csv", {{"interval", "1h"}, {"venue", "dydx"}},
              joined(header, "BTC,2022-01-01 00:00:00,0.1\nETH,2022-01-01 00:00:00,0.2\n"), out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.body<FundingRate>(1).interval_h, exact<Decimal>("1"));
  EXPECT_EQ(out.desk.desk().instrument(out.body<FundingRate>(1).instrument).name, "ETH");
}

TEST(FundingCsv, refuses_bad_rows_with_line_and_column) {
  const auto error = [](std::string text) {
    Imported out;
    import_text("funding-csv", {}, std::string(header) + text, out);
    return out.error;
  };
  EXPECT_EQ(error("BTC,2022-01-01,0.1\n"),
            "2: column 2 (Date): \"2022-01-01\" is not a time as in \"%Y-%m-%d %H:%M:%S\"");
  EXPECT_EQ(error("BTC,2022-01-01 08:00:00,0.1\nBTC,2022-01-01 00:00:00,0.1\n"),
            "3: column 2 (Date): \"2022-01-01 00:00:00\" is not after the row before it");
  EXPECT_EQ(error("BTC,2022-01-01 08:00:00,0.1\n"),
            "a single row shows no interval; give interval=8h or the like");
}

TEST(FundingCsv, reads_the_recorded_histories_of_seven_venues) {
  const auto folder = recording("funding_7venues");
  BALLAST_NEEDS_RECORDING(folder);
  std::map<std::string, std::size_t> intervals;
  std::size_t rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".gz") continue;
    DeskBuilder desk;
    KeptSink sink;
    const auto importer = make_importer("funding-csv", {}, desk);
    const auto read = read_files(std::vector{entry.path().string()}, **importer, sink);
    ASSERT_TRUE(read) << read.error().what;
    ASSERT_EQ(sink.events.size() + 1, read->lines) << entry.path();
    rows += sink.events.size();
    for (const Event& event : sink.events) {
      ++intervals[to_string(std::get<FundingRate>(event.body).interval_h)];
    }
  }
  EXPECT_EQ(rows, 78'664U);
  EXPECT_EQ(intervals["1"], 35'040U);               // dYdX pays every hour, two files
  EXPECT_EQ(intervals["8"], rows - 35'040U - 30U);  // HTX settled late some times, in two files
}

}  // namespace
}  // namespace ballast
