#include "adapters/metrics/metrics.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/metrics/families.hpp"
#include "adapters/metrics/metric_table.hpp"
#include "adapters/metrics/metrics_test_desk.hpp"

namespace ballast::metrics {
namespace {

using test::desk_of;
using test::SampleRun;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

/// The value of a series; "no series" where there is none.
std::string value_of(const std::string& text, const std::string& series) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "no series";
}

/// label names of every line of a metric
std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("# TYPE ")) names.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  return names;
}

std::string rendered() {
  SampleRun run(desk_of());
  Metrics metrics;
  run.fill(metrics);
  return metrics.render();
}

TEST(Metrics, says_where_each_factor_is) {
  const std::string text = rendered();
  const std::string btc = R"({factor="delta:BTC",book="*")";
  EXPECT_EQ(value_of(text, "ballast_factor_known" + btc + "}"), "1");
  EXPECT_EQ(value_of(text, "ballast_factor_actual" + btc + "}"), "2");
  EXPECT_EQ(value_of(text, "ballast_factor_target" + btc + "}"), "0");
  EXPECT_EQ(value_of(text, "ballast_factor_band" + btc + R"(,bound="lower"})"), "-1");
  EXPECT_EQ(value_of(text, "ballast_factor_band" + btc + R"(,bound="upper"})"), "1");
  EXPECT_EQ(value_of(text, "ballast_factor_limit" + btc + R"(,bound="upper"})"), "4");
  EXPECT_EQ(value_of(text, "ballast_factor_deviation" + btc + "}"), "2");
  EXPECT_EQ(value_of(text, "ballast_factor_z" + btc + "}"), "2");
  EXPECT_EQ(value_of(text, "ballast_factor_skew" + btc + "}"), "0.5");
  EXPECT_EQ(value_of(text, "ballast_factor_known_seconds_total" + btc + "}"), "30");
  EXPECT_EQ(
      value_of(text, "ballast_factor_out_of_band_seconds_total" + btc + R"(,cause="client"})"),
      "30");
  EXPECT_EQ(
      value_of(text, "ballast_factor_out_of_band_seconds_total" + btc + R"(,cause="market"})"),
      "0");
  // alpha = 1 - (2 - 1) / (4 - 1) ever since
  EXPECT_EQ(
      value_of(text, "ballast_factor_adherence_ratio" + btc + R"(,window="5m"})").substr(0, 6),
      "0.6666");
  EXPECT_EQ(value_of(text, R"(ballast_desk_adherence_ratio{window="5m"})").substr(0, 6), "0.6666");
}

TEST(Metrics, gives_no_figure_of_what_is_unknown) {
  const std::string text = rendered();
  const std::string eth = R"({factor="delta:ETH",book="*"})";
  EXPECT_EQ(value_of(text, "ballast_factor_known" + eth), "0");
  for (const char* figure : {"actual", "target", "deviation", "z", "skew"})
    EXPECT_EQ(value_of(text, std::string("ballast_factor_") + figure + eth), "no series") << figure;
  EXPECT_EQ(value_of(text, "ballast_factor_known_seconds_total" + eth), "0");
  EXPECT_EQ(value_of(text, R"(ballast_feed_age_seconds{venue="kraken"})"), "no series");
  EXPECT_EQ(value_of(text, R"(ballast_feed_silent{venue="kraken"})"), "1");
}

TEST(Metrics, says_what_the_desk_does) {
  const std::string text = rendered();
  EXPECT_EQ(value_of(text, R"(ballast_alerts{severity="warning",state="firing"})"), "1");
  EXPECT_EQ(value_of(text, R"(ballast_alerts{severity="critical",state="firing"})"), "1");  // kill
  EXPECT_EQ(value_of(text, R"(ballast_alert_transitions_total{severity="warning",state="firing"})"),
            "1");
  EXPECT_EQ(value_of(text, R"(ballast_kill_switches{scope="venue"})"), "1");
  EXPECT_EQ(value_of(text, R"(ballast_kill_switches{scope="desk"})"), "0");
  EXPECT_EQ(value_of(text, R"(ballast_events_total{outcome="applied"})"), "4");
  EXPECT_EQ(value_of(text, R"(ballast_events_total{outcome="conflated"})"), "9");
  EXPECT_EQ(value_of(text, "ballast_journal_last_seq"), "44");
  EXPECT_EQ(value_of(text, "ballast_journal_durable_seq"), "43");
  EXPECT_EQ(value_of(text, R"(ballast_journal_commit_seconds_bucket{le="0.0025"})"), "0");
  EXPECT_EQ(value_of(text, R"(ballast_journal_commit_seconds_bucket{le="0.005"})"), "1");
  EXPECT_EQ(value_of(text, R"(ballast_journal_commit_seconds_bucket{le="+Inf"})"), "1");
  EXPECT_EQ(value_of(text, "ballast_step_seconds_count"), "4");
  EXPECT_EQ(value_of(text, R"(ballast_feed_gaps_total{venue="binance"})"), "2");
  EXPECT_EQ(value_of(text, R"(ballast_feed_age_seconds{venue="binance"})"), "0.25");
  EXPECT_EQ(value_of(text, R"(ballast_http_requests_total{method="GET",)"
                           R"(route="/api/v1/targets/{key}",status="200",role="viewer"})"),
            "1");
  EXPECT_EQ(value_of(text, R"(ballast_sink_failing{sink="pager"})"), "1");
  EXPECT_EQ(value_of(text, "ballast_stream_dropped_total"), "1");
}

TEST(Metrics, counts_the_process_itself) {
  const std::string text = rendered();
  EXPECT_GT(std::stod(value_of(text, "process_resident_memory_bytes")), 1e6);
  EXPECT_GE(std::stod(value_of(text, "process_open_fds")), 3.0);
  EXPECT_GE(std::stod(value_of(text, "process_threads")), 1.0);
  EXPECT_GT(std::stod(value_of(text, "process_start_time_seconds")), 1.7e9);
}

TEST(Metrics, are_those_of_the_table) {
  std::set<std::string> listed;
  for (const MetricInfo& info : metric_table()) {
    EXPECT_TRUE(listed.emplace(info.name).second) << info.name << " stands twice";
    EXPECT_TRUE(info.help.ends_with(".")) << info.name;
  }
  EXPECT_EQ(names_in(rendered()), listed);
}

/// `series` of "name{a="x",b="y"} 1" as "a, b", without what histograms and summaries add.
std::string labels_of(const std::string& line) {
  std::string labels;
  const std::size_t open = line.find('{');
  if (open == std::string::npos || open > line.find(' ')) return labels;
  bool quoted = false;
  std::string name;
  for (std::size_t i = open + 1; quoted || line[i] != '}'; ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (line[i] == '=') {
      if (name != "le" && name != "quantile") labels += (labels.empty() ? "" : ", ") + name;
      name.clear();
    } else if (line[i] != ',' && line[i] != '"') {
      name += line[i];
    }
  }
  return labels;
}

TEST(Metrics, bear_the_labels_that_the_table_says) {
  std::string name;
  for (const std::string& line : lines_of(rendered())) {
    if (line.starts_with("# TYPE ")) name = line.substr(7, line.find(' ', 7) - 7);
    if (line.starts_with("#")) continue;
    const auto table = metric_table();
    const auto info = std::find_if(table.begin(), table.end(),
                                   [&](const MetricInfo& item) { return item.name == name; });
    ASSERT_NE(info, table.end()) << line;
    EXPECT_EQ(labels_of(line), info->labels) << line;
  }
}

TEST(Metrics, escape_the_values_of_labels) {
  Desk desk = desk_of();
  desk.factors[0].name = "a\"b\\c\nd";
  SampleRun run(desk);
  Metrics metrics;
  run.fill(metrics);
  EXPECT_EQ(value_of(metrics.render(), R"(ballast_factor_known{factor="a\"b\\c\nd",book="*"})"),
            "1");
}

TEST(Metrics, sum_up_what_is_beyond_a_cap) {
  SampleRun run(desk_of(3));
  MetricsOptions options;
  options.factors_max = 1;
  options.venues_max = 1;
  options.routes_max = 2;
  options.sinks_max = 1;
  Metrics metrics(options);
  run.fill(metrics);
  metrics.ask_sinks([] {
    return std::vector{SinkFigures{"a", 1, 10, 1, false}, SinkFigures{"b", 1, 20, 2, false},
                       SinkFigures{"c", 1, 30, 3, false}};
  });
  for (const char* route : {"/b", "/c", "/d", "/d"})
    metrics.count(HttpAnswer{"GET", route, 404, "", 0.001});
  const std::string text = metrics.render();
  EXPECT_EQ(value_of(text, R"(ballast_metrics_capped{label="factor"})"), "4");
  EXPECT_EQ(value_of(text, R"(ballast_factor_known{factor="delta:ETH",book="*"})"), "no series");
  // Three flat books were known and in band for 30 s each; delta:ETH never.
  EXPECT_EQ(value_of(text, R"(ballast_factor_known_seconds_total{factor="other",book="other"})"),
            "90");
  EXPECT_EQ(value_of(text, R"(ballast_metrics_capped{label="venue"})"), "1");
  EXPECT_EQ(value_of(text, R"(ballast_feed_gaps_total{venue="other"})"), "0");
  EXPECT_EQ(value_of(text, R"(ballast_metrics_capped{label="route"})"), "2");
  EXPECT_EQ(value_of(text, R"(ballast_http_requests_total{method="GET",route="other",)"
                           R"(status="404",role="none"})"),
            "3");
  EXPECT_EQ(value_of(text, R"(ballast_metrics_capped{label="sink"})"), "2");
  EXPECT_EQ(value_of(text, R"(ballast_sink_delivered_total{sink="other"})"), "50");
}

TEST(Metrics, bound_what_a_request_may_name) {
  Metrics metrics;
  for (int i = 0; i < 2000; ++i) {
    const std::string odd = "X" + std::to_string(i);
    metrics.count(HttpAnswer{odd, odd, 1000 + i, odd, 0.001});
  }
  const auto lines = lines_of(metrics.render());
  const auto series = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("ballast_http_requests_total{");
  });
  EXPECT_EQ(series, 201);  // routes_max and `other`
}

TEST(Metrics, are_copied_no_more_often_than_asked) {
  SampleRun run(desk_of());
  MetricsOptions lazy;
  lazy.copy_every = Duration::hours(1);
  Metrics seldom(lazy);
  EXPECT_TRUE(seldom.copy_due());
  run.fill(seldom);
  EXPECT_FALSE(seldom.copy_due());
  MetricsOptions eager;
  eager.copy_every = {};
  Metrics often(eager);
  run.fill(often);
  EXPECT_TRUE(often.copy_due());
}

TEST(Metrics, follow_a_new_configuration) {
  SampleRun before(desk_of());
  Metrics metrics;
  before.fill(metrics);
  Desk desk = desk_of(1);
  desk.factors[1].book = "renamed";
  SampleRun after(desk);
  metrics.forget_names();
  metrics.copy(after.engine, after.live, after.venues);
  const std::string text = metrics.render();
  EXPECT_EQ(value_of(text, R"(ballast_factor_known{factor="delta:ETH",book="renamed"})"), "0");
  EXPECT_EQ(value_of(text, R"(ballast_factor_known{factor="delta:ETH",book="*"})"), "no series");
  EXPECT_EQ(value_of(text, R"(ballast_factor_known{factor="delta:BTC",book="book0"})"), "1");
}

TEST(Metrics, can_be_rendered_while_the_desk_goes_on) {
  SampleRun run(desk_of(20));
  MetricsOptions options;
  options.copy_every = options.adherence_every = {};
  Metrics metrics(options);
  run.fill(metrics);
  std::thread desk([&] {
    for (int i = 0; i < 200; ++i) {
      metrics.count(run.effects, 0.001);
      metrics.copy(run.engine, run.live, run.venues);
      if (i % 50 == 0) metrics.forget_names();
    }
  });
  std::thread http([&] {
    for (int i = 0; i < 200; ++i)
      metrics.count(HttpAnswer{"GET", "/metrics", 200, "metrics", 0.001});
  });
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(metrics.render().empty());
  desk.join();
  http.join();
  const std::string text = metrics.render();
  EXPECT_EQ(value_of(text, "ballast_journal_commit_seconds_count"), "201");
  EXPECT_EQ(value_of(text, R"(ballast_http_requests_total{method="GET",route="/metrics",)"
                           R"(status="200",role="metrics"})"),
            "200");
}

TEST(Metrics, say_how_old_the_figures_are) {
  Metrics metrics;
  EXPECT_EQ(value_of(metrics.render(), "ballast_desk_figures_age_seconds"), "no series");
  SampleRun run(desk_of());
  run.fill(metrics);
  EXPECT_GE(std::stod(value_of(metrics.render(), "ballast_desk_figures_age_seconds")), 0.0);
}

}  // namespace
}  // namespace ballast::metrics
