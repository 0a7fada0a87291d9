// The report of a desk with margin: what each form adds, and that others are as they were.
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/report/margin_sheets.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"

namespace ballast {
namespace {

constexpr const char* hostile_name = "<b>sub&";

MarginView portfolio_in_coin() {
  MarginView view;
  view.venue = "deribit";
  view.account = "main";
  view.currency = "BTC";
  view.model = "portfolio";
  view.coins = {"BTC"};
  view.as_of = sample::noon_plus(100);
  view.state = MarginState::covered;
  view.figures = MarginFigures{.equity = 2.0,
                               .initial = 0.5,
                               .maintenance = 0.4,
                               .free = 1.5,
                               .use = 0.25,
                               .free_in_flight = 1.25,
                               .age_seconds = 90.0};
  view.positions = {{"BTC-C", -2.0, {}, {}}};
  CoinMarginView coin{.coin = "BTC", .initial = 0.5, .maintenance = 0.4, .loss = 0.48};
  coin.worst = WorstScenario{-0.16, DeribitVolShock::up, 0.5, false};
  coin.roll_shock = 0.02;
  view.by_coin = {coin};
  return view;
}

MarginView standard_in_quote() {
  MarginView view = portfolio_in_coin();
  view.account = hostile_name;
  view.currency = "USDC";
  view.model = "standard";
  view.coins = {"BTC", "ETH"};
  view.state = MarginState::below_initial;
  view.figures = MarginFigures{
      .equity = 2'000.0, .initial = 2'500.0, .maintenance = 1'250.0, .free = -500.0, .use = 1.25};
  view.positions = {{"ETH-PERP", 30.0, 2'500.0, 1'250.0}};
  view.by_coin.clear();
  return view;
}

MarginView unknown_elsewhere() {
  MarginView view = standard_in_quote();
  view.venue = "other";
  view.account = "main";
  view.state = MarginState::unknown;
  view.unknown_reason = "ETH-C: no volatility is known";
  view.figures.reset();
  view.positions.clear();
  return view;
}

Report margined_report() {
  Report report = sample::worked_example();
  report.margins = {portfolio_in_coin(), standard_in_quote(), unknown_elsewhere()};
  return report;
}

TEST(MarginInReport, stands_in_the_json_behind_what_was_there) {
  const auto json = nlohmann::json::parse(render_json(margined_report()));
  const auto plain = nlohmann::json::parse(render_json(sample::worked_example()));
  EXPECT_FALSE(plain.contains("margins"));
  for (const auto& [key, value] : plain.items())
    EXPECT_EQ(json[key], value) << key;
  ASSERT_EQ(json["margins"].size(), 3U);
  const auto& coin = json["margins"][0];
  EXPECT_EQ(coin["state"], "covered");
  EXPECT_EQ(coin["use"], 0.25);
  EXPECT_EQ(coin["free_in_flight"], 1.25);
  EXPECT_TRUE(coin["positions"][0]["initial"].is_null());
  EXPECT_EQ(
      coin["by_coin"][0]["worst"],
      nlohmann::json::parse(R"({"price_move":-0.16,"vol":"up","vol_move":0.5,"extended":false})"));
  const auto& unknown = json["margins"][2];
  EXPECT_EQ(unknown["state"], "unknown");
  EXPECT_EQ(unknown["unknown_reason"], "ETH-C: no volatility is known");
  EXPECT_TRUE(unknown["equity"].is_null());
}

TEST(MarginInReport, adds_columns_to_the_csv_of_the_coins_factor) {
  const std::string csv = render_csv(margined_report());
  const std::string plain = render_csv(sample::worked_example());
  EXPECT_EQ(csv.substr(0, csv.find('\n')),
            plain.substr(0, plain.find('\n')) +
                ",margin_equity,margin_initial,margin_maintenance,margin_use,margin_free");
  EXPECT_NE(csv.find(",deribit/main BTC=0.25;deribit/<b>sub& USDC=1.25;other/main USDC=,"),
            std::string::npos)
      << csv;
  Report book = margined_report();
  book.factors[0].book = "mm";
  EXPECT_NE(render_csv(book).find(",,,,,\n"), std::string::npos) << "an account is of no book";
  Report other = margined_report();
  other.factors[0].factor = "delta:ETH";
  EXPECT_NE(render_csv(other).find(",deribit/<b>sub& USDC=1.25;other/main USDC=,"),
            std::string::npos);
}

TEST(MarginInReport, is_tables_on_a_terminal) {
  const std::string table = render_table(margined_report(), {});
  for (const std::string_view part :
       {"Margin", "25.00 %", "below initial", "1 min 30 s", "Standard margin by position",
        "ETH-PERP", "2,500.00 ", "-500.0000", "Portfolio margin by coin",
        "-16 %, volatility up (+50 %)",
        "the margin of other/main in USDC is unknown: ETH-C: no volatility is known"})
    EXPECT_NE(table.find(part), std::string::npos) << part << "\n" << table;
  EXPECT_EQ(render_table(sample::worked_example(), {}).find("argin"), std::string::npos);
}

TEST(MarginInReport, is_a_section_of_the_page_and_no_name_becomes_markup) {
  const std::string html = render_html(margined_report());
  for (const std::string_view part :
       {"<h2>Margin</h2>", "The margin of other/main in USDC is unknown", "below initial",
        "Portfolio margin by coin", "&lt;b&gt;sub&amp;"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_EQ(html.find("<b>sub"), std::string::npos);
  EXPECT_EQ(render_html(sample::worked_example()).find("<h2>Margin"), std::string::npos);
}

TEST(MarginInReport, tells_the_worst_scenario_in_words) {
  CoinMarginView coin;
  EXPECT_EQ(worst_text(coin), "none");
  coin.worst = WorstScenario{0.04, DeribitVolShock::down, -0.25, false};
  EXPECT_EQ(worst_text(coin), "+4 %, volatility down (-25 %)");
  coin.worst = WorstScenario{0.12, DeribitVolShock::same, 0.0, false};
  EXPECT_EQ(worst_text(coin), "+12 %, volatility the same");
}

}  // namespace
}  // namespace ballast
