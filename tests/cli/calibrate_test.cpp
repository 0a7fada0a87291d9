// `ballast calibrate` as its users meet it, and the page that tells of it.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "quant/pricing/heston.hpp"
#include "support/console_page.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

using nlohmann::json;

constexpr HestonParameters made{
    .v0 = 0.30, .kappa = 3.0, .theta = 0.36, .sigma = 1.4, .rho = -0.35};
constexpr std::string_view header =
    "snapshot_utc,exchange,underlying,expiry,strike,type,bid,ask,mark_price,mark_iv,"
    "underlying_price\n";

/// A snapshot of made-up options at the start of a day of February 2026, from known parameters:
/// quotes 2e-5 coin wide.
std::string rows(int day, const HestonParameters& parameters, std::string_view coin = "BTC") {
  std::string text;
  for (const auto& [expiry, days] : {std::pair("2026-02-20", 20.0), std::pair("2026-03-27", 55.0),
                                     std::pair("2026-06-26", 146.0)}) {
    const double years = (days - day + 8.0 / 24.0) / 365.0;
    const double forward = 65000.0;
    for (int i = 0; i <= 14; ++i) {
      const double strike = forward * (0.7 + 0.05 * i);
      const HestonOption option{strike < forward ? OptionRight::put : OptionRight::call, strike};
      std::vector<double> price(1);
      EXPECT_TRUE(
          heston_prices(parameters, {.forward = forward, .years = years}, {&option, 1}, price));
      const double price_coin = price[0] / forward;
      text += fmt::format("2026-02-{:02} 00:00:00,deribit,{},{},{},{},{:.8f},{:.8f},,,{}\n", day,
                          coin, expiry, strike, strike < forward ? "put" : "call",
                          price_coin - 1e-5, price_coin + 1e-5, forward);
    }
  }
  return text;
}

class Calibrate : public ::testing::Test {
 protected:
  Ended run(const std::string& arguments, std::string_view input = {}) const {
    return run_ballast(scratch.path(), "calibrate " + arguments, input);
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
  static std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
      ++found;
    return found;
  }
  /// One snapshot.
  std::string chain() const {
    scratch.write("chain.csv", std::string(header) + rows(1, made));
    return "chain.csv";
  }
  /// Three, in which v0 rises.
  std::string series() const {
    std::string text(header);
    for (int day = 1; day <= 3; ++day) {
      HestonParameters now = made;
      now.v0 += 0.1 * (day - 1);
      text += rows(day, now);
    }
    scratch.write("series.csv", text);
    return "series.csv";
  }

  Scratch scratch;
};

TEST(CalibratePage, every_command_prints_what_the_page_says) {
  EXPECT_GE(run_console_blocks(read_page("calibrate.md")), 4U);
}

TEST_F(Calibrate, recovers_the_parameters_that_a_chain_was_made_from) {
  const Ended ended = run("heston " + chain() + " -o json");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json answer = json::parse(ended.out);
  EXPECT_EQ(answer["model"], "heston");
  ASSERT_EQ(answer["calibrations"].size(), 1U);
  const json& fit = answer["calibrations"][0];
  const json& p = fit["heston"]["parameters"];
  EXPECT_NEAR(p["v0"].get<double>(), made.v0, 1e-3);
  EXPECT_NEAR(p["kappa"].get<double>(), made.kappa, 0.05);
  EXPECT_NEAR(p["theta"].get<double>(), made.theta, 0.002);
  EXPECT_NEAR(p["sigma"].get<double>(), made.sigma, 0.02);
  EXPECT_NEAR(p["rho"].get<double>(), made.rho, 0.005);
  EXPECT_EQ(fit["two_sided"], 45);
  EXPECT_EQ(fit["expiries"].size(), 3U);
  EXPECT_EQ(fit["expiries"][0]["quotes"].size(), 15U);
  EXPECT_EQ(fit["heston"]["searches"].size(), 5U);
  EXPECT_TRUE(fit["heston"]["at_bound"].empty());
  EXPECT_LT(fit["rmse_vol"].get<double>(), 1e-3);
}

TEST_F(Calibrate, holds_feller_s_condition_where_it_is_asked_to) {
  const Ended ended = run("heston " + chain() + " --feller --starts 2 -o json");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json heston = json::parse(ended.out)["calibrations"][0]["heston"];
  EXPECT_EQ(heston["searches"].size(), 2U);
  const json& p = heston["parameters"];
  EXPECT_LE(p["sigma"].get<double>() * p["sigma"].get<double>(),
            2.0 * p["kappa"].get<double>() * p["theta"].get<double>());
  EXPECT_TRUE(heston["feller_holds"].get<bool>());
}

TEST_F(Calibrate, fits_a_smile_an_expiry_without_arbitrage) {
  const Ended ended = run("svi " + chain() + " -o json");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json fit = json::parse(ended.out)["calibrations"][0];
  EXPECT_TRUE(fit["is_free"].get<bool>());
  EXPECT_LT(fit["rmse_vol"].get<double>(), 0.003);
  for (const json& expiry : fit["expiries"]) {
    EXPECT_TRUE(expiry["svi"]["butterfly_free"].get<bool>());
    EXPECT_TRUE(expiry["why_not_fitted"].is_null());
  }
  EXPECT_LT(fit["ssvi"]["rho"].get<double>(), 0.0);
  const Ended one = run("svi chain.csv --expiry 2026-03-27 -o csv");
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(count(one.out, "\n"), 2U) << one.out;
  EXPECT_TRUE(has(one.out, ",2026-03-27T08:00:00Z,"));
}

TEST_F(Calibrate, follows_snapshots_in_order_and_compares_each_with_the_last) {
  const Ended ended = run("heston " + series() + " -o json");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json fits = json::parse(ended.out)["calibrations"];
  ASSERT_EQ(fits.size(), 3U);
  EXPECT_TRUE(fits[0]["heston"]["previous"].is_null());
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(fits[i]["heston"]["searches"].size(), 2U) << "the last and one of the quotes";
    EXPECT_NEAR(fits[i]["heston"]["previous"]["change"]["v0"].get<double>(), 0.1, 0.01);
  }
  const Ended table = run("heston series.csv");
  EXPECT_TRUE(has(table.out, "Heston of 3 snapshots\n")) << table.out;
  EXPECT_TRUE(has(table.out, "2026-02-03 00:00:00  BTC"));
  EXPECT_EQ(count(run("heston series.csv -o csv").out, "\n"), 4U);
  const Ended one = run("heston series.csv --at 2026-02-02T12:00:00Z");
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_TRUE(one.out.starts_with("BTC options at 2026-02-02 00:00:00 UTC\n")) << one.out;
}

TEST_F(Calibrate, compares_with_a_calibration_of_before) {
  series();
  for (const std::string model : {"heston", "svi"}) {
    const Ended before =
        run(model + " series.csv --at 2026-02-01T00:00:00Z -o json --out before.json");
    ASSERT_EQ(before.code, 0) << before.err;
    const Ended after =
        run(model + " series.csv --at 2026-02-02T00:00:00Z --previous before.json -o json");
    ASSERT_EQ(after.code, 0) << after.err;
    const json fit = json::parse(after.out)["calibrations"][0];
    if (model == "heston") {
      EXPECT_NEAR(fit["heston"]["previous"]["change"]["v0"].get<double>(), 0.1, 0.01);
      EXPECT_GT(fit["heston"]["previous"]["rmse_vol"].get<double>(), 0.01);
    } else {
      EXPECT_GT(fit["expiries"][0]["previous_rmse_vol"].get<double>(), 0.01);
    }
  }
  const Ended other = run("heston series.csv --previous before.json");
  EXPECT_EQ(other.code, 1);
  EXPECT_EQ(other.err, "ballast: before.json: it is a calibration of \"svi\", not of heston\n");
  scratch.write("none.json", "{}");
  EXPECT_TRUE(has(run("heston series.csv --previous none.json").err,
                  "none.json: it is not what calibrate -o json writes"));
  EXPECT_TRUE(has(run("heston series.csv --previous nowhere.json").err, "nowhere.json"));
}

TEST_F(Calibrate, draws_a_page_with_a_chart_an_expiry) {
  const Ended ended = run("heston " + chain() + " --html page.html");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::string page = scratch.read("page.html");
  EXPECT_EQ(count(page, R"(<svg class="smile" viewBox="0 0 380 230")"), 3U);
  EXPECT_EQ(count(page, R"(class="market" d="M)"), 45U + 1U) << "a bar a quote, and the key";
  EXPECT_TRUE(has(page, "prefers-color-scheme:dark"));
  EXPECT_FALSE(has(page, "nan"));
  EXPECT_FALSE(has(page, "<script"));
  ASSERT_EQ(run("svi " + series() + " --html series.html").code, 0);
  const std::string many = scratch.read("series.html");
  EXPECT_TRUE(has(many, "3 snapshots, 2026-02-01 00:00:00 to 2026-02-03 00:00:00 UTC"));
  EXPECT_EQ(count(many, R"(<figure class="series">)"), 3U);
}

TEST_F(Calibrate, refuses_bad_lines_lists_them_and_goes_on) {
  scratch.write("chain.csv",
                std::string(header) + rows(1, made) +
                    "2026-02-01 00:00:00,deribit,BTC,2026-02-20,1,call,nan,0.9,,,65000\n"
                    "2026-02-01 00:00:00,deribit,BTC,2026-02-20,2,call,-0.1,0.9,,,65000\n"
                    "2026-02-01 00:00:00,deribit,BTC,2026-02-20,90000,call,0.9,0.1,,,65000\n"
                    "2026-02-01 00:00:00,deribit,BTC,2026-01-30,90000,call,0.1,0.2,,,65000\n");
  const Ended ended = run("svi chain.csv -o json");
  EXPECT_EQ(ended.code, 5);
  EXPECT_TRUE(has(ended.err, "ballast: chain.csv:47: column 7 (bid): \"nan\" is not a finite"))
      << ended.err;
  EXPECT_TRUE(has(ended.err, "ballast: chain.csv:48: column 7 (bid): \"-0.1\" is negative\n"));
  EXPECT_TRUE(has(ended.err, "ballast: 2 of 49 lines were refused\n"));
  const json fit = json::parse(ended.out)["calibrations"][0];
  EXPECT_EQ(fit["expired"], 1);
  EXPECT_EQ(fit["expiries"][0]["not_used"]["crossed"], 1);
  EXPECT_EQ(fit["two_sided"], 45);
}

TEST_F(Calibrate, says_what_is_wrong_and_what_to_do) {
  chain();
  scratch.write("two.csv", std::string(header) + rows(1, made) + rows(1, made, "ETH"));
  scratch.write("few.csv", std::string(header) + rows(1, made).substr(0, 150));
  scratch.write("other.csv", "t,price\n1,2\n");
  struct Mistake {
    const char* arguments;
    int code;
    std::string_view says;
  };
  for (const Mistake& mistake : {
           Mistake{"", 2, "MODEL is required"},
           Mistake{"sabr chain.csv", 2, "sabr not in {heston,svi}"},
           Mistake{"heston nowhere.csv", 1, "nowhere.csv"},
           Mistake{"heston other.csv", 1, "other.csv:1: this is no header of an option chain"},
           Mistake{"heston two.csv", 2,
                   "there are options on BTC, ETH: choose one by --underlying"},
           Mistake{"heston two.csv --underlying SOL", 2,
                   "there are no options on SOL, but on BTC, ETH"},
           Mistake{"heston chain.csv --at 2026-01-01T00:00:00Z", 2,
                   "no snapshot is as early as 2026-01-01T00:00:00Z: the first is of 2026-02-01"},
           Mistake{"svi chain.csv --expiry 2027-01-01", 2, "nothing expires on 2027-01-01"},
           Mistake{"svi chain.csv --starts 3", 2, "--starts and --min-days are of heston"},
           Mistake{"heston chain.csv --starts 0", 2, "--starts"},
           Mistake{"heston few.csv", 1, "do not determine five parameters"},
           Mistake{"svi few.csv", 1, "no expiry can be fitted (2026-02-20T08:00:00Z: "},
           Mistake{"heston chain.csv --html - ", 2, "would both go to standard output"},
       }) {
    const Ended ended = run(mistake.arguments);
    EXPECT_EQ(ended.code, mistake.code) << mistake.arguments << "\n" << ended.err;
    EXPECT_TRUE(has(ended.err, mistake.says)) << mistake.arguments << "\n" << ended.err;
    EXPECT_EQ(ended.out, "") << mistake.arguments;
  }
  EXPECT_EQ(run("heston two.csv --underlying ETH --starts 1").code, 0);
}

}  // namespace
}  // namespace ballast::testing
