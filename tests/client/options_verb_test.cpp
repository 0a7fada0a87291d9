// `ballast options`: a journal and a service tell the same, to people, spreadsheets and programs.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/service_script.hpp"

namespace ballast::testing {
namespace {

using nlohmann::json;

constexpr std::string_view option_desk = R"toml(
[desk]
name = "vol"
currency = "USDT"
[options]
explain_every = "30m"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "deribit"
accounts = ["main"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "deribit"
base = "BTC"
quote = "USDT"
[[instruments]]
name = "BTC-60-C"
kind = "option_linear"
venue = "deribit"
underlying = "BTC"
quote = "USDT"
expiry = 2026-01-30T08:00:00Z
strike = "60000"
right = "call"
[[instruments]]
name = "BTC-55-P"
kind = "option_linear"
venue = "deribit"
underlying = "BTC"
quote = "USDT"
expiry = 2026-01-30T08:00:00Z
strike = "55000"
right = "put"
[[margins]]
account = "deribit/main"
currency = "USDT"
kind = "portfolio"
[[factors]]
name = "delta:BTC"
band = { lower = "-2", upper = "2" }
limit = { lower = "-20", upper = "20" }
[[factors]]
name = "vega:BTC"
book = "vol"
band = { lower = "-500", upper = "500" }
limit = { lower = "-5000", upper = "5000" }
)toml";

std::string line(const std::string& clock, const std::string& rest) {
  return R"({"t":"2026-01-05T)" + clock + R"(Z",)" + rest + "}\n";
}
std::string bitcoin(const std::string& clock, const std::string& price) {
  return line(clock, R"("type":"mark","instrument":"BTC-USDT","price":")" + price + '"');
}
std::string smile(const std::string& clock, const std::string& vol) {
  return line(clock, R"("type":"surface","underlying":"BTC","expiry":"2026-01-30T08:00:00Z",)"
                     R"("vol":)" +
                         vol);
}
std::string fill(const std::string& clock, const std::string& what, const std::string& book) {
  return line(clock, R"("type":"fill","venue":"deribit","account":"main",)" + what +
                         R"(,"book":")" + book + '"');
}

std::string morning() {
  return bitcoin("12:00:00", "60000") + smile("12:00:00", "0.6") +
         fill("12:05:00",
              R"("instrument":"BTC-60-C","id":"1","side":"buy","qty":"5","price":"3700")", "vol") +
         fill("12:06:00",
              R"("instrument":"BTC-55-P","id":"2","side":"sell","qty":"3","price":"1600")", "mm") +
         bitcoin("13:10:00", "61000") + smile("13:20:00", "0.62") +
         line("14:10:00", R"("type":"time")");
}

class OptionsVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch.write("desk.toml", option_desk);
    scratch.write("morning.jsonl", morning());
    const Ended made = replay("table");
    ASSERT_EQ(made.code, 0) << made.err;
  }
  Ended replay(const std::string& format) const {
    return run_ballast(scratch.path(),
                       "replay -c desk.toml morning.jsonl --journal vol.db -o " + format);
  }
  Ended journal(const std::string& arguments) const {
    return run_ballast(scratch.path(), "options " + arguments + " --journal vol.db");
  }
  json told(const std::string& arguments) const {
    const Ended ended = journal(arguments + " -o json");
    EXPECT_EQ(ended.code, 0) << ended.err;
    return json::parse(ended.out);
  }

  Scratch scratch;
};

void expect_has(const std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

TEST_F(OptionsVerb, tells_of_a_journal_what_a_service_tells) {
  for (const std::string verb : {"", "greeks", "smile", "scenarios", "explain", "margins"}) {
    SCOPED_TRACE(verb);
    const json answer = told(verb);
    const Receiver service([&](const TakenRequest& request) {
      if (verb == "margins") return json_answer(json{{"items", answer}, {"next", nullptr}}.dump());
      if (!verb.empty() && request.target.find(verb) != std::string::npos)
        return json_answer(answer.dump());
      const json list = verb.empty() ? answer : told("");
      return json_answer(json{{"items", list}, {"next", nullptr}}.dump());
    });
    for (const std::string format : {"table", "csv", "json"}) {
      const Ended here = journal(verb + " -o " + format);
      const Ended there = ask(scratch, service, "options " + verb + " -o " + format);
      EXPECT_EQ(there.code, 0) << there.err;
      if (format == "json") {
        EXPECT_EQ(json::parse(there.out), json::parse(here.out));
      } else {
        EXPECT_EQ(there.out, here.out);
      }
    }
  }
}

TEST_F(OptionsVerb, asks_the_service_with_what_was_given) {
  const Receiver service({json_answer(told("scenarios --spot=0 --vol=0 --days 0").dump())});
  const Ended ended = ask(scratch, service,
                          "options scenarios --underlying BTC --book vol --spot=-0.25,0,0.25 "
                          "--vol 0.1 --dynamics sticky_delta --delta delta_net");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(service.taken().at(0).target,
            "/api/v1/options/BTC/scenarios?book=vol&spot=-0.25%2C0%2C0.25&vol=0.1&"
            "dynamics=sticky_delta&delta=delta_net");
}

TEST_F(OptionsVerb, shows_greeks_with_their_sums) {
  const Ended table = journal("greeks");
  expect_has(table.out, {"expiry ", "strike", "call", "BTC-60-C", "put", "-3", "all "});
  const json greeks = told("greeks --book vol");
  ASSERT_EQ(greeks["lines"].size(), 1U);
  EXPECT_EQ(greeks["lines"][0]["contracts"], 5.0);
  EXPECT_EQ(greeks["lines"][0]["vol"], 0.62);
  EXPECT_EQ(greeks["total"]["vega"], greeks["lines"][0]["vega"]);
  const Ended csv = journal("greeks -o csv");
  EXPECT_EQ(csv.out.substr(0, csv.out.find('\n')),
            "expiry,strike,right,contracts,vol,mark,value,delta,delta_net,gamma,vega,theta,vanna,"
            "volga,instrument");
}

TEST_F(OptionsVerb, explains_the_profit_by_steps_that_sum_to_it) {
  const json explain = told("explain");
  ASSERT_EQ(explain["steps"].size(), 4U);  // 12:05 to 12:30, and each half hour to 14:00
  double total = explain["open"]["total"];
  for (const json& step : explain["steps"])
    total += step["total"].get<double>();
  const double value = told("greeks")["total"]["value"];
  EXPECT_NEAR(total, value - (5.0 * 3700.0 - 3.0 * 1600.0), 1e-6);
  const Ended table = journal("explain");
  expect_has(table.out,
             {"step", "\nopen ", "\ntoday ", "\nall ", "2026-01-05T13:30:00Z", "rest", "total"});
  const json then = told("explain --at 2026-01-05T12:45:00Z");
  EXPECT_EQ(then["steps"].size(), 1U);
  EXPECT_EQ(then["as_of"], "2026-01-05T12:45:00Z");
}

TEST_F(OptionsVerb, draws_scenarios_as_matrices_with_the_band) {
  const Ended table = journal("scenarios --spot=-0.2,0,0.2 --vol=-0.1,0 --days 0,7");
  EXPECT_EQ(table.code, 0) << table.err;
  expect_has(table.out, {"profit in USDT now", "profit in USDT after 7 days", "-20%", "+20%",
                         "delta in BTC after 7 days", " above"});
  const json grid = told("scenarios --spot=-0.2,0,0.2 --vol=-0.1,0 --days 0,7");
  EXPECT_EQ(grid["cells"].size(), 12U);
  EXPECT_EQ(grid["target"]["delta"]["factor"], "delta:BTC");
}

TEST_F(OptionsVerb, works_scenarios_out_as_it_is_asked_to) {
  const json usual = told("scenarios");
  EXPECT_EQ(usual["dynamics"], "sticky_strike");
  EXPECT_EQ(usual["delta"], "delta");
  const json grid = told(
      "scenarios --spot=0,0.1 --vol 0.2 --days 3 --dynamics sticky_delta --delta delta_net "
      "--book vol");
  EXPECT_EQ(grid["book"], "vol");
  EXPECT_EQ(grid["spot"], json::parse("[0.0,0.1]"));
  EXPECT_EQ(grid["vol"], json::parse("[0.2]"));
  EXPECT_EQ(grid["days"], json::parse("[3.0]"));
  EXPECT_EQ(grid["dynamics"], "sticky_delta");
  EXPECT_EQ(grid["delta"], "delta_net");
}

/// The words of each line of a table, whose columns stand two blanks apart.
std::vector<std::vector<std::string>> words_of(const std::string& table) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream text(table);
  for (std::string line; std::getline(text, line);) {
    auto& words = lines.emplace_back();
    while (!line.empty()) {
      const std::size_t end = std::min(line.find("  "), line.size());
      words.push_back(line.substr(0, end));
      line.erase(0, std::min(line.find_first_not_of(' ', end), line.size()));
    }
  }
  return lines;
}

TEST_F(OptionsVerb, shows_each_figure_in_its_own_column) {
  const json line = {{"instrument", "BTC-60-C"},
                     {"expiry", "2026-01-30T08:00:00Z"},
                     {"strike", 60000.0},
                     {"right", "call"},
                     {"contracts", 5.0},
                     {"coins", 6.0},
                     {"vol", 0.62},
                     {"mark", 3700.5},
                     {"value", 1000.5},
                     {"delta", 0.5},
                     {"delta_net", 0.4},
                     {"delta_equity", 0.7},
                     {"gamma", 0.03},
                     {"vega", 40.5},
                     {"theta", -12.5},
                     {"vanna", 0.1},
                     {"volga", 2.5}};
  const json expiry = {{"expiry", "2026-01-30T08:00:00Z"},
                       {"days", 20.0},
                       {"state", "priced"},
                       {"forward", 61000.5},
                       {"atm_vol", 0.6},
                       {"contracts", 5.0},
                       {"total", line}};
  const json answer = {{"lines", json::array({line})},
                       {"expiries", json::array({expiry})},
                       {"total", line},
                       {"unknown_reason", nullptr}};
  const Receiver service({json_answer(answer.dump())});
  const auto rows = words_of(ask(scratch, service, "options greeks --underlying BTC").out);
  using Words = std::vector<std::string>;
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0],
            (Words{"expiry", "strike", "right", "contracts", "vol", "mark", "value", "delta", "net",
                   "gamma 1%", "vega", "theta", "vanna", "volga", "instrument"}));
  EXPECT_EQ(rows[1],
            (Words{"2026-01-30T08:00:00Z", "60000", "call", "5", "0.62", "3700.5", "1000.5", "0.5",
                   "0.4", "0.03", "40.5", "-12.5", "0.1", "2.5", "BTC-60-C"}));
  EXPECT_EQ(rows[3], (Words{"expiry", "state", "forward", "value", "delta", "net", "gamma 1%",
                            "vega", "theta"}));
  EXPECT_EQ(rows[4], (Words{"2026-01-30T08:00:00Z", "priced", "61000.5", "1000.5", "0.5", "0.4",
                            "0.03", "40.5", "-12.5"}));
  EXPECT_EQ(rows[5].front(), "all");
  EXPECT_EQ(rows[5].back(), "-12.5");
}

TEST_F(OptionsVerb, shows_of_a_smile_the_surface_the_market_and_what_is_held) {
  json curve = json::array();
  for (int i = 0; i < 21; ++i)
    curve.push_back({{"strike", 50000.0 + 1000.0 * i}, {"vol", 0.5 + 0.01 * i}});
  const json expiry = {{"expiry", "2026-01-30T08:00:00Z"},
                       {"curve", curve},
                       {"quotes", json::parse(R"([{"instrument":"BTC-60-C","strike":60000.5,
                           "right":"call","bid_vol":0.59,"ask_vol":0.63,"mark_vol":0.61}])")},
                       {"own", json::parse(R"([{"strike":60000.5,"contracts":5.5,"vega":40.5}])")}};
  const json answer = {{"expiries", json::array({expiry})}};
  const Receiver service([&](const TakenRequest&) { return json_answer(answer.dump()); });
  const auto rows = words_of(ask(scratch, service, "options smile --underlying BTC").out);
  ASSERT_EQ(rows.size(), 1U + 3U + 1U + 1U) << "every tenth point of the surface";
  EXPECT_EQ(rows[2][0], "surface");
  EXPECT_EQ(rows[2][2], "60000");
  EXPECT_EQ(rows[2][4], "0.6");
  const std::string then = "2026-01-30T08:00:00Z";
  using Words = std::vector<std::string>;
  EXPECT_EQ(rows[0], (Words{"of", "expiry", "strike", "right", "vol", "bid", "mark", "ask",
                            "contracts", "vega", "instrument"}));
  EXPECT_EQ(rows[4], (Words{"market", then, "60000.5", "call", "-", "0.59", "0.61", "0.63", "-",
                            "-", "BTC-60-C"}));
  EXPECT_EQ(rows[5], (Words{"held", then, "60000.5", "-", "-", "-", "-", "-", "5.5", "40.5", "-"}));
  const Ended csv = ask(scratch, service, "options smile --underlying BTC -o csv");
  EXPECT_EQ(words_of(csv.out).size(), 1U + 21U + 1U + 1U) << "a spreadsheet has all of it";
}

TEST_F(OptionsVerb, puts_each_cell_of_a_grid_where_it_belongs) {
  const std::string asked = "scenarios --spot=-0.2,0.2 --vol=-0.1,0 --days 0,7";
  const json grid = told(asked);
  const auto lines = words_of(journal(asked + " -o csv").out);
  ASSERT_EQ(lines.size(), 1U + 8U);
  EXPECT_EQ(lines[0][0],
            "days,vol,spot,pnl,delta,delta_side,gamma,gamma_side,vega,vega_side,theta");
  const auto table = words_of(journal(asked).out);
  std::vector<std::vector<std::string>> rows;  // of figures: those that begin with a volatility
  for (const auto& row : table) {
    if (row.size() == 3 && (row[0] == "-10" || row[0] == "+0")) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 8U) << "profit and delta, now and then";
  std::size_t i = 0;
  for (std::size_t day = 0; day < 2; ++day) {
    for (std::size_t vol = 0; vol < 2; ++vol) {
      for (std::size_t spot = 0; spot < 2; ++spot) {
        const json& cell = grid["cells"][i++];
        const auto text_of = [&](const char* figure) {
          return fmt::format("{}", cell[figure].get<double>());
        };
        EXPECT_EQ(rows[4 * day + vol][1 + spot], fmt::format("{:.6g}", cell["pnl"].get<double>()));
        EXPECT_EQ(rows[4 * day + 2 + vol][1 + spot].substr(0, 3),
                  fmt::format("{:.4g}", cell["delta"].get<double>()).substr(0, 3));
        const std::string begin =
            fmt::format("{},{},{},", grid["days"][day].get<double>() == 0.0 ? "0.0" : "7.0",
                        vol == 0 ? "-0.1" : "0.0", spot == 0 ? "-0.2" : "0.2");
        EXPECT_EQ(lines[i][0].rfind(begin + text_of("pnl"), 0), 0U) << lines[i][0];
      }
    }
  }
}

TEST_F(OptionsVerb, shows_what_accounts_are_asked_for) {
  const json accounts = told("margins");
  ASSERT_EQ(accounts.size(), 1U);
  const json& account = accounts[0];
  EXPECT_EQ(account["state"], "below_maintenance") << "nothing was paid in";
  EXPECT_EQ(account["free"], account["equity"].get<double>() - account["initial"].get<double>());
  EXPECT_EQ(account["use"], account["initial"].get<double>() / account["equity"].get<double>());
  EXPECT_EQ(account["positions"].size(), 2U);
  const double worst = account["by_coin"][0]["worst"]["price_move"];
  EXPECT_NE(worst, 0.0);
  const Ended table = journal("margins");
  expect_has(table.out,
             {"venue", "portfolio", "below_maintenance", "worst move", "BTC-55-P", "down"});
  const Ended csv = journal("margins -o csv");
  EXPECT_EQ(csv.out.substr(0, csv.out.find('\n')),
            "venue,account,currency,model,state,use,equity,initial,maintenance,free,free_in_flight,"
            "age_seconds,unknown_reason");
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 2);
  const json before = told("margins --at 2026-01-05T12:05:00Z");
  EXPECT_EQ(before[0]["positions"].size(), 1U);
}

TEST_F(OptionsVerb, says_that_no_account_has_a_margin) {
  const Receiver service({json_answer(R"({"items":[],"next":null})")});
  const Ended none = ask(scratch, service, "options margins");
  EXPECT_EQ(none.code, 0) << none.err;
  expect_has(none.out, {"no [[margins]] names an account"});
}

TEST_F(OptionsVerb, says_what_there_is_not) {
  const Ended coin = journal("greeks --underlying ETH");
  EXPECT_EQ(coin.code, 1);
  expect_has(coin.err, {"no factor counts options on `ETH`"});
  const Ended book = journal("greeks --book mm");
  EXPECT_EQ(book.code, 1);
  expect_has(book.err, {"of a book `mm`"});
  EXPECT_NE(journal("scenarios --days=-1").code, 0);
  const Receiver service({json_answer(R"({"items":[],"next":null})")});
  const Ended none = ask(scratch, service, "options greeks");
  EXPECT_EQ(none.code, 1);
  expect_has(none.err, {"no factor of this desk counts options"});
  EXPECT_EQ(ask(scratch, service, "options greeks --at 2026-01-05T12:00:00Z").code, 1);
}

TEST_F(OptionsVerb, and_the_report_has_it_all) {
  const json report = json::parse(replay("json").out);
  ASSERT_EQ(report["options"].size(), 2U);  // the whole desk, and the book that a factor names
  const json& whole = report["options"][0];
  EXPECT_EQ(whole["explain"]["all"], told("explain")["all"]);
  EXPECT_EQ(whole["greeks"]["total"], told("greeks")["total"]);
  EXPECT_EQ(whole["smile"], told("smile"));
  EXPECT_EQ(report["margins"], told("margins"));
  EXPECT_TRUE(report["factors"][0]["pnl"].is_null()) << "linear in the price";
  const Ended table = replay("table");
  expect_has(table.out, {"Profit and loss of options, by greek", "Options on BTC, in USDT",
                         "Options on BTC @ vol, in USDT", "Profit in USDT after 7 days",
                         "Portfolio margin by coin"});
  const Ended csv = replay("csv");
  expect_has(csv.out, {",options_delta,", ",options_total,options_unknown_seconds,margin_equity,",
                       ",margin_free\n"});
  const Ended html = replay("html");
  expect_has(html.out, {"class=\"falls\"", "class=\"heat\"", "class=\"smiles\"",
                        "What the options earned, in USDT, by greek", "<h2>Margin</h2>"});
}

TEST_F(OptionsVerb, of_a_span_the_report_tells_what_was_earned_in_it) {
  const Ended ended =
      run_ballast(scratch.path(), "report --journal vol.db --from 2026-01-05T13:00:00Z -o json");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json explain = json::parse(ended.out)["options"][0]["explain"];
  EXPECT_EQ(explain["from"], "2026-01-05T13:00:00Z");
  ASSERT_EQ(explain["steps"].size(), 2U);
  EXPECT_EQ(explain["steps"][0]["from"], "2026-01-05T13:00:00Z");
  EXPECT_EQ(explain["all"]["new_trades"], 0.0);
}

}  // namespace
}  // namespace ballast::testing
