#include "adapters/feed/csv/mapped_csv.hpp"

#include <set>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

/// The settings under which the recorded trades of hyperliquid_2023 become fills.
ImportSettings hyperliquid_fills() {
  return {{"type", "fill"},
          {"map.t", "time"},
          {"map.account", "user"},
          {"set.venue", "hyperliquid"},
          {"set.instrument", "{coin}-PERP"},
          {"map.side", "side"},
          {"values.side", "Bid:buy,Ask:sell"},
          {"map.qty", "sz"},
          {"map.price", "px"},
          {"map.liquidity", "crossed"},
          {"values.liquidity", "true:taker,false:maker"}};
}
constexpr std::string_view hyperliquid_header = "time,user,coin,side,px,sz,crossed\n";

TEST(MappedCsv, maps_columns_constants_templates_and_values) {
  Imported out;
  import_text(
      "csv", hyperliquid_fills(),
      joined(hyperliquid_header, "2023-02-27T15:02:26Z,0x3b69,ETH,Ask,1655.5,0.0452,true\n"), out);
  ASSERT_EQ(out.error, "");
  const Fill& fill = out.body<Fill>(0);
  const Desk& desk = out.desk.desk();
  EXPECT_EQ(out.event(0).t, at("2023-02-27T15:02:26Z"));
  EXPECT_EQ(desk.venue(fill.key.place.venue).name, "hyperliquid");
  EXPECT_EQ(fill.key.place.account.view(), "0x3b69");
  EXPECT_EQ(desk.instrument(fill.key.instrument).name, "ETH-PERP");
  EXPECT_EQ(fill.book.view(), "main");
  EXPECT_EQ(fill.side, Side::sell);
  EXPECT_EQ(fill.qty, exact<Quantity>("0.0452"));
  EXPECT_EQ(fill.price, exact<Price>("1655.5"));
  EXPECT_EQ(fill.liquidity, Liquidity::taker);
  EXPECT_EQ(fill.key.id.view().size(), 32U);
}

TEST(MappedCsv, ordered_ids_sort_as_the_file_has_the_lines_of_one_time) {
  const std::string text = joined(hyperliquid_header,
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n"
                                  "2023-02-27T15:02:26Z,0x2,SOL,Ask,1,1,true\n"
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,2,true\n"
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n"
                                  "2023-02-27T15:02:27Z,0x1,ETH,Ask,1,3,true\n");
  const auto ids = [&](ImportSettings settings) {
    settings["id"] = "ordered";
    Imported out;
    import_text("csv", std::move(settings), text, out);
    EXPECT_EQ(out.error, "");
    std::vector<std::string> found;
    for (const Event& event : out.sink.events)
      found.push_back(std::get<Fill>(event.body).key.id.str());
    return found;
  };
  const auto all = ids(hyperliquid_fills());
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].substr(0, 6), "00001-");
  EXPECT_EQ(all[3].substr(0, 6), "00004-");
  EXPECT_EQ(all[3].substr(6), all[0].substr(6) + "-2");
  EXPECT_EQ(all[4].substr(0, 6), "00001-");
  EXPECT_TRUE(std::is_sorted(all.begin(), all.begin() + 4));
  // An id does not depend on which of the other lines were asked for.
  auto some = hyperliquid_fills();
  some["where.coin"] = "ETH";
  EXPECT_EQ(ids(some), (std::vector{all[0], all[2], all[3], all[4]}));
}

TEST(MappedCsv, takes_only_the_lines_that_meet_every_condition) {
  auto settings = hyperliquid_fills();
  settings["where.crossed"] = "true";
  settings["where.coin"] = "ETH,BTC";
  Imported out;
  import_text("csv", settings,
              joined(hyperliquid_header,
                     "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n"
                     "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,2,false\n"
                     "2023-02-27T15:02:26Z,0x1,SOL,not read,at,all,true\n"
                     "2023-02-27T15:02:26Z,0x1,BTC,Bid,1,3,true\n"),
              out);
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.body<Fill>(1).qty, exact<Quantity>("3"));
  ASSERT_EQ(out.sink.notes.size(), 1U);
  EXPECT_EQ(out.sink.notes[0].text, "2 lines do not meet the where. settings");

  settings["where.con"] = "ETH";
  Imported wrong;
  import_text("csv", settings, hyperliquid_header, wrong);
  EXPECT_EQ(wrong.error,
            "1: setting where.con: the header has no column \"con\"; did you mean \"coin\"?; it "
            "has: time, user, coin, side, px, sz, crossed");
}

TEST(MappedCsv, identical_lines_get_ids_of_their_own_that_reimporting_repeats) {
  const std::string text = joined(hyperliquid_header,
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n"
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n"
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,2,true\n"
                                  "2023-02-27T15:02:26Z,0x1,ETH,Ask,1,1,true\n");
  const auto ids = [&](ImportSettings settings) {
    Imported out;
    import_text("csv", std::move(settings), text, out);
    EXPECT_EQ(out.error, "");
    std::vector<std::string> found;
    for (const Event& event : out.sink.events)
      found.push_back(std::get<Fill>(event.body).key.id.str());
    if (!out.sink.notes.empty()) found.push_back(out.sink.notes[0].text.substr(0, 7));
    return found;
  };
  auto settings = hyperliquid_fills();
  const auto first = ids(settings);
  ASSERT_EQ(first.size(), 5U);
  EXPECT_EQ(first[1], first[0] + "-2");
  EXPECT_EQ(first[3], first[0] + "-3");
  EXPECT_NE(first[2], first[0]);
  EXPECT_EQ(first[4], "2 lines");
  EXPECT_EQ(ids(settings), first);
  settings["repeats"] = "drop";
  EXPECT_EQ(ids(settings), (std::vector{first[0], first[2], first[4]}));
  settings["id"] = "row";
  EXPECT_EQ(ids(settings), (std::vector<std::string>{"2", "3", "4", "5"}));
}

TEST(MappedCsv, a_signed_quantity_is_a_balance_or_tells_the_side) {
  Imported out;
  import_text("csv",
              {{"type", "balance"},
               {"map.t", "1"},
               {"map.account", "2"},
               {"set.asset", "USDC"},
               {"set.venue", "hyperliquid"},
               {"map.qty", "3"},
               {"negate.qty", "yes"},
               {"header", "no"},
               {"set.reason", "taken {3} from {2}"}},
              "2023-02-26T17:00:15Z,0x67,-1.1\n", out);
  ASSERT_EQ(out.error, "");
  EXPECT_EQ(out.body<BalanceChange>(0).qty, exact<Amount>("1.1"));
  EXPECT_EQ(out.body<BalanceChange>(0).reason.view(), "taken -1.1 from 0x67");

  Imported trades;
  import_text("csv",
              {{"type", "trade"},
               {"map.t", "t"},
               {"set.instrument", "X"},
               {"map.qty", "q"},
               {"map.price", "p"},
               {"time_format", "ms"},
               {"delimiter", "tab"}},
              "t\tq\tp\n1000\t-2\t5\n1000\t3\t5\n", trades);
  ASSERT_EQ(trades.error, "");
  EXPECT_EQ(trades.body<Trade>(0).side, Side::sell);
  EXPECT_EQ(trades.body<Trade>(0).qty, exact<Quantity>("2"));
  EXPECT_EQ(trades.body<Trade>(1).side, Side::buy);
}

TEST(MappedCsv, makes_every_type_of_event_that_it_lists) {
  struct Case {
    const char* type;
    const char* header;
    const char* row;
    std::size_t body;  // index in EventBody
  };
  const Case cases[] = {
      {"fill",
       "t,id,venue,account,book,instrument,side,qty,price,fee,fee_asset,origin,liquidity,order,leg",
       "1000000000,f1,v,a,b,i,buy,1,2,-0.1,BNB,hedge,maker,o1,3", 0},
      {"balance", "t,id,venue,account,asset,qty,reason", "1000000000,d1,v,a,BTC,-1,withdrawal", 3},
      {"transfer", "t,id,asset,qty,from,to,state", "1000000000,x1,BTC,1,v/a,w/b,arrived", 4},
      {"funding", "t,id,venue,account,book,instrument,amount,asset",
       "1000000000,p1,v,a,b,i,-1,USDT", 5},
      {"position", "t,venue,account,instrument,qty", "1000000000,v,a,i,-3", 6},
      {"position", "t,venue,account,asset,qty", "1000000000,v,a,BTC,3", 6},
      {"mark", "t,instrument,price", "1000000000,i,5", 7},
      {"mark", "t,asset,quote,price", "1000000000,BTC,USD,5", 7},
      {"top", "t,instrument,bid,bid_qty,ask,ask_qty", "1000000000,i,4,1,,", 8},
      {"trade", "t,instrument,price,qty,side", "1000000000,i,5,1,sell", 9},
      {"funding_rate", "t,instrument,rate,interval_h", "1000000000,i,1e-4,8", 10},
  };
  for (const Case& c : cases) {
    ImportSettings settings{{"type", c.type}};
    for (std::string_view rest = c.header; !rest.empty();) {
      const std::string name(rest.substr(0, rest.find(',')));
      settings["map." + name] = name;
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
    Imported out;
    import_text("csv", settings, std::string(c.header) + "\n" + c.row + "\n", out);
    ASSERT_EQ(out.error, "") << c.type;
    ASSERT_EQ(out.sink.events.size(), 1U) << c.type;
    EXPECT_EQ(out.event(0).body.index(), c.body) << c.type;
    EXPECT_EQ(out.event(0).t, Timestamp{1'000'000'000'000'000'000}) << c.type;
  }
  // The fields of the longest one arrive where they belong.
  Imported out;
  import_text("csv",
              {{"type", "fill"},
               {"map.t", "1"},
               {"map.id", "2"},
               {"set.venue", "v"},
               {"set.instrument", "i"},
               {"map.qty", "3"},
               {"map.price", "4"},
               {"map.fee", "5"},
               {"set.fee_asset", "BNB"},
               {"set.origin", "hedge"},
               {"map.leg", "6"},
               {"header", "no"}},
              "2020-01-01T00:00:00Z,f1,-2,7,-0.5,3\n", out);
  ASSERT_EQ(out.error, "");
  const Fill& fill = out.body<Fill>(0);
  EXPECT_EQ(fill.key.id.view(), "f1");
  EXPECT_EQ(fill.key.leg, 3U);
  EXPECT_EQ(fill.side, Side::sell);
  EXPECT_EQ(fill.qty, exact<Quantity>("2"));
  EXPECT_EQ(fill.fee->amount, exact<Amount>("-0.5"));
  EXPECT_EQ(fill.origin, Origin::hedge);
}

TEST(MappedCsv, refuses_a_mapping_that_cannot_work) {
  const auto error = [](ImportSettings settings) {
    Imported out;
    import_text("csv", std::move(settings), "", out);
    return out.error;
  };
  EXPECT_EQ(error({{"type", "fils"}}).rfind("setting type= \"fils\" is not one of fill, ", 0), 0U);
  EXPECT_EQ(error({{"type", "mark"}, {"map.t", "a"}}),
            "an event of type mark needs the field price: give map.price= or set.price=");
  EXPECT_EQ(error({{"type", "mark"}, {"map.t", "a"}, {"map.price", "b"}}),
            "an event of type mark needs one of the fields instrument and asset");
  EXPECT_EQ(error({{"type", "mark"}, {"map.t", "a"}, {"map.price", "b"}, {"map.side", "c"}}),
            "an event of type mark has no field side");
  EXPECT_EQ(error({{"type", "mark"}, {"map.prise", "a"}})
                .rfind("setting map.prise=: field \"prise\" is not", 0),
            0U);
  EXPECT_EQ(error({{"type", "mark"}, {"map.t", "a"}, {"set.t", "b"}}),
            "field t has both map. and set.");
  EXPECT_EQ(error({{"type", "mark"}, {"values.t", "a:b"}}),
            "field t has values. or negate. but neither map. nor set.");
  EXPECT_EQ(error({{"type", "mark"}, {"values.t", "a"}}),
            "setting values.t=: \"a\" is not FROM:TO");
  EXPECT_EQ(error({{"type", "mark"}, {"set.t", "{a"}}),
            "setting set.t= opens a { that it does not close");
}

TEST(MappedCsv, refuses_bad_rows_with_line_and_field) {
  const auto error = [](std::string_view row, std::string_view header = hyperliquid_header) {
    Imported out;
    import_text("csv", hyperliquid_fills(), std::string(header) + std::string(row) + "\n", out);
    return out.error;
  };
  EXPECT_EQ(error("2023-02-27,0x1,ETH,Ask,1,1,true").rfind("2: field t: \"2023-02-27\" is not", 0),
            0U)
      << error("2023-02-27,0x1,ETH,Ask,1,1,true");
  EXPECT_EQ(error("2023-02-27T15:02:26Z,0x1,ETH,Sell,1,1,true"),
            "2: field side: values.side= says nothing of \"Sell\"");
  EXPECT_EQ(error("2023-02-27T15:02:26Z,,ETH,Ask,1,1,true"), "2: field account: is empty");
  EXPECT_EQ(error("2023-02-27T15:02:26Z,0x1,ETH,Ask,1,-1,true"),
            "2: field qty: is negative, and there is a side");
  EXPECT_EQ(error("2023-02-27T15:02:26Z,0x1,ETH,Ask,0,1,true"),
            "2: field price: 0 is not above zero");
  EXPECT_EQ(
      error("x", "time,user\n").rfind("1: field instrument: the header has no column \"coin\"", 0),
      0U);
}

TEST(MappedCsv, reads_the_recorded_perpetual_traders) {
  const auto path = recording("hyperliquid_2023/non_mm_trades.csv.gz");
  BALLAST_NEEDS_RECORDING(path);
  DeskBuilder desk;
  KeptSink sink;
  const auto read = read_files(std::vector{path.string()},
                               **make_importer("csv", hyperliquid_fills(), desk), sink);
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(sink.events.size(), 35'691U);
  std::set<std::string_view> ids;
  std::set<std::string_view> accounts;
  for (const Event& event : sink.events) {
    const Fill& fill = std::get<Fill>(event.body);
    ids.insert(fill.key.id.view());
    accounts.insert(fill.key.place.account.view());
  }
  EXPECT_EQ(ids.size(), sink.events.size());
  EXPECT_EQ(accounts.size(), 254U);
  EXPECT_EQ(desk.desk().instruments.size(), 14U);
  ASSERT_EQ(sink.notes.size(), 1U);
  EXPECT_EQ(sink.notes[0].text.rfind("948 lines repeat", 0), 0U) << sink.notes[0].text;
}

}  // namespace
}  // namespace ballast
