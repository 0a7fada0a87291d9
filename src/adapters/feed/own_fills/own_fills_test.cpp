#include "adapters/feed/own_fills/own_fills.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

std::string fill(std::string_view id, std::string_view time, std::string_view more = "") {
  return std::string(R"({"id":)") + std::string(id) + R"(,"exchange":"binance","price":9200,)" +
         R"("quantity":0.060187,"symbol":"BTCUSDT","side":"BUY","isBuyer":true,"isMaker":true,)" +
         R"("tradedAt":")" + std::string(time) + R"(","fee":6.019e-05,"feeCurrency":"BTC")" +
         std::string(more) + "}";
}

TEST(OwnFills, takes_numbers_digit_by_digit) {
  Imported out;
  import_text(
      "own-fills", {{"account", "mm"}, {"book", "quotes"}},
      "[" + fill("199025959", "2019-10-31T15:48:51.803Z", R"(,"gid":1,"orderId":77)") + "]\n", out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 1U);
  EXPECT_EQ(out.event(0).t, at("2019-10-31T15:48:51.803Z"));
  const Fill& got = out.body<Fill>(0);
  const Desk& desk = out.desk.desk();
  EXPECT_EQ(desk.venue(got.key.place.venue).name, "binance");
  EXPECT_EQ(got.key.place.account.view(), "mm");
  EXPECT_EQ(desk.instrument(got.key.instrument).name, "BTCUSDT");
  EXPECT_EQ(got.key.id.view(), "199025959");
  EXPECT_EQ(got.book.view(), "quotes");
  EXPECT_EQ(got.side, Side::buy);
  EXPECT_EQ(got.qty, exact<Quantity>("0.060187"));
  EXPECT_EQ(got.price, exact<Price>("9200"));
  EXPECT_EQ(got.fee->amount, exact<Amount>("0.00006019"));
  EXPECT_EQ(desk.asset(got.fee->asset).name, "BTC");
  EXPECT_EQ(got.origin, Origin::quote);
  EXPECT_EQ(got.liquidity, Liquidity::maker);
  EXPECT_EQ(got.order.view(), "77");
}

TEST(OwnFills, reads_binances_own_account_trade_list) {
  // GET /api/v3/myTrades as in the Binance spot API documentation, "Account trade list".
  Imported out;
  import_text("own-fills", {{"taker_origin", "hedge"}},
              R"([
  {
    "symbol": "BNBBTC", "id": 28457, "orderId": 100234, "orderListId": -1, "price": "4.00000100",
    "qty": "12.00000000", "quoteQty": "48.000012", "commission": "10.10000000",
    "commissionAsset": "BNB", "time": 1499865549590, "isBuyer": false, "isMaker": false,
    "isBestMatch": true
  }
])",
              out);
  ASSERT_EQ(out.error, "");
  const Fill& got = out.body<Fill>(0);
  EXPECT_EQ(out.event(0).t, at("2017-07-12T13:19:09.590Z"));
  EXPECT_EQ(got.side, Side::sell);
  EXPECT_EQ(got.qty, exact<Quantity>("12"));
  EXPECT_EQ(got.price, exact<Price>("4.000001"));
  EXPECT_EQ(got.fee->amount, exact<Amount>("10.1"));
  EXPECT_EQ(got.origin, Origin::hedge);
  EXPECT_EQ(got.liquidity, Liquidity::taker);
}

TEST(OwnFills, come_out_by_time_and_then_by_id_as_a_number) {
  Imported out;
  import_text("own-fills", {},
              "[" + fill("10", "2020-01-01T00:00:01Z") + "," + fill("9", "2020-01-01T00:00:01Z") +
                  ",\n" + fill("30", "2020-01-01T00:00:00Z") + "]",
              out);
  ASSERT_EQ(out.error, "");
  std::vector<std::string> ids;
  for (const Event& event : out.sink.events)
    ids.push_back(std::get<Fill>(event.body).key.id.str());
  EXPECT_EQ(ids, (std::vector<std::string>{"30", "9", "10"}));
}

TEST(OwnFills, refuses_bad_fills_with_line_column_and_field) {
  const auto error = [](const std::string& text) {
    Imported out;
    import_text("own-fills", {}, text, out);
    EXPECT_TRUE(out.sink.events.empty());
    return out.error;
  };
  const std::string good = fill("1", "2020-01-01T00:00:00Z");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    return "[" + good + ",\n  " + bad + "]";
  };
  EXPECT_EQ(error(with("0.060187", "0"))
                .rfind("line 2, column 4, fill 2: field \"quantity\": \"0\" is not above "
                       "zero",
                       0),
            0U)
      << error(with("0.060187", "0"));
  EXPECT_NE(error(with("6.019e-05", "6.019e-25")).find("field \"fee\": "), std::string::npos);
  EXPECT_NE(error(with("9200", "true")).find("field \"price\": is neither text nor a number"),
            std::string::npos);
  EXPECT_NE(error(with("\"BUY\"", "\"SELL\"")).find("field \"isBuyer\": contradicts the side"),
            std::string::npos);
  EXPECT_NE(error(with("\"tradedAt\"", "\"at\"")).find("field \"tradedAt\": missing"),
            std::string::npos);
  EXPECT_NE(error(with("\"id\":1", "\"id\":null")).find("field \"id\": is empty"),
            std::string::npos);
  EXPECT_EQ(error("{}"), "the file is not a JSON array of fills");
  EXPECT_EQ(error("[1]"), "fill 1: is not a JSON object");
  EXPECT_EQ(error("[] []"), "the file goes on after its JSON array");
  EXPECT_NE(error("[" + good), "");
  EXPECT_EQ(error("[]"), "");
}

TEST(OwnFills, reads_the_recorded_market_maker) {
  const auto path = recording("fills_btcusdt_2019_2020/btcusdt-trades.json.gz");
  BALLAST_NEEDS_RECORDING(path);
  DeskBuilder desk;
  KeptSink sink;
  const auto read =
      read_files(std::vector{path.string()}, **make_importer("own-fills", {}, desk), sink);
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(sink.events.size(), 3'432U);
  std::set<std::string_view> ids;
  std::map<std::string, Amount> change;  // of each asset's balance
  for (std::size_t i = 0; i < sink.events.size(); ++i) {
    ASSERT_LE(sink.events[i == 0 ? 0 : i - 1].t, sink.events[i].t);
    const Fill& got = std::get<Fill>(sink.events[i].body);
    ids.insert(got.key.id.view());
    const Amount base = decimal_cast<Amount>(got.qty);
    const Amount quote = *notional(got.qty, got.price);  // exact here: 6 and 2 fractional digits
    change["BTC"] += got.side == Side::buy ? base : -base;
    change["USDT"] += got.side == Side::buy ? -quote : quote;
    change[desk.desk().asset(got.fee->asset).name] -= got.fee->amount;
  }
  EXPECT_EQ(ids.size(), 3'432U);
  // examples/market_maker_2019_2020/recompute.py gives the same in exact fractions.
  EXPECT_EQ(to_string(change["BTC"]), "0.72970242");
  EXPECT_EQ(to_string(change["USDT"]), "-9084.76417586");
  EXPECT_EQ(to_string(change["BNB"]), "-7.65816088");
}

}  // namespace
}  // namespace ballast
