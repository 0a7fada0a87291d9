#include "adapters/feed/tardis/tardis.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

// Columns as docs.tardis.dev, "Downloadable CSV files", lists them for each data type.
constexpr std::string_view trades_header =
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
constexpr std::string_view quotes_header =
    "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n";

TEST(TardisTrades, take_the_side_as_the_aggressor) {
  Imported out;
  import_text("tardis-trades", {},
              joined(trades_header,
                     "bitmex,XBTUSD,1583020803145000,1583020803307160,a-1,sell,8531.5,2152\n"
                     "bitmex,XBTUSD,1583020803276000,1583020803336743,,unknown,8531.5,1\n"
                     "bitmex,ETHUSD,1583020803276000,1583020803336743,,buy,220.1,10\n"),
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.event(0).t, at("2020-03-01T00:00:03.145Z"));
  const Trade& trade = out.body<Trade>(0);
  EXPECT_EQ(trade.side, Side::sell);
  EXPECT_EQ(trade.price, exact<Price>("8531.5"));
  EXPECT_EQ(trade.qty, exact<Quantity>("2152"));
  const Desk& desk = out.desk.desk();
  EXPECT_EQ(desk.instrument(trade.instrument).name, "XBTUSD");
  EXPECT_EQ(desk.venue(desk.instrument(trade.instrument).venue).name, "bitmex");
  EXPECT_EQ(desk.instrument(out.body<Trade>(1).instrument).name, "ETHUSD");
  ASSERT_EQ(out.sink.notes.size(), 1U);
  EXPECT_EQ(out.sink.notes[0].text, "1 trades of unknown side were left out");
}

TEST(TardisQuotes, an_empty_price_is_a_side_without_orders) {
  Imported out;
  import_text(
      "tardis-quotes", {{"time", "local_timestamp"}, {"instrument", "BTC-SWAP"}},
      joined(quotes_header,
             "huobi-dm-swap,BTC-USD,1588291201099000,1588291201234268,5494,8629.3,8629.2,806\n"
             "huobi-dm-swap,BTC-USD,1588291201133000,1588291201454126,,,8629.2,806\n"),
      out);
  ASSERT_EQ(out.error, "");
  EXPECT_EQ(out.event(0).t, at("2020-05-01T00:00:01.234268Z"));
  const Top& top = out.body<Top>(0);
  EXPECT_EQ(top.bid, exact<Price>("8629.2"));
  EXPECT_EQ(top.bid_qty, exact<Quantity>("806"));
  EXPECT_EQ(top.ask, exact<Price>("8629.3"));
  EXPECT_EQ(top.ask_qty, exact<Quantity>("5494"));
  EXPECT_TRUE(out.body<Top>(1).ask_qty.zero());
  EXPECT_EQ(out.desk.desk().instrument(top.instrument).name, "BTC-SWAP");
}

TEST(TardisBookSnapshot, takes_the_best_level_of_each_side_by_its_name) {
  Imported out;
  import_text(
      "tardis-book-snapshot", {},
      "exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,"
      "bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount\n"
      "binance-futures,BTCUSDT,1598918403696000,1598918403810979,11657.08,1.714,11657.07,10.896,"
      "11657.54,5.4,11656.97,0.2\n",
      out);
  ASSERT_EQ(out.error, "");
  const Top& top = out.body<Top>(0);
  EXPECT_EQ(top.bid, exact<Price>("11657.07"));
  EXPECT_EQ(top.bid_qty, exact<Quantity>("10.896"));
  EXPECT_EQ(top.ask, exact<Price>("11657.08"));
  EXPECT_EQ(top.ask_qty, exact<Quantity>("1.714"));
}

TEST(Tardis, refuses_bad_rows_with_line_and_column) {
  const auto error = [](ImportSettings settings, std::string text) {
    Imported out;
    import_text("tardis-trades", std::move(settings), text, out);
    return out.error;
  };
  EXPECT_EQ(
      error({}, joined(trades_header, "bitmex,XBTUSD,1,2,a,Sell,8531.5,2152\n")),
      "2: column 6 (side): side \"Sell\" is not one of buy, sell, unknown; did you mean \"sell\"?");
  EXPECT_EQ(error({}, joined(trades_header, "bitmex,,1,2,a,sell,8531.5,2152\n")),
            "2: column 2 (symbol): instrument is empty");
  EXPECT_EQ(error({{"time", "arrival"}}, ""),
            "setting time= \"arrival\" is not one of timestamp, local_timestamp");
  EXPECT_EQ(error({{"instrument", "X"}}, joined(trades_header,
                                                "b,A,1,2,a,sell,1,1\n"
                                                "b,B,1,2,a,sell,1,1\n")),
            "3: column 2 (symbol): \"B\" is a second symbol, which instrument=X cannot name too");
}

TEST(Tardis, reads_the_recorded_samples) {
  const auto folder = recording("tardis_samples/tardis");
  BALLAST_NEEDS_RECORDING(folder);
  const auto count = [&](std::string_view format, const char* file) {
    DeskBuilder desk;
    KeptSink sink;
    const auto read =
        read_files(std::vector{(folder / file).string()}, **make_importer(format, {}, desk), sink);
    EXPECT_TRUE(read) << file;
    return sink.events.size();
  };
  EXPECT_EQ(count("tardis-trades", "bitmex_trades_XBTUSD.csv"), 10U);
  EXPECT_EQ(count("tardis-quotes", "huobi-dm-swap_quotes_BTC-USD.csv"), 10U);
  EXPECT_EQ(count("tardis-book-snapshot", "binance-futures_book_snapshot_5_BTCUSDT.csv"), 10U);
  EXPECT_EQ(count("tardis-book-snapshot", "binance-futures_book_snapshot_25_BTCUSDT.csv"), 10U);
}

}  // namespace
}  // namespace ballast
