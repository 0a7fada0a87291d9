// The report of a desk with options: what each form adds, and that others are as they were.
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/report/option_sheets.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"

namespace ballast {
namespace {

constexpr const char* hostile = "<b>\"BTC\"&";

GreekFigures some_greeks(double scale) {
  return {1000.0 * scale, 0.5 * scale,   0.4 * scale, 0.6 * scale, 0.03 * scale,
          40.0 * scale,   -12.0 * scale, 0.1 * scale, 2.0 * scale};
}

OptionLineView option_line(double strike, OptionRight right, double scale) {
  OptionLineView line;
  line.instrument = hostile;
  line.expiry = sample::noon_plus(20 * 86'400);
  line.strike = strike;
  line.right = right;
  line.contracts = line.coins = scale;
  line.vol = 0.6;
  line.greeks = some_greeks(scale);
  return line;
}

/// Two strikes of one expiry, three steps of profit, four cells, a smile with a quote.
OptionsReport some_options(const std::string& underlying) {
  OptionsReport out;
  const OptionsOf of{underlying, "USDT", "*", sample::noon_plus(100)};
  static_cast<OptionsOf&>(out.greeks) = of;
  out.greeks.lines = {option_line(60'000.0, OptionRight::call, 3.0),
                      option_line(70'000.0, OptionRight::call, -2.0)};
  OptionExpiryView expiry;
  expiry.expiry = out.greeks.lines[0].expiry;
  expiry.state = PricingState::priced;
  expiry.forward = 61'000.0;
  expiry.atm_vol = 0.6;
  expiry.contracts = 5.0;
  expiry.total = some_greeks(1.0);
  out.greeks.expiries = {expiry};
  out.greeks.total = some_greeks(1.0);

  static_cast<OptionsOf&>(out.explain) = of;
  out.explain.all = {.delta = 100.0,
                     .gamma = 20.0,
                     .vega = -300.0,
                     .theta = -40.0,
                     .vanna = 5.0,
                     .volga = 6.0,
                     .new_trades = 7.0,
                     .unexplained = -0.5};
  out.explain.open = PnlExplain{.delta = 1.0};
  out.explain.unknown_seconds = 90.0;

  static_cast<OptionsOf&>(out.scenarios) = of;
  out.scenarios.spot = {-0.1, 0.1};
  out.scenarios.vol = {0.0, 0.1};
  out.scenarios.days = {0.0};
  out.scenarios.delta_target = ScenarioTarget{"delta:BTC", {0.0, -1.0, 1.0}};
  out.scenarios.cells = {{-500.0, -2.0, 0.1, 40.0, -12.0, BandSide::below},
                         {600.0, 0.5, 0.1, 40.0, -12.0, BandSide::inside},
                         {-400.0, -0.5, 0.1, 40.0, -12.0, BandSide::inside},
                         {700.0, 2.0, 0.1, 40.0, -12.0, BandSide::above}};

  static_cast<OptionsOf&>(out.smile) = of;
  ExpirySmileView smile;
  smile.expiry = expiry.expiry;
  smile.days = 20.0;
  smile.forward = 61'000.0;
  smile.surface_age_seconds = 30.0;
  smile.curve = {{55'000.0, 0.65}, {61'000.0, 0.6}, {70'000.0, 0.62}};
  smile.quotes = {{hostile, 70'000.0, OptionRight::call, 0.61, 0.63, 0.62}};
  out.smile.expiries = {smile};
  return out;
}

Report optional_report(const std::string& underlying = "BTC") {
  Report report = sample::worked_example();
  report.options = {some_options(underlying)};
  return report;
}

std::size_t times_in(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(OptionsInReport, stand_in_the_json_behind_what_was_there) {
  const auto json = nlohmann::json::parse(render_json(optional_report()));
  const auto plain = nlohmann::json::parse(render_json(sample::worked_example()));
  EXPECT_FALSE(plain.contains("options"));
  for (const auto& [key, value] : plain.items())
    EXPECT_EQ(json[key], value) << key;
  const auto& options = json["options"][0];
  EXPECT_EQ(options["explain"]["all"]["total"], -202.5);
  EXPECT_EQ(options["explain"]["open"]["delta"], 1.0);
  EXPECT_EQ(options["greeks"]["lines"][1]["vega"], -80.0);
  EXPECT_EQ(options["scenarios"]["cells"][0]["delta_side"], "below");
  EXPECT_TRUE(options["scenarios"]["cells"][0]["gamma_side"].is_null());
  EXPECT_TRUE(options["scenarios"]["target"]["gamma"].is_null());
  EXPECT_EQ(options["smile"]["expiries"][0]["quotes"][0]["ask_vol"], 0.63);
}

TEST(OptionsInReport, stand_in_the_json_each_under_its_own_name) {
  using nlohmann::json;
  const json options = json::parse(render_json(optional_report()))["options"][0];
  const json& greeks = options["greeks"];
  EXPECT_EQ(greeks["total"], json::parse(R"({"value":1000,"delta":0.5,"delta_net":0.4,
      "delta_equity":0.6,"gamma":0.03,"vega":40,"theta":-12,"vanna":0.1,"volga":2})"));
  EXPECT_EQ(greeks["expiries"][0]["total"], greeks["total"]);
  for (const auto& [name, figure] : greeks["total"].items()) {
    EXPECT_NEAR(greeks["lines"][1][name].get<double>(), -2.0 * figure.get<double>(), 1e-12) << name;
  }
  EXPECT_EQ(options["explain"]["all"],
            json::parse(R"({"delta":100,"gamma":20,"vega":-300,"theta":-40,"vanna":5,"volga":6,
      "new_trades":7,"unexplained":-0.5,"total":-202.5})"));
  EXPECT_EQ(options["scenarios"]["cells"][3],
            json::parse(R"({"pnl":700,"delta":2,"gamma":0.1,"vega":40,"theta":-12,
      "delta_side":"above","gamma_side":null,"vega_side":null})"));
  const json& smile = options["smile"]["expiries"][0];
  EXPECT_EQ(smile["curve"][2], json::parse(R"({"strike":70000,"vol":0.62})"));
  const json& quote = smile["quotes"][0];
  EXPECT_EQ(quote["bid_vol"], 0.61);
  EXPECT_EQ(quote["mark_vol"], 0.62);
}

/// "Strike 60,000" and so on, of a row's cells that are not empty.
std::string titled(const Sheet& sheet, std::size_t row) {
  std::string text;
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    const std::string& cell = sheet.rows.at(row).at(i).text;
    if (!cell.empty()) text += sheet.columns[i].title + " " + cell + "; ";
  }
  return text;
}

TEST(OptionsInReport, have_each_figure_in_its_own_column) {
  Report report = optional_report();
  const Sheet greeks = option_greeks_sheet(report.options[0].greeks);
  ASSERT_EQ(greeks.rows.size(), 4U) << "two lines, their expiry, all";
  EXPECT_EQ(titled(greeks, 0),
            "Expiry (UTC) 2026-01-25 12:00; Strike 60,000; Right call; Contracts 3.0; Vol "
            "60.00 %; Value 3,000.00; Delta 1.5000; Net delta 1.2000; Gamma, 1 % 0.0900; "
            "Vega, point 120.00; Theta, day -36.00; ");
  EXPECT_EQ(titled(greeks, 1),
            "Expiry (UTC) 2026-01-25 12:00; Strike 70,000; Right call; Contracts -2.0; Vol "
            "60.00 %; Value -2,000.00; Delta -1.0000; Net delta -0.8000; Gamma, 1 % -0.0600; "
            "Vega, point -80.00; Theta, day 24.00; ");
  EXPECT_EQ(titled(greeks, 2),
            "Expiry (UTC) 2026-01-25 12:00; Strike all; Contracts 5.0; Vol 60.00 %; Value "
            "1,000.00; Delta 0.5000; Net delta 0.4000; Gamma, 1 % 0.0300; Vega, point 40.00; "
            "Theta, day -12.00; ");
  EXPECT_EQ(titled(greeks, 3),
            "Expiry (UTC) all; Value 1,000.00; Delta 0.5000; Net delta 0.4000; Gamma, 1 % "
            "0.0300; Vega, point 40.00; Theta, day -12.00; ");
  EXPECT_EQ(titled(option_explains_sheet(report), 0),
            "Options on BTC; In USDT; Delta 101.00; Gamma 20.00; Vega -300.00; Theta -40.00; "
            "Vanna 5.00; Volga 6.00; New trades 7.00; Unexplained -0.50; Total -201.50; "
            "Unknown for 1 min 30 s; ");
  ScenarioView& scenarios = report.options[0].scenarios;
  scenarios.days = {0.0, 7.0};
  for (std::size_t i = 0; i < 4; ++i) {
    scenarios.cells.push_back(scenarios.cells[i]);
    scenarios.cells.back().pnl += 1.0;
  }
  const Sheet later = option_scenarios_sheet(scenarios, 1);
  EXPECT_EQ(later.title,
            "Profit in USDT after 7 days, by points of volatility and spot; \u25bc \u25b2 "
            "where delta is below or above its band");
  ASSERT_EQ(later.rows.size(), 2U);
  EXPECT_EQ(titled(later, 0), "Vol +0; -10 % -499 \u25bc; +10 % 601; ");
  EXPECT_EQ(titled(later, 1), "Vol +10; -10 % -399; +10 % 701 \u25b2; ");
}

TEST(OptionsInReport, add_columns_to_the_csv_of_their_delta_factor) {
  const std::string csv = render_csv(optional_report());
  const std::string plain = render_csv(sample::worked_example());
  const std::string head = csv.substr(0, csv.find('\n'));
  const std::string plain_head = plain.substr(0, plain.find('\n'));
  EXPECT_EQ(head, plain_head +
                      ",options_delta,options_gamma,options_vega,options_theta,options_vanna,"
                      "options_volga,options_new_trades,options_unexplained,options_total,"
                      "options_unknown_seconds");
  EXPECT_NE(csv.find(",101.0,20.0,-300.0,-40.0,5.0,6.0,7.0,-0.5,-201.5,90.0\n"), std::string::npos)
      << csv;
  const std::string other = render_csv(optional_report("ETH"));
  EXPECT_NE(other.find(",,,,,,,,,,\n"), std::string::npos) << other;
}

TEST(OptionsInReport, are_tables_on_a_terminal) {
  const std::string table = render_table(optional_report(), {});
  for (const std::string_view part :
       {"Profit and loss of options, by greek", "1 min 30 s", "Options on BTC, in USDT", "60,000",
        "70,000", "-201.50", "Profit in USDT now, by", "-500 \u25bc", "700 \u25b2", "+10 %"})
    EXPECT_NE(table.find(part), std::string::npos) << part << "\n" << table;
  EXPECT_EQ(render_table(sample::worked_example(), {}).find("ptions"), std::string::npos);
}

TEST(OptionsInReport, are_drawn_on_the_page_and_no_name_becomes_markup) {
  const std::string html = render_html(optional_report(hostile));
  const std::string plain = render_html(sample::worked_example());
  const auto more = [&](std::string_view part) {
    return times_in(html, part) - times_in(plain, part);
  };
  EXPECT_EQ(more("<rect class=\"gain\""), 5U + 1U) << "parts above zero, and a vega";
  EXPECT_EQ(more("<rect class=\"loss\""), 4U + 1U) << "parts below, the total, and a vega";
  EXPECT_EQ(html.find("<b>\"BTC"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;"), std::string::npos);
  EXPECT_EQ(times_in(html, "class=\"smile\""), 1U);
  EXPECT_EQ(times_in(html, "<section"), times_in(html, "</section>"));
  EXPECT_EQ(times_in(html, "<svg"), times_in(html, "</svg>"));
  for (const std::string_view part : {">nan", " nan", "http:", "https:", "<script", "url("}) {
    const std::size_t at = html.find(part, html.find("<body>"));
    EXPECT_EQ(at, std::string::npos) << html.substr(std::min(at, html.size() - 40) - 40, 80);
  }
}

TEST(OptionsInReport, say_what_is_unknown) {
  Report report = optional_report();
  OptionsReport& options = report.options[0];
  options.greeks.total.reset();
  options.greeks.unknown_reason = "options of then: no volatility is known";
  options.greeks.expiries[0].total.reset();
  options.greeks.expiries[0].state = PricingState::no_surface;
  for (OptionLineView& line : options.greeks.lines)
    line.greeks.reset();
  options.scenarios.cells.clear();
  options.scenarios.unknown_reason = "no volatility";
  options.smile.expiries[0].forward.reset();
  const std::string html = render_html(report);
  EXPECT_NE(html.find("Unknown: options of then"), std::string::npos);
  EXPECT_NE(html.find("Scenarios are unknown: no volatility"), std::string::npos);
  EXPECT_EQ(html.find("class=\"heat\""), std::string::npos);
  const std::string table = render_table(report, {});
  EXPECT_NE(table.find("Options on BTC are unknown: options of then"), std::string::npos) << table;
}

}  // namespace
}  // namespace ballast
