// What the routes of options answer, against the engine and against each other.
#include <cmath>

#include "adapters/api/routes/option_desk_test.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::code_of;
using test::Json;
using test::ScriptedDesk;

class OptionRoutes : public ::testing::Test {
 protected:
  OptionRoutes() : now(test::an_optional_morning(desk)) {}
  ScriptedDesk desk{test::option_desk()};
  Timestamp now;
  Client client{desk};

  double actual(std::size_t factor) {
    return to_double(desk.engine().factor(FactorId{factor}).state.actual);
  }
};

TEST_F(OptionRoutes, list_underlyings_with_their_books_and_expiries) {
  const Json list = client.json("/api/v1/options");
  ASSERT_EQ(list["items"].size(), 1U);
  EXPECT_TRUE(list["next"].is_null());
  EXPECT_EQ(list["seq"], desk.figures.durable_seq);
  const Json& btc = list["items"][0];
  EXPECT_EQ(btc["underlying"], "BTC");
  EXPECT_EQ(btc["quote"], "USDT");
  EXPECT_EQ(btc["books"], Json::parse(R"(["*","vol"])"));
  EXPECT_EQ(btc["state"], "valued");
  EXPECT_TRUE(btc["unknown_reason"].is_null());
  ASSERT_EQ(btc["expiries"].size(), 2U);
  EXPECT_EQ(btc["expiries"][0]["expiry"], to_string(test::near_expiry()));
  EXPECT_NEAR(btc["expiries"][0]["days"].get<double>(), 3.0 + 18.5 / 24.0, 1e-9);
  EXPECT_EQ(btc["expiries"][0]["state"], "priced");
  EXPECT_EQ(btc["expiries"][0]["forward"], 60'500.0);
  EXPECT_NEAR(btc["expiries"][0]["atm_vol"].get<double>(), 0.5, 1e-12);
  EXPECT_EQ(btc["expiries"][0]["contracts"], 7.0);
}

TEST_F(OptionRoutes, greeks_are_what_the_factors_count) {
  const Json greeks = client.json("/api/v1/options/BTC/greeks");
  const Json& total = greeks["total"];
  EXPECT_NEAR(total["delta"].get<double>() + 1.5, actual(0), 1e-9) << "and the perpetual";
  EXPECT_NEAR(total["gamma"].get<double>(), actual(1), 1e-9);
  EXPECT_NEAR(total["vega"].get<double>(), actual(2), 1e-9);
  const Json book = client.json("/api/v1/options/BTC/greeks?book=vol");
  EXPECT_NEAR(book["total"]["vega"].get<double>(), actual(3), 1e-9);
  ASSERT_EQ(greeks["lines"].size(), 3U);
  EXPECT_EQ(greeks["lines"][0]["instrument"], "BTC-9JAN-60000-C");
  EXPECT_EQ(greeks["lines"][0]["contracts"], -2.0);
  EXPECT_NEAR(greeks["lines"][0]["mark"].get<double>(), 0.021, 1e-12);
  EXPECT_TRUE(greeks["lines"][1]["mark"].is_null());
  EXPECT_EQ(greeks["lines"][1]["right"], "put");
  EXPECT_EQ(book["lines"].size(), 2U);
  for (const char* part : {"value", "delta", "delta_net", "delta_equity", "gamma", "vega", "theta",
                           "vanna", "volga"}) {
    double of_lines = 0.0;
    double of_expiries = 0.0;
    for (const Json& line : greeks["lines"])
      of_lines += line[part].get<double>();
    for (const Json& expiry : greeks["expiries"])
      of_expiries += expiry["total"][part].get<double>();
    const double of_all = total[part];
    EXPECT_NEAR(of_lines, of_all, 1e-9 * (1.0 + std::abs(of_all))) << part;
    EXPECT_NEAR(of_expiries, of_all, 1e-9 * (1.0 + std::abs(of_all))) << part;
  }
}

TEST_F(OptionRoutes, greeks_without_a_surface_are_unknown) {
  ScriptedDesk bare{test::option_desk()};
  Client asks{bare};
  ballast::test::Trader vol{&bare.desk(), "vol"};
  bare.step(vol.mark(test::at("12:00:00"), "BTC-USDT", "60000"));
  bare.step(vol.fill(test::at("12:00:00"), "BTC-30JAN-65000-C", Side::buy, "4", "1700"));
  const Json greeks = asks.json("/api/v1/options/BTC/greeks");
  EXPECT_TRUE(greeks["total"].is_null());
  EXPECT_EQ(greeks["unknown_reason"], "options of 2026-01-30T08:00:00Z: no volatility is known");
  EXPECT_EQ(greeks["expiries"][1]["state"], "no_surface");
  EXPECT_EQ(greeks["lines"][0]["contracts"], 4.0);
  EXPECT_TRUE(greeks["lines"][0]["vega"].is_null());
  EXPECT_EQ(asks.json("/api/v1/options")["items"][0]["state"], "unknown");
  const Json grid = asks.json("/api/v1/options/BTC/scenarios");
  EXPECT_EQ(grid["cells"].size(), 0U);
  EXPECT_FALSE(grid["unknown_reason"].is_null());
  EXPECT_TRUE(asks.json("/api/v1/options/BTC/explain")["open"].is_null());
}

TEST_F(OptionRoutes, a_smile_has_the_surface_the_market_and_what_is_held) {
  const Json smile = client.json("/api/v1/options/BTC/smile?book=vol");
  ASSERT_EQ(smile["expiries"].size(), 2U);
  const Json& near = smile["expiries"][0];
  EXPECT_EQ(near["surface_age_seconds"], 5400.0);
  ASSERT_EQ(near["curve"].size(), 61U);
  for (const Json& point : near["curve"])
    EXPECT_NEAR(point["vol"].get<double>(), 0.5, 1e-12);
  EXPECT_LT(near["curve"][0]["strike"], near["curve"][60]["strike"]);
  ASSERT_EQ(near["quotes"].size(), 1U);
  EXPECT_EQ(near["quotes"][0]["instrument"], "BTC-9JAN-60000-C");
  const double bid = near["quotes"][0]["bid_vol"];
  const double ask = near["quotes"][0]["ask_vol"];
  const double middle = near["quotes"][0]["mark_vol"];
  EXPECT_LT(bid, middle);
  EXPECT_LT(middle, ask);
  // The bid of 0.020 coins is Black's price at the vol implied from it.
  const Json greeks = client.json("/api/v1/options/BTC/greeks");
  const double unit = greeks["lines"][0]["value"].get<double>() / -2.0;
  const double vega = greeks["lines"][0]["vega"].get<double>() / -2.0;
  EXPECT_NEAR(unit + (bid - 0.5) * 100.0 * vega, 0.020 * 60'500.0, 5.0);
  ASSERT_EQ(near["own"].size(), 1U) << "the book's put alone";
  EXPECT_EQ(near["own"][0]["contracts"], 5.0);
  EXPECT_EQ(smile["expiries"][1]["quotes"].size(), 0U);
}

TEST_F(OptionRoutes, scenarios_begin_at_the_desk_as_it_is_and_know_its_bands) {
  const Json grid = client.json(
      "/api/v1/options/BTC/scenarios?spot=-0.2,0,0.2&vol=0,0.1&days=0,1&dynamics=sticky_delta");
  EXPECT_EQ(grid["dynamics"], "sticky_delta");
  EXPECT_EQ(grid["delta"], "delta");
  ASSERT_EQ(grid["cells"].size(), 12U);
  const Json& here = grid["cells"][1];
  EXPECT_EQ(here["pnl"], 0.0);
  EXPECT_NEAR(here["delta"].get<double>(), actual(0), 1e-9);
  EXPECT_NEAR(here["gamma"].get<double>(), actual(1), 1e-9);
  EXPECT_NEAR(here["vega"].get<double>(), actual(2), 1e-9);
  EXPECT_EQ(grid["target"]["delta"],
            Json::parse(R"({"factor":"delta:BTC","target":0.0,"lower":-2.0,"upper":2.0})"));
  EXPECT_EQ(here["delta_side"], "inside");
  EXPECT_EQ(grid["cells"][0]["delta_side"], "below") << grid["cells"][0].dump();
  EXPECT_EQ(grid["cells"][2]["delta_side"], "above");
  EXPECT_EQ(grid["cells"][4]["pnl"].get<double>() > 0.0, true) << "volatility rose, and it is held";
  EXPECT_LT(grid["cells"][7]["pnl"].get<double>(), 0.0) << "a day passed";
  const Json book = client.json("/api/v1/options/BTC/scenarios?book=vol");
  EXPECT_EQ(book["cells"].size(), 13U * 7U * 3U);
  EXPECT_TRUE(book["target"]["delta"].is_null());
  EXPECT_EQ(book["target"]["vega"]["factor"], "vega:BTC@vol");
  const Json net = client.json("/api/v1/options/BTC/scenarios?delta=delta_net&spot=0&vol=0&days=0");
  EXPECT_TRUE(net["target"]["delta"].is_null()) << "the factor follows another convention";
  EXPECT_NEAR(net["cells"][0]["delta"].get<double>(),
              client.json("/api/v1/options/BTC/greeks")["total"]["delta_net"].get<double>(), 1e-9);
}

TEST_F(OptionRoutes, refuse_a_grid_that_is_none) {
  for (const char* query :
       {"spot=", "spot=-1", "spot=0,x", "vol=nan", "days=1,0", "days=-1", "days=1e9", "spot=0,,1",
        "dynamics=sticky", "delta=gamma", "strike=1"}) {
    const Response answer = client.get(std::string("/api/v1/options/BTC/scenarios?") + query);
    EXPECT_EQ(answer.status, 400) << query << answer.body;
  }
  std::string many = "spot=0";
  for (int i = 0; i < 1000; ++i)
    many += ",0.1";
  const Response large = client.get("/api/v1/options/BTC/scenarios?" + many);
  EXPECT_EQ(large.status, 400) << "21,021 cells";
  EXPECT_NE(large.body.find("at most 20000 cells"), std::string::npos) << large.body;
}

TEST_F(OptionRoutes, an_explanation_sums_to_the_profit) {
  const Json explain = client.json("/api/v1/options/BTC/explain");
  EXPECT_EQ(explain["from"], to_string(test::at("12:00:00")));
  EXPECT_EQ(explain["to"], to_string(test::at("13:00:00")));
  ASSERT_EQ(explain["steps"].size(), 1U);
  EXPECT_EQ(explain["steps"][0]["total"], explain["all"]["total"]);
  EXPECT_EQ(explain["today"], explain["all"]);
  EXPECT_EQ(explain["unknown_seconds"], 0.0);
  double sum = 0.0;
  for (const char* part :
       {"delta", "gamma", "vega", "theta", "vanna", "volga", "new_trades", "unexplained"})
    sum += explain["all"][part].get<double>();
  EXPECT_NEAR(sum, explain["all"]["total"].get<double>(), 1e-9);
  // Premiums in coin count at the forward at the end of the step.
  const double paid = 4.0 * 1'700.0 + (5.0 * 0.021 - 2.0 * 0.022) * 60'500.0;
  const double value = client.json("/api/v1/options/BTC/greeks")["total"]["value"];
  EXPECT_NEAR(explain["all"]["total"].get<double>() + explain["open"]["total"].get<double>(),
              value - paid, 1e-6);
}

TEST_F(OptionRoutes, tell_of_a_book_alone_what_it_holds_and_earned) {
  for (const char* what : {"greeks", "smile", "scenarios", "explain"}) {
    const std::string route = std::string("/api/v1/options/BTC/") + what;
    for (const auto& [query, book] : {std::pair("", "*"), {"?book=vol", "vol"}}) {
      const Json told = client.json(route + query);
      EXPECT_EQ(told["underlying"], "BTC") << what;
      EXPECT_EQ(told["book"], book) << what;
      EXPECT_EQ(told["as_of"], to_string(now)) << what;
      EXPECT_EQ(told.at("seq"), desk.figures.durable_seq) << what;
    }
  }
  const Json explain = client.json("/api/v1/options/BTC/explain?book=vol");
  const double paid = 4.0 * 1'700.0 + 5.0 * 0.021 * 60'500.0;
  const double value = client.json("/api/v1/options/BTC/greeks?book=vol")["total"]["value"];
  EXPECT_NEAR(explain["all"]["total"].get<double>() + explain["open"]["total"].get<double>(),
              value - paid, 1e-6);
}

TEST_F(OptionRoutes, name_what_there_is_not) {
  for (const char* what : {"greeks", "smile", "scenarios", "explain"}) {
    const Response coin = client.get(std::string("/api/v1/options/ETH/") + what);
    EXPECT_EQ(coin.status, 404);
    EXPECT_NE(coin.body.find("no factor counts options on `ETH`"), std::string::npos) << coin.body;
    const Response book = client.get(std::string("/api/v1/options/BTC/") + what + "?book=vola");
    EXPECT_EQ(book.status, 404);
    EXPECT_NE(book.body.find("did you mean \\\"vol\\\""), std::string::npos) << book.body;
  }
  ScriptedDesk none;
  Client asks{none};
  EXPECT_EQ(asks.json("/api/v1/options")["items"].size(), 0U);
  EXPECT_EQ(asks.get("/api/v1/options/BTC/greeks").status, 404);
}

}  // namespace
}  // namespace ballast::api
