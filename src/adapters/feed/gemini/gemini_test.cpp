#include "adapters/feed/gemini/gemini.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

constexpr std::string_view depth_header = "time_seconds,bid_price_bid_size,ask_price_ask_size\n";
constexpr std::string_view trade_header = "time_seconds,price,size,is_buyer_maker\n";

// Rows as in ccapi's market data recorder, which writes these files.
TEST(GeminiTop, reads_price_size_pairs) {
  Imported out;
  import_text("gemini-top", {{"instrument", "ETH-USD"}},
              joined(depth_header,
                     "1625097600,2271.58_1.6477,2279.63_28.479526\n"
                     "1625097601,,2279.86_11.74342\n"),
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.event(0).t, at("2021-07-01T00:00:00Z"));
  const Top& top = out.body<Top>(0);
  EXPECT_EQ(top.bid, exact<Price>("2271.58"));
  EXPECT_EQ(top.bid_qty, exact<Quantity>("1.6477"));
  EXPECT_EQ(top.ask, exact<Price>("2279.63"));
  EXPECT_EQ(top.ask_qty, exact<Quantity>("28.479526"));
  EXPECT_TRUE(out.body<Top>(1).bid_qty.zero());  // no bids at all
  EXPECT_EQ(out.desk.desk().instrument(top.instrument).name, "ETH-USD");
}

TEST(GeminiTrade, the_aggressor_is_the_side_that_did_not_rest) {
  Imported out;
  import_text(
      "gemini-trade", {{"instrument", "ETHUSD"}},
      joined(trade_header, "1625097621.647,2278.15,0.0409,1\n1625097647.087,2272,3.6456,0\n"), out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.event(0).t, at("2021-07-01T00:00:21.647Z"));
  EXPECT_EQ(out.body<Trade>(0).side, Side::sell);
  EXPECT_EQ(out.body<Trade>(0).price, exact<Price>("2278.15"));
  EXPECT_EQ(out.body<Trade>(0).qty, exact<Quantity>("0.0409"));
  EXPECT_EQ(out.body<Trade>(1).side, Side::buy);
}

TEST(Gemini, refuses_bad_rows_with_line_and_column) {
  const auto error = [](std::string_view format, std::string text) {
    Imported out;
    import_text(format, {{"instrument", "ETHUSD"}}, text, out);
    return out.error;
  };
  EXPECT_EQ(
      error("gemini-top", joined(depth_header, "1625097600,2271.58,2279.63_28\n")),
      "2: column 2 (bid_price_bid_size): \"2271.58\" is not price_size, such as 2271.58_1.6477");
  EXPECT_EQ(error("gemini-top", joined(depth_header, "1625097600,1_1,-2_3\n")),
            "2: column 3 (ask_price_ask_size): \"-2_3\" is not above zero");
  EXPECT_EQ(error("gemini-trade", joined(trade_header, "1625097621.647,2278.15,0,1\n")),
            "2: column 3 (size): \"0\" is not above zero");
}

TEST(Gemini, reads_a_recorded_day) {
  const auto depth =
      recording("gemini_ethusd_20210701/gemini__eth-usd__2021-07-01__market-depth.csv.gz");
  const auto trade = recording("gemini_ethusd_20210701/gemini__eth-usd__2021-07-01__trade.csv.gz");
  BALLAST_NEEDS_RECORDING(depth);
  DeskBuilder desk;
  KeptSink tops;
  KeptSink trades;
  ASSERT_TRUE(read_files(std::vector{depth.string()},
                         **make_importer("gemini-top", {{"instrument", "ETHUSD"}}, desk), tops));
  ASSERT_TRUE(read_files(std::vector{trade.string()},
                         **make_importer("gemini-trade", {{"instrument", "ETHUSD"}}, desk),
                         trades));
  EXPECT_EQ(tops.events.size(), 72'179U + 1U);
  EXPECT_EQ(trades.events.size(), 25'222U);
  for (const Event& event : tops.events) {
    const Top& top = std::get<Top>(event.body);
    ASSERT_LT(top.bid, top.ask) << to_string(event.t);
  }
}

}  // namespace
}  // namespace ballast
