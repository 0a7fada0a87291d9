#include "adapters/feed/binance_stream/binance_stream.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

std::string depth(std::string_view t,
                  std::string_view ids,
                  std::string_view bids,
                  std::string_view asks) {
  return std::string(t) +
         R"( {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,)" +
         R"("s":"BTCUSDT",)" + std::string(ids) + R"(,"b":[)" + std::string(bids) + R"(],"a":[)" +
         std::string(asks) + "]}}\n";
}
std::string snapshot(std::string_view t, std::string_view id) {
  return std::string(t) + R"( {"lastUpdateId":)" + std::string(id) +
         R"(,"bids":[["61837.63","3.5"],["61837.62","0.6"]],"asks":[["61837.65","1.5"]]})" + "\n";
}
std::string ticker(std::string_view t, std::string_view id) {
  return std::string(t) + R"( {"stream":"btcusdt@bookTicker","data":{"u":)" + std::string(id) +
         R"(,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}})" +
         "\n";
}

// Frames as the Binance spot API documents them: "Diff. Depth Stream", "Individual Symbol Book
// Ticker Streams", "Trade Streams", and the answer of GET /api/v3/depth.
TEST(BinanceStream, reads_the_documented_spot_frames) {
  Imported out;
  import_text(
      "binance-stream", {{"mark_interval", "0s"}, {"tops", "both"}},
      depth("1000", R"("U":99,"u":100)", "", "") + ticker("1001", "100") + snapshot("1002", "100") +
          R"(1003 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT",)" +
          R"("t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,)" +
          R"("M":true}})" + "\n" + depth("1004", R"("U":101,"u":103)", R"(["61837.64","2"])", "") +
          depth("1005", R"("U":104,"u":104)", R"(["61837.64","0"],["5","0"])", ""),
      out);
  ASSERT_EQ(out.error, "");
  std::vector<std::string_view> types;
  for (const Event& event : out.sink.events)
    types.push_back(event.type());
  EXPECT_EQ(types, (std::vector<std::string_view>{"top", "mark", "top", "trade", "mark", "top",
                                                  "mark", "top"}));
  const Top& from_ticker = out.body<Top>(0);
  EXPECT_EQ(out.event(0).t, Timestamp{1001});
  EXPECT_EQ(from_ticker.bid, exact<Price>("61837.63"));
  EXPECT_EQ(from_ticker.bid_qty, exact<Quantity>("3.78826"));
  EXPECT_EQ(from_ticker.ask, exact<Price>("61837.64"));
  EXPECT_EQ(from_ticker.ask_qty, exact<Quantity>("1.54698"));
  EXPECT_EQ(out.body<Mark>(1).price, exact<Price>("61837.64"));
  EXPECT_EQ(out.body<Top>(2).bid_qty, exact<Quantity>("3.5"));
  const Trade& trade = out.body<Trade>(3);
  EXPECT_EQ(trade.side, Side::sell);  // the buyer was the maker
  EXPECT_EQ(trade.price, exact<Price>("61837.63"));
  EXPECT_EQ(trade.qty, exact<Quantity>("0.02"));
  EXPECT_EQ(out.body<Mark>(4).price, exact<Price>("61837.645"));
  EXPECT_EQ(out.body<Top>(5).bid_qty, exact<Quantity>("2"));
  EXPECT_EQ(out.body<Top>(7).bid, exact<Price>("61837.63"));
  const Desk& desk = out.desk.desk();
  EXPECT_EQ(desk.instrument(trade.instrument).name, "BTCUSDT");
  EXPECT_EQ(desk.venue(desk.instrument(trade.instrument).venue).name, "binance");
}

TEST(BinanceStream, names_the_ids_of_a_gap_and_is_silent_until_the_next_snapshot) {
  Imported out;
  import_text("binance-stream", {{"mark_interval", "0s"}, {"tops", "book"}},
              depth("1000", R"("U":99,"u":100)", "", "") + snapshot("1001", "100") +
                  depth("1002", R"("U":103,"u":104)", R"(["61837.64","2"])", "") +
                  depth("1003", R"("U":105,"u":106)", R"(["61837.64","0"])", "") +
                  snapshot("1004", "104"),
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_FALSE(out.sink.notes.empty());
  EXPECT_EQ(out.sink.notes[0].kind, ImportNote::Kind::gap);
  EXPECT_EQ(out.sink.notes[0].line, 3U);
  EXPECT_EQ(
      out.sink.notes[0].text,
      "BTCUSDT: after update 100 comes one from 103 (U) to 104 (u): 2 are missing; the book is "
      "unknown until the next snapshot");
  // Mark and top of the first snapshot; of the second again, though they say the same.
  ASSERT_EQ(out.sink.events.size(), 4U);
  EXPECT_EQ(out.event(1).t, Timestamp{1001});
  EXPECT_EQ(out.event(2).t, Timestamp{1004});
  EXPECT_EQ(out.body<Mark>(2), out.body<Mark>(0));
  EXPECT_EQ(out.body<Top>(3), out.body<Top>(1));
}

TEST(BinanceStream, tells_the_market_by_the_first_frame_and_names_instruments_apart) {
  const auto name = [](std::string_view frame) {
    Imported out;
    import_text("binance-stream", {}, "1000 " + std::string(frame) + "\n", out);
    EXPECT_EQ(out.error, "") << frame;
    return out.desk.desk().instruments.empty() ? "" : out.desk.desk().instruments[0].name;
  };
  // USD-M and COIN-M "Individual Symbol Book Ticker Streams" and trades.
  EXPECT_EQ(
      name(R"({"stream":"x","data":{"e":"bookTicker","u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2",)"
           R"("A":"1","T":1,"E":1}})"),
      "BTCUSDT-PERP");
  EXPECT_EQ(
      name(
          R"({"stream":"x","data":{"e":"bookTicker","u":1,"s":"BTCUSDT_240927","b":"1","B":"1","a":"2",)"
          R"("A":"1","T":1,"E":1}})"),
      "BTCUSDT_240927");
  EXPECT_EQ(
      name(
          R"({"stream":"x","data":{"e":"trade","E":1,"T":1,"s":"BTCUSD_PERP","t":8,"p":"6","q":"4",)"
          R"("X":"MARKET","m":false}})"),
      "BTCUSD_PERP");
  EXPECT_EQ(name(R"({"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})"), "BTCUSDT");
  EXPECT_EQ(name(R"({"result":null,"id":1})"), "");  // the answer to a subscription
}

TEST(BinanceStream, stamps_exchange_times_when_asked) {
  Imported out;
  import_text("binance-stream", {{"time", "exchange"}},
              ticker("1000", "1") +
                  R"(2000 {"e":"trade","E":1723161255343,"s":"BTCUSDT","t":1,"p":"6","q":"1",)" +
                  R"("T":1723161255342,"m":false,"M":true})" + "\n" + ticker("3000", "2"),
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);  // a spot ticker has no time: the first one is left out
  EXPECT_EQ(out.event(0).t, at("2024-08-08T23:54:15.342Z"));
  EXPECT_EQ(out.event(1).t, at("2024-08-08T23:54:15.342Z"));
}

TEST(BinanceStream, refuses_bad_lines_with_line_and_field) {
  const auto error = [](std::string text, ImportSettings settings = {}) {
    Imported out;
    import_text("binance-stream", std::move(settings), text, out);
    return out.error;
  };
  EXPECT_EQ(error("{}\n"),
            "1: the line does not begin with a receive time in nanoseconds and a space");
  EXPECT_EQ(error("1 [1]\n"), "1: the frame is not a JSON object");
  EXPECT_EQ(error(depth("1", R"("U":1)", "", "")), "1: the depthUpdate lacks one of U, u, b, a");
  EXPECT_EQ(error(depth("1", R"("U":2,"u":1)", "", "")), "1: field \"u\": is below U");
  EXPECT_EQ(error(depth("1", R"("U":-1,"u":1)", "", "")),
            "1: field \"U\": is not a whole number from zero up");
  EXPECT_EQ(error(depth("1", R"("U":1,"u":1)", R"(["1"])", "")),
            "1: field \"b\": holds a level that is not [price, quantity]");
  EXPECT_EQ(error(depth("1", R"("U":1,"u":1)", R"([1,2])", "")), "1: field \"b\": is not text");
  EXPECT_EQ(error(depth("1", R"("U":1,"u":1)", R"(["0","2"])", "")),
            "1: field \"b\": \"0\" is too small");
  EXPECT_NE(error(depth("1", R"("U":1,"u":1)", "", R"(["1","2x"])"))
                .find("1: field \"a\": \"2x\" is not"),
            std::string::npos);
  EXPECT_EQ(
      error(ticker("1", "1") + R"(2 {"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"2","A":"1"})" + "\n"),
      "2: symbol \"ETHUSDT\" where the input is of BTCUSDT; symbol= picks one");
  EXPECT_EQ(error(R"(2 {"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"2","A":"1"})"
                  "\n" +
                      ticker("1", "1"),
                  {{"symbol", "BTCUSDT"}}),
            "");
  EXPECT_EQ(error(ticker("1", "1"), {{"market", "usdm"}}),
            "1: a frame of market spot where the input is of usdm");
  EXPECT_EQ(error("1 {} {}\n"), "1: the line goes on after its JSON object");
}

struct RecordedMarket {
  const char* file;
  const char* instrument;
  BinanceStreamStatistics counts;
};
void PrintTo(const RecordedMarket& market, std::ostream* out) { *out << market.instrument; }

class RecordedBinance : public ::testing::TestWithParam<RecordedMarket> {};

TEST_P(RecordedBinance, the_book_is_rebuilt_without_a_gap_and_equals_book_ticker_throughout) {
  const auto path = recording(GetParam().file);
  BALLAST_NEEDS_RECORDING(path);
  DeskBuilder desk;
  KeptSink sink;
  BinanceStream stream({}, desk);
  const auto read = read_files(std::vector{path.string()}, stream, sink);
  ASSERT_TRUE(read) << read.error().what;
  const auto& s = stream.statistics();
  EXPECT_EQ(s.depth_updates, GetParam().counts.depth_updates);
  EXPECT_EQ(s.tickers, GetParam().counts.tickers);
  EXPECT_EQ(s.trades, GetParam().counts.trades);
  EXPECT_EQ(s.snapshots, 1U);
  EXPECT_EQ(s.gaps, 0U);
  EXPECT_EQ(s.crossed, 0U);
  EXPECT_EQ(s.other_frames, 0U);
  EXPECT_TRUE(stream.local_book().known());
  EXPECT_GT(stream.best_check().compared(), s.depth_updates * 99 / 100);
  EXPECT_EQ(stream.best_check().equal(), stream.best_check().compared());
  EXPECT_EQ(desk.desk().instruments.at(0).name, GetParam().instrument);
}

INSTANTIATE_TEST_SUITE_P(
    Markets,
    RecordedBinance,
    ::testing::Values(RecordedMarket{"binance_20240808/spot/btcusdt_20240808.gz",
                                     "BTCUSDT",
                                     {.depth_updates = 3'451, .tickers = 28'040, .trades = 9'757}},
                      RecordedMarket{"binance_20240808/usdm/btcusdt_20240808.gz",
                                     "BTCUSDT-PERP",
                                     {.depth_updates = 6'551, .tickers = 66'089, .trades = 21'313}},
                      RecordedMarket{
                          "binance_20240808/cm/btcusd_perp_20240808.gz",
                          "BTCUSD_PERP",
                          {.depth_updates = 26'847, .tickers = 19'136, .trades = 2'286}}),
    [](const auto& market) { return std::to_string(market.index); });

}  // namespace
}  // namespace ballast
