// What the route of margins answers, against the engine.
#include "adapters/api/routes/option_desk_test.hpp"
#include "control/account_margin.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::Json;
using test::margined_option_desk;
using test::ScriptedDesk;

TEST(MarginRoutes, list_each_account_with_what_control_decides_by) {
  for (const MarginKind kind : {MarginKind::standard, MarginKind::portfolio}) {
    ScriptedDesk desk{margined_option_desk(kind)};
    test::an_optional_morning(desk);
    Client client{desk};
    const Json list = client.json("/api/v1/margins");
    EXPECT_EQ(list["seq"], desk.figures.durable_seq);
    ASSERT_EQ(list["items"].size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      const Json& item = list["items"][i];
      const auto margin = desk.engine().margin(i);
      ASSERT_TRUE(margin) << margin.error().what;
      EXPECT_EQ(item["venue"], "binance");
      EXPECT_EQ(item["account"], "main");
      EXPECT_EQ(item["currency"], i == 0 ? "BTC" : "USDT");
      EXPECT_EQ(item["model"], kind == MarginKind::standard ? "standard" : "portfolio");
      EXPECT_EQ(item["as_of"], "2026-01-05T13:30:00Z");
      EXPECT_EQ(item["equity"], margin->equity);
      EXPECT_EQ(item["initial"], margin->initial);
      EXPECT_EQ(item["maintenance"], margin->maintenance);
      EXPECT_EQ(item["free"], margin->free());
      EXPECT_TRUE(item["unknown_reason"].is_null());
    }
    const Json& coin = list["items"][0];
    ASSERT_EQ(coin["positions"].size(), 2U);
    EXPECT_EQ(coin["positions"][0]["instrument"], "BTC-9JAN-60000-C");
    EXPECT_EQ(coin["positions"][0]["coins"], -2.0);
    EXPECT_EQ(coin["age_seconds"], 5'400.0) << "the surface came at noon";
    if (kind == MarginKind::standard) {
      EXPECT_EQ(coin["positions"][0]["initial"], coin["initial"]) << "the put is long";
      EXPECT_TRUE(coin["by_coin"].empty());
    } else {
      EXPECT_TRUE(coin["positions"][0]["initial"].is_null());
      ASSERT_EQ(coin["by_coin"].size(), 1U);
      EXPECT_EQ(coin["by_coin"][0]["initial"], coin["initial"]);
      EXPECT_EQ(coin["by_coin"][0]["worst"]["price_move"].is_number(), true);
    }
  }
}

TEST(MarginRoutes, say_why_a_margin_is_unknown_and_tell_no_figure_then) {
  ScriptedDesk desk{margined_option_desk(MarginKind::portfolio)};
  ballast::test::Trader mm{&desk.desk(), "mm"};
  desk.step(mm.mark(test::at("12:00:00"), "BTC-USDT", "60000"));
  desk.step(mm.fill(test::at("12:00:00"), "BTC-9JAN-60000-C", Side::sell, "2", "0.022"));
  Client client{desk};
  const Json coin = client.json("/api/v1/margins")["items"][0];
  EXPECT_EQ(coin["state"], "unknown");
  EXPECT_EQ(coin["unknown_reason"], "BTC-9JAN-60000-C: no volatility is known");
  for (const char* figure :
       {"equity", "initial", "maintenance", "use", "free", "free_in_flight", "age_seconds"})
    EXPECT_TRUE(coin[figure].is_null()) << figure;
  EXPECT_TRUE(coin["positions"].empty());
}

TEST(MarginRoutes, come_in_pages_and_are_none_where_none_is_configured) {
  ScriptedDesk desk{margined_option_desk(MarginKind::standard)};
  Client client{desk};
  const Json first = client.json("/api/v1/margins?limit=1");
  ASSERT_EQ(first["items"].size(), 1U);
  const Json second =
      client.json("/api/v1/margins?limit=1&cursor=" + first["next"].get<std::string>());
  EXPECT_EQ(second["items"][0]["currency"], "USDT");
  EXPECT_TRUE(second["next"].is_null());
  ScriptedDesk none;
  Client asks{none};
  EXPECT_EQ(asks.json("/api/v1/margins")["items"].size(), 0U);
  EXPECT_EQ(asks.get("/api/v1/margins?account=x").status, 400);
}

}  // namespace
}  // namespace ballast::api
