// Reading: every list and item against the engine and its report, pages, filters, wrong input.
#include <algorithm>
#include <set>

#include "adapters/api/routes/page.hpp"
#include "adapters/api/routes/scripted_desk_test.hpp"
#include "base/rng.hpp"
#include "json/report_json.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::code_of;
using test::Json;
using test::ScriptedDesk;

class ReadRoutes : public ::testing::Test {
 protected:
  ReadRoutes() : now(test::an_eventful_morning(desk)) {}
  ScriptedDesk desk;
  Timestamp now;
  Client client{desk};

  Json report() { return Json::parse(render_json(desk.engine().report())); }
};

TEST_F(ReadRoutes, positions_and_balances_are_those_of_the_report) {
  Json asked = client.json("/api/v1/positions")["items"];
  Json reported = report()["positions"];
  const auto by_text = [](const Json& a, const Json& b) { return a.dump() < b.dump(); };
  std::sort(asked.begin(), asked.end(), by_text);
  std::sort(reported.begin(), reported.end(), by_text);
  EXPECT_EQ(asked, reported);
  EXPECT_EQ(asked.size(), 3U);
  Json balances = client.json("/api/v1/balances")["items"];
  std::sort(balances.begin(), balances.end(), by_text);
  Json all = report()["balances"];
  std::sort(all.begin(), all.end(), by_text);
  EXPECT_EQ(balances, all);
}

TEST_F(ReadRoutes, positions_can_be_filtered_by_each_of_their_names) {
  EXPECT_EQ(client.json("/api/v1/positions?book=prop")["items"].size(), 2U);
  EXPECT_EQ(client.json("/api/v1/positions?book=prop&instrument=BTC-USD")["items"].size(), 1U);
  EXPECT_EQ(client.json("/api/v1/positions?venue=kraken")["items"].size(), 0U);
  EXPECT_EQ(client.json("/api/v1/positions?account=nobody")["items"].size(), 0U);
  const Response typo = client.get("/api/v1/positions?venue=binanse");
  EXPECT_EQ(typo.status, 400);
  EXPECT_NE(typo.body.find("did you mean \\\"binance\\\""), std::string::npos) << typo.body;
}

TEST_F(ReadRoutes, an_exposure_says_what_the_report_says_of_its_factor) {
  const Json items = client.json("/api/v1/exposures")["items"];
  const Json factors = report()["factors"];
  ASSERT_EQ(items.size(), factors.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const char* field : {"factor", "book", "unit", "state", "actual", "target", "band",
                              "limit", "deviation", "z", "skew", "unknown_reason"}) {
      EXPECT_EQ(items[i][field], factors[i][field]) << field;
    }
    EXPECT_EQ(items[i]["adherence"]["all"], factors[i]["adherence"]);
    EXPECT_EQ(items[i]["excursion"].is_null(), factors[i]["excursions"]["open_seconds"].is_null());
    if (items[i]["excursion"].is_null()) continue;
    EXPECT_EQ(items[i]["excursion"]["seconds"], factors[i]["excursions"]["open_seconds"]);
  }
  EXPECT_EQ(client.json("/api/v1/exposures/delta:BTC"), items[0]);
  EXPECT_EQ(client.json("/api/v1/exposures/delta:BTC@mm"), items[2]);
  EXPECT_EQ(client.json("/api/v1/exposures/cash:USDT@binance"), items[3]);
}

TEST_F(ReadRoutes, a_factor_out_of_its_band_shows_what_is_proposed_and_what_it_costs) {
  const Json btc = client.json("/api/v1/exposures/delta:BTC");
  EXPECT_EQ(btc["state"], "above");
  EXPECT_EQ(btc["excursion"]["cause"], "client");
  EXPECT_EQ(btc["excursion"]["seconds"], 20.0);
  EXPECT_EQ(btc["since"], to_string(now - Duration::seconds(20)));
  ASSERT_FALSE(btc["proposal"].is_null());
  EXPECT_EQ(btc["proposal"]["action"], "hedge");
  EXPECT_EQ(btc["proposal"]["state"], "waiting");
  EXPECT_TRUE(btc["cost_to_return"].is_string());
}

TEST_F(ReadRoutes, one_factor_of_the_report_alone_is_that_of_the_report) {
  EXPECT_EQ(client.json("/api/v1/factors/delta:BTC"), report()["factors"][0]);
  EXPECT_EQ(client.json("/api/v1/adherence"), report());
  const Json filtered = client.json("/api/v1/adherence?factor=delta:ETH");
  ASSERT_EQ(filtered["factors"].size(), 1U);
  EXPECT_EQ(filtered["factors"][0], report()["factors"][1]);
}

TEST_F(ReadRoutes, a_sliding_window_and_today_are_figures_of_that_span) {
  const Json window = client.json("/api/v1/adherence?window=5m&factor=delta:BTC");
  ASSERT_EQ(window["rows"].size(), 1U);
  EXPECT_EQ(window["rows"][0]["adherence"],
            client.json("/api/v1/exposures/delta:BTC")["adherence"]["5m"]);
  const Json today = client.json("/api/v1/adherence?window=today&factor=delta:BTC");
  EXPECT_EQ(today["rows"][0]["from"], to_string(test::at("12:00:01")));
  EXPECT_EQ(today["rows"][0]["adherence"],
            client.json("/api/v1/exposures/delta:BTC")["adherence"]["today"]);
  EXPECT_EQ(client.get("/api/v1/adherence?window=7m").status, 400);
  EXPECT_EQ(client.get("/api/v1/adherence?window=5m&by=day").status, 400);
}

TEST_F(ReadRoutes, today_begins_at_midnight) {
  Timestamp t = *parse_timestamp("2026-01-06T00:00:30Z");
  test::pass(desk, t, 5);
  const Json window = client.json("/api/v1/adherence?window=today&factor=cash:USDT@binance");
  const Json& row = window["rows"][0];
  EXPECT_EQ(row["from"], "2026-01-06T00:00:00Z");
  EXPECT_EQ(row["known_seconds"], 35.0);
  EXPECT_EQ(row["time_in_band"], 1.0);
  EXPECT_EQ(client.json("/api/v1/exposures/cash:USDT@binance")["time_in_band_today"], 1.0);
}

TEST_F(ReadRoutes, calendar_rows_come_from_the_journal_as_asked) {
  EXPECT_EQ(code_of(client.get("/api/v1/adherence?by=day")), "not_available");
  CalendarQuery asked;
  client.services.calendar = [&](const CalendarQuery& query) -> Result<std::vector<WindowRow>> {
    asked = query;
    WindowRow row;
    row.factor = "delta:BTC";
    row.book = "mm";
    row.unit = "BTC";
    return std::vector{row};
  };
  const Json rows =
      client.json("/api/v1/adherence?by=week&from=2026-01-05T00:00:00Z&factor=delta:BTC@mm");
  EXPECT_EQ(rows["rows"].size(), 1U);
  EXPECT_EQ(asked.unit, CalendarUnit::week);
  EXPECT_EQ(asked.factor, "delta:BTC");
  EXPECT_EQ(asked.book, "mm");
  EXPECT_EQ(asked.from, *parse_timestamp("2026-01-05T00:00:00Z"));
  EXPECT_EQ(client.get("/api/v1/adherence?from=2026-01-05T00:00:01Z").status, 400);
  EXPECT_EQ(client.get("/api/v1/adherence?by=year").status, 400);
  client.json("/api/v1/adherence?by=day&factor=cash:USDT@binance");
  EXPECT_EQ(asked.factor, "cash:USDT@binance");
}

TEST_F(ReadRoutes, alerts_are_listed_newest_first_by_state) {
  const Json open = client.json("/api/v1/alerts")["items"];
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0]["rule"], "btc-out-of-band");
  EXPECT_EQ(open[0]["state"], "firing");
  EXPECT_EQ(client.json("/api/v1/alerts?state=acknowledged")["items"].size(), 0U);
  EXPECT_EQ(client.json("/api/v1/alerts?state=ended")["items"].size(), 0U);
  EXPECT_EQ(client.json("/api/v1/alerts?state=all")["items"], open);
  EXPECT_EQ(client.get("/api/v1/alerts?state=loud").status, 400);
  ballast::test::Trader mm{&desk.desk(), "mm", 500};
  desk.step(mm.fill(now, "BTC-USDT", Side::sell, "3", "60000"));
  EXPECT_EQ(client.json("/api/v1/alerts")["items"].size(), 0U);
  const Json ended = client.json("/api/v1/alerts?state=ended")["items"];
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0]["state"], "ok");
}

TEST_F(ReadRoutes, rules_and_objectives_say_when_they_fire) {
  const Json rules = client.json("/api/v1/rules")["items"];
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0]["when"], "abs_z > 1");
  EXPECT_EQ(rules[1]["when"], "adherence < 0.5 over 1h");
  EXPECT_EQ(rules[1]["factors"].size(), 0U);
  EXPECT_EQ(rules[2]["when"], "time_in_band >= 0.99 over 30d");
  EXPECT_EQ(rules[2]["objective"], true);
}

TEST_F(ReadRoutes, proposals_show_what_was_weighed) {
  const Json items = client.json("/api/v1/proposals?state=open")["items"];
  ASSERT_EQ(items.size(), 1U);
  const Json& waits = items[0];
  EXPECT_EQ(waits["key"], "delta:BTC");
  EXPECT_EQ(waits["state"], "waiting");
  EXPECT_EQ(waits["options"].size(), 4U);
  EXPECT_TRUE(waits["deadline"].is_string());
  const Json whole = client.json("/api/v1/proposals/" + waits["id"].get<std::string>());
  EXPECT_GT(whole["lines"].size(), 5U);
  EXPECT_EQ(client.json("/api/v1/proposals?factor=delta:ETH")["items"].size(), 0U);
  EXPECT_EQ(client.get("/api/v1/proposals?factor=delta:XRP").status, 400);
  EXPECT_EQ(client.get("/api/v1/proposals/none").status, 404);
}

TEST_F(ReadRoutes, quotes_say_what_stands_and_why_not) {
  const Json quotes = client.json("/api/v1/quotes")["items"];
  ASSERT_EQ(quotes.size(), 1U);
  EXPECT_EQ(quotes[0]["instrument"], "BTC-USDT");
  EXPECT_EQ(quotes[0]["known"], true);
  EXPECT_TRUE(quotes[0]["ask"].is_string());
}

TEST_F(ReadRoutes, what_is_learnt_is_given_with_its_age_or_the_reason_why_not) {
  const Json parameters = client.json("/api/v1/parameters")["items"];
  ASSERT_FALSE(parameters.empty());
  for (const Json& one : parameters[0]["parameters"]) {
    EXPECT_NE(one["value"].is_null(), one["lack"].is_null()) << one;
  }
}

TEST_F(ReadRoutes, transfers_breaks_orders_and_profit) {
  const Json transfers = client.json("/api/v1/transfers")["items"];
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0]["state"], "sent");
  EXPECT_EQ(transfers[0]["ended"], false);
  const Json breaks = client.json("/api/v1/breaks")["items"];
  ASSERT_EQ(breaks.size(), 1U);
  EXPECT_EQ(breaks[0], report()["breaks"][0]);
  EXPECT_EQ(client.json("/api/v1/orders")["items"].size(), 0U);
  const Json pnl = client.json("/api/v1/pnl");
  EXPECT_EQ(pnl["net_asset_value"], report()["net_asset_value"]);
  ASSERT_EQ(pnl["factors"].size(), 3U);
  EXPECT_EQ(pnl["factors"][0]["pnl"], report()["factors"][0]["pnl"]);
  EXPECT_TRUE(pnl["positions"]["unrealized"].is_string());
}

TEST_F(ReadRoutes, an_explanation_is_the_engines) {
  const Json lines = client.json("/api/v1/factors/delta:BTC/explain")["lines"];
  const auto told = desk.engine().explain(FactorId{0});
  ASSERT_EQ(lines.size(), told.size());
  EXPECT_EQ(lines[1]["label"], told[1].label);
  EXPECT_GT(client.json("/api/v1/targets/delta:BTC/explain")["lines"].size(), 1U);
}

TEST_F(ReadRoutes, health_tells_what_is_wrong_and_where) {
  VenueHealth quiet;
  quiet.venue = VenueId{1};
  quiet.age_seconds = 42.0;
  quiet.silent = true;
  desk.feeds = {quiet};
  const Json health = client.json("/api/v1/health");
  EXPECT_EQ(health["status"], "degraded");
  std::set<std::string> codes;
  for (const Json& problem : health["problems"])
    codes.insert(problem["code"]);
  EXPECT_EQ(codes, (std::set<std::string>{"feed_silent", "breaks"}));
  EXPECT_EQ(health["alerts"]["firing"], 1);
  desk.figures.failed = "disk full";
  EXPECT_EQ(client.json("/api/v1/health")["status"], "stopped");
}

TEST_F(ReadRoutes, probes_tell_a_living_process_from_a_ready_desk) {
  EXPECT_EQ(client.get("/livez").body, "ok\n");
  EXPECT_EQ(client.get("/readyz").body, "ok\n");
  desk.figures.draining = true;
  EXPECT_EQ(client.get("/readyz").status, 503);
  desk.figures.failed = "disk full";
  EXPECT_NE(client.get("/readyz").body.find("disk full"), std::string::npos);
  EXPECT_EQ(client.get("/livez").status, 200);
}

TEST_F(ReadRoutes, a_path_holds_its_last_point_and_marks_fills_and_alerts) {
  const Json path = client.json("/api/v1/factors/delta:BTC/path");
  const std::size_t count = path["t"].size();
  ASSERT_GT(count, 2U);
  for (const char* series : {"actual", "target", "lower", "upper", "limit_lower", "known"})
    EXPECT_EQ(path[series].size(), count);
  EXPECT_EQ(path["actual"][count - 1].get<double>(),
            to_double(desk.engine().factor(FactorId{0}).state.actual));
  ASSERT_EQ(path["fills"].size(), 2U);
  EXPECT_EQ(path["fills"][0]["origin"], "client");
  ASSERT_EQ(path["alerts"].size(), 1U);
  EXPECT_EQ(path["alerts"][0]["state"], "firing");
  ASSERT_EQ(path["excursions"].size(), 1U);
  EXPECT_TRUE(path["excursions"][0]["to"].is_null());
  EXPECT_EQ(client.json("/api/v1/factors/delta:BTC@mm/path")["fills"].size(), 1U);
  EXPECT_EQ(client.get("/api/v1/factors/delta:BTC/path?points=5").status, 400);
  EXPECT_EQ(
      client.get("/api/v1/factors/delta:BTC/path?from=2026-01-05T13:00:00Z&to=2026-01-05T12:00:00Z")
          .status,
      400);
}

TEST_F(ReadRoutes, the_audit_and_the_stored_events_are_read_page_by_page) {
  EXPECT_EQ(client.get("/api/v1/journal/events").status, 503);
  Client with(desk);
  with.services.events = [](std::uint64_t from,
                            std::size_t limit) -> Result<std::vector<StoredEvent>> {
    std::vector<StoredEvent> out;
    for (std::uint64_t seq = from; seq <= 5 && out.size() < limit; ++seq)
      out.push_back({seq, R"({"type":"time"})"});
    return out;
  };
  Json page = with.json("/api/v1/journal/events?from=2&limit=3");
  ASSERT_EQ(page["items"].size(), 3U);
  EXPECT_EQ(page["items"][0]["seq"], 2);
  page = with.json("/api/v1/journal/events?limit=3&cursor=" + page["next"].get<std::string>());
  EXPECT_EQ(page["items"].size(), 1U);
  EXPECT_TRUE(page["next"].is_null());
  EXPECT_EQ(with.get("/api/v1/journal/events?from=0").status, 400);
}

TEST_F(ReadRoutes, unknown_and_repeated_parameters_are_refused_by_name) {
  const Response unknown = client.get("/api/v1/positions?bok=mm");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(code_of(unknown), "unknown_parameter");
  EXPECT_NE(unknown.body.find("`bok`"), std::string::npos);
  EXPECT_NE(unknown.body.find("did you mean"), std::string::npos);
  EXPECT_EQ(client.get("/api/v1/positions?book=a&book=b").status, 400);
  EXPECT_EQ(client.get("/api/v1/desk?x=1").status, 400);
  for (const char* limit : {"0", "1001", "-1", "ten", "1e2", "", "99999999999999999999"}) {
    const Response answer = client.get(std::string("/api/v1/positions?limit=") + limit);
    EXPECT_EQ(answer.status, 400) << limit;
    EXPECT_NE(answer.body.find("limit is"), std::string::npos);
  }
}

TEST_F(ReadRoutes, names_that_are_not_there_are_404_with_a_suggestion) {
  const Response answer = client.get("/api/v1/exposures/delta:BTX");
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find("did you mean \\\"delta:BTC\\\""), std::string::npos) << answer.body;
  for (const char* route : {"factors/x", "factors/x/path", "factors/x/explain", "targets/x",
                            "targets/x/explain", "limits/x", "exposures/delta:BTC@nobody"}) {
    EXPECT_EQ(client.get(std::string("/api/v1/") + route).status, 404) << route;
  }
}

TEST(EmptyDesk, answers_every_route_before_the_first_event) {
  ScriptedDesk desk;
  Client client(desk);
  client.services.events = [](std::uint64_t, std::size_t) {
    return Result<std::vector<StoredEvent>>{};
  };
  for (const Route& route : client.routes().table()) {
    if (route.method != Method::get || route.pattern == "/api/v1/stream") continue;
    std::string path = route.pattern;
    if (const auto key = path.find("{key}"); key != std::string::npos)
      path.replace(key, 5, "delta:BTC");
    if (path.find('{') != std::string::npos) continue;
    const Response answer = client.get(path);
    EXPECT_TRUE(answer.status == 200 || code_of(answer) == "not_available")
        << path << ": " << answer.body;
  }
}

// ---- pages

/// All items of a list, page by page, with `between` in between.
Json pages(Client& client,
           const std::string& route,
           std::size_t limit,
           const std::function<void()>& between) {
  Json all = Json::array();
  std::string cursor;
  for (int guard = 0; guard < 1000; ++guard) {
    Json page = client.json(route + (route.find('?') == std::string::npos ? "?" : "&") + "limit=" +
                            std::to_string(limit) + (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_LE(page["items"].size(), limit);
    for (Json& item : page["items"])
      all.push_back(item);
    if (page["next"].is_null()) return all;
    EXPECT_EQ(page["items"].size(), limit);
    cursor = page["next"];
    between();
  }
  ADD_FAILURE() << "pages without end";
  return all;
}

TEST_F(ReadRoutes, pages_put_together_are_the_whole_list_whatever_happens_in_between) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    ballast::test::Trader trader{&desk.desk(), "b0", static_cast<int>(1000 * seed)};
    const auto trade = [&] {
      trader.book = "b" + std::to_string(rng.below(40));
      const char* const names[] = {"BTC-USDT", "BTC-PERP", "BTC-USD", "ETH-USDT"};
      desk.step(trader.fill(now, names[rng.below(4)], rng.below(2) == 0 ? Side::buy : Side::sell,
                            "0.01", "60000"));
    };
    for (int i = 0; i < 60; ++i)
      trade();
    const auto keys = [](const Json& items) {
      std::vector<std::string> out;
      for (const Json& item : items)
        out.push_back(item["account"].get<std::string>() + item["book"].get<std::string>() +
                      item["instrument"].get<std::string>());
      return out;
    };
    const auto before = keys(client.json("/api/v1/positions?limit=1000")["items"]);
    const auto together =
        keys(pages(client, "/api/v1/positions", 1 + rng.below(9), [&] { trade(); }));
    const auto after = keys(client.json("/api/v1/positions?limit=1000")["items"]);
    // Nothing twice, everything that was there from the beginning, nothing that never was.
    EXPECT_EQ(std::set<std::string>(together.begin(), together.end()).size(), together.size());
    EXPECT_TRUE(std::equal(before.begin(), before.end(), together.begin()));
    EXPECT_TRUE(std::equal(together.begin(), together.end(), after.begin()));
  }
}

TEST_F(ReadRoutes, pages_of_alerts_hold_while_alerts_come_and_go) {
  Statement agrees;  // the break that is open would make the factor unknown
  agrees.place = {VenueId{0}, AccountName("main")};
  agrees.instrument = desk.desk().find_instrument("BTC-USD");
  agrees.qty = test::dec<Quantity>("12");
  desk.step({now + Duration::seconds(1), agrees});
  ballast::test::Trader mm{&desk.desk(), "mm", 9000};
  const auto flap = [&] {
    now = now + Duration::seconds(7);
    desk.step(mm.fill(now, "BTC-USDT", Side::sell, "3", "60000"));
    now = now + Duration::seconds(7);
    desk.step(mm.fill(now, "BTC-USDT", Side::buy, "3", "60000"));
  };
  for (int i = 0; i < 12; ++i)
    flap();
  const Json whole = client.json("/api/v1/alerts?state=ended&limit=1000")["items"];
  const Json together = pages(client, "/api/v1/alerts?state=ended", 5, flap);
  EXPECT_EQ(together, whole);
  EXPECT_EQ(whole.size(), 12U);
  EXPECT_GT(whole[0]["since"].get<std::string>(), whole[1]["since"].get<std::string>());
}

TEST_F(ReadRoutes, every_list_can_be_read_one_item_at_a_time) {
  for (const char* list : {"positions", "balances", "exposures", "targets", "limits", "rules",
                           "quotes", "parameters", "transfers", "breaks", "proposals", "alerts"}) {
    const std::string route = std::string("/api/v1/") + list;
    EXPECT_EQ(pages(client, route, 1, [] {}), client.json(route)["items"]) << list;
  }
}

TEST_F(ReadRoutes, cursors_that_are_not_ours_are_refused_and_never_crash) {
  const std::string good = client.json("/api/v1/positions?limit=1")["next"];
  EXPECT_EQ(client.get("/api/v1/exposures?cursor=" + good).status, 400) << "of another list";
  std::string changed = good;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(code_of(client.get("/api/v1/positions?cursor=" + changed)), "bad_cursor");
  EXPECT_EQ(client.get("/api/v1/positions?cursor=").status, 400);
  Rng rng(7);
  for (int i = 0; i < 2000; ++i) {
    std::string noise;
    for (std::size_t k = rng.below(40); k > 0; --k)
      noise += static_cast<char>(rng.below(256));
    EXPECT_EQ(decode_cursor("positions", noise).value_or("").size(), 0U);
  }
  // What only looks like one of ours, because it was made with our own check.
  for (const char* place : {"99999:BTC-USDT", "0:ETH-PERP", "", ":", "x:y", "-1:BTC-USDT",
                            "18446744073709551616:BTC-USDT"}) {
    EXPECT_EQ(code_of(client.get("/api/v1/positions?cursor=" + encode_cursor("positions", place))),
              "bad_cursor")
        << place;
  }
  EXPECT_EQ(code_of(client.get("/api/v1/alerts?cursor=" + encode_cursor("alerts", "soon x"))),
            "bad_cursor");
}

TEST(Cursor, reads_back_what_it_wrote) {
  for (const std::string& place :
       {std::string(), std::string("0:BTC"), std::string(300, 'x'), std::string("\0\xFF\n", 3)}) {
    EXPECT_EQ(decode_cursor("list", encode_cursor("list", place)), place);
    EXPECT_EQ(decode_cursor("other", encode_cursor("list", place)), std::nullopt);
  }
}

}  // namespace
}  // namespace ballast::api
