#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/report/golden.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"
#include "base/rng.hpp"
#include "json/json_writer.hpp"

namespace ballast {
namespace {

void expect_golden(const std::string& name, const std::string& text) {
  EXPECT_EQ(text, golden(name, text)) << "if the change is meant, review it after UPDATE_GOLDEN=1";
}

using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items())
    names.push_back(item.key());
  return names;
}

TEST(ReportJson, the_worked_example_reads_as_the_formats_page_shows_it) {
  expect_golden("worked_example.json", render_json(sample::worked_example()));
}

TEST(ReportJson, standard_fields_come_first_and_in_order) {
  const Json report = Json::parse(render_json(sample::everything()));
  const std::vector<std::string> standard{"desk",    "from",    "to",        "adherence",
                                          "weights", "factors", "positions", "balances",
                                          "alerts",  "events",  "digest"};
  const auto names = keys(report);
  ASSERT_GT(names.size(), standard.size());
  EXPECT_TRUE(std::equal(standard.begin(), standard.end(), names.begin()));

  const std::vector<std::string> factor{"factor",
                                        "book",
                                        "unit",
                                        "actual",
                                        "target",
                                        "band",
                                        "limit",
                                        "deviation",
                                        "z",
                                        "state",
                                        "known_seconds",
                                        "unknown_fraction",
                                        "adherence",
                                        "time_in_band",
                                        "time_above",
                                        "time_below",
                                        "time_past_limit",
                                        "bias",
                                        "rms_z",
                                        "max_abs_z",
                                        "iae",
                                        "ise",
                                        "excursions",
                                        "half_life_seconds",
                                        "deviation_pnl",
                                        "effectiveness",
                                        "minimum_variance_index",
                                        "out_of_band_seconds_by_cause"};
  const auto factor_names = keys(report["factors"][0]);
  ASSERT_GT(factor_names.size(), factor.size());
  EXPECT_TRUE(std::equal(factor.begin(), factor.end(), factor_names.begin()));

  const std::vector<std::string> position{
      "venue",         "account",      "book",           "instrument", "qty",
      "average_price", "realized_pnl", "unrealized_pnl", "fees",       "funding"};
  const auto position_names = keys(report["positions"][0]);
  EXPECT_TRUE(std::equal(position.begin(), position.end(), position_names.begin()));

  const std::vector<std::string> alert{"id",       "rule",  "factor", "episode",
                                       "severity", "state", "since"};
  const auto alert_names = keys(report["alerts"][0]);
  EXPECT_TRUE(std::equal(alert.begin(), alert.end(), alert_names.begin()));
}

TEST(ReportJson, decimals_are_exact_strings_and_figures_the_same_doubles) {
  const Report report = sample::everything();
  const Json json = Json::parse(render_json(report));
  const Json& factor = json["factors"][0];
  const FactorReport& f = report.factors[0];
  EXPECT_EQ(factor["rms_z"].get<double>(), *f.rms_z);
  EXPECT_EQ(factor["effectiveness"].get<double>(), *f.effectiveness);
  EXPECT_EQ(factor["skew"].get<double>(), *f.skew);
  EXPECT_EQ(factor["band"], Json({"2", "4"}));
  EXPECT_EQ(factor["deviation_pnl"], "-987.65");
  EXPECT_EQ(factor["minimum_variance_index"].get<double>(), 0.42);
  EXPECT_EQ(factor["minimum_variance"]["samples"], 4000);
  EXPECT_EQ(factor["pnl"]["total"], "543");
  EXPECT_EQ(factor["excursions"]["open_seconds"].get<double>(), 20.0);
  EXPECT_EQ(factor["excursion_list"][1]["to"], nullptr);
  EXPECT_EQ(json["positions"][1]["realized_pnl"], "-0.123456789012345678");
  EXPECT_EQ(json["positions"][1]["unrealized_pnl"], "0.000000000000000001");
  EXPECT_EQ(json["balances"][1]["qty"], "0.333333333333333333");
  EXPECT_EQ(json["from"], "2026-01-05T12:00:00Z");
  EXPECT_EQ(json["alerts"][0]["fired"], "2026-01-05T12:00:25Z");
  EXPECT_EQ(json["objectives"][0]["burn_rates"]["5m"], nullptr);
  EXPECT_EQ(json["breaks"][1]["candidates"].size(), 2U);
  EXPECT_EQ(json["in_flight"][0]["overdue"], true);
  EXPECT_EQ(json["net_asset_value"], "3850000");
  EXPECT_EQ(json["events"]["refused"], 3);
}

TEST(ReportJson, names_come_back_as_they_were) {
  const Report report = sample::everything();
  const Json json = Json::parse(render_json(report));
  EXPECT_EQ(json["desk"], report.desk);
  EXPECT_EQ(json["refusals"][0], report.refusals[0]);
  EXPECT_EQ(json["weights"][report.weights[1].first].get<double>(), 0.25);
}

TEST(ReportJson, what_does_not_exist_is_null_and_never_not_a_number) {
  const std::string text = render_json(sample::nothing());
  const Json json = Json::parse(text);
  for (const char* name : {"actual", "target", "band", "limit", "deviation", "z", "adherence",
                           "ise", "half_life_seconds", "deviation_pnl", "effectiveness",
                           "minimum_variance_index", "minimum_variance", "pnl", "unknown_reason"}) {
    EXPECT_TRUE(json["factors"][0][name].is_null()) << name;
  }
  EXPECT_TRUE(json["adherence"].is_null());
  EXPECT_TRUE(json["factors"][0]["excursions"]["open_seconds"].is_null());
  EXPECT_TRUE(json["positions"][0]["average_price"].is_null());
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

TEST(ReportJson, any_double_reads_back_as_itself_and_looks_like_one) {
  Rng rng(20260105);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = rng.next();
    double value = 0.0;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = shortest_text(value);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text << " from seed 20260105";
    ASSERT_NE(text.find_first_of(".e"), std::string::npos) << text;
  }
  EXPECT_EQ(shortest_text(100.0), "100.0");
  EXPECT_EQ(shortest_text(0.1), "0.1");
  EXPECT_EQ(shortest_text(1.0 / 3.0), "0.3333333333333333");
}

TEST(ReportJson, control_characters_in_names_are_escaped) {
  JsonWriter out;
  out.begin_array(JsonWriter::Layout::inline_);
  out.value("a\nb\t\"\\\x01");
  out.end_array();
  EXPECT_EQ(out.take(), "[\"a\\nb\\t\\\"\\\\\\u0001\"]\n");
}

TEST(ReportJson, windows_are_one_row_each_with_the_report_s_figures) {
  const auto rows = sample::windows();
  const Json json = Json::parse(render_windows_json(rows));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["factor"], "delta:BTC");
  EXPECT_EQ(json[0]["from"], "2026-01-05T12:00:00Z");
  EXPECT_EQ(json[0]["to"], "2026-01-05T12:01:40Z");
  const Json report = Json::parse(render_json(sample::worked_example()));
  for (const char* name : {"adherence", "ise", "excursions", "out_of_band_seconds_by_cause"}) {
    EXPECT_EQ(json[0][name], report["factors"][0][name]) << name;
  }
  EXPECT_TRUE(json[1]["adherence"].is_null());
  EXPECT_EQ(render_windows_json({}), "[]\n");
}

}  // namespace
}  // namespace ballast
