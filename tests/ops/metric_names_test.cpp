// The dashboard, the alert rules and the page about operations name metrics that there are.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/metrics/metric_table.hpp"

namespace ballast::metrics {
namespace {

const std::string source_dir = BALLAST_SOURCE_DIR;

std::string text_of(const std::string& path) {
  std::ifstream file(source_dir + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

/// The names that a query may use: a histogram's parts, too.
std::set<std::string> queried_names() {
  std::set<std::string> names;
  for (const MetricInfo& info : metric_table()) {
    const std::string name(info.name);
    const bool parts = info.kind == Kind::histogram || info.kind == Kind::summary;
    if (info.kind != Kind::histogram) names.insert(name);
    if (info.kind == Kind::histogram) names.insert(name + "_bucket");
    if (parts) names.insert({name + "_sum", name + "_count"});
  }
  return names;
}

/// Every metric of ours that the text names.
std::set<std::string> named_in(const std::string& text) {
  static const std::regex name("\\b(?:ballast|process)_[a-z0-9_]+");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), std::sregex_token_iterator()};
}

/// Label matchers' names, and labels that results are grouped by.
std::set<std::string> labels_in(const std::string& query) {
  static const std::regex matcher("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
  std::set<std::string> labels;
  for (std::sregex_iterator it(query.begin(), query.end(), matcher), end; it != end; ++it)
    labels.insert((*it)[1]);
  return labels;
}

std::set<std::string> known_labels() {
  std::set<std::string> labels{"instance", "job", "le", "quantile"};
  for (const MetricInfo& info : metric_table()) {
    std::istringstream words{std::string(info.labels)};
    for (std::string word; std::getline(words >> std::ws, word, ',');)
      labels.insert(word);
  }
  return labels;
}

void expect_known(const std::string& query, const std::string& where) {
  static const std::set<std::string> names = queried_names();
  static const std::set<std::string> labels = known_labels();
  for (const std::string& name : named_in(query))
    EXPECT_TRUE(names.contains(name)) << where << ": there is no metric " << name;
  for (const std::string& label : labels_in(query))
    EXPECT_TRUE(labels.contains(label)) << where << ": no metric has the label " << label;
}

TEST(Dashboard, asks_for_metrics_that_there_are) {
  const auto dashboard = nlohmann::json::parse(text_of("ops/grafana/ballast.json"));
  std::set<int> ids;
  std::size_t queries = 0;
  for (const auto& panel : dashboard.at("panels")) {
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << panel.at("title");
    const auto& place = panel.at("gridPos");
    EXPECT_LE(place.at("x").get<int>() + place.at("w").get<int>(), 24) << panel.at("title");
    if (panel.at("type") == "row") continue;
    EXPECT_FALSE(panel.at("description").get<std::string>().empty()) << panel.at("title");
    ASSERT_FALSE(panel.at("targets").empty()) << panel.at("title");
    for (const auto& target : panel.at("targets")) {
      const auto query = target.at("expr").get<std::string>();
      EXPECT_FALSE(named_in(query).empty()) << query;
      expect_known(query, panel.at("title"));
      ++queries;
    }
  }
  EXPECT_GT(queries, 40U);
  for (const auto& variable : dashboard.at("templating").at("list")) {
    if (variable.at("type") == "query")
      expect_known(variable.at("definition"), variable.at("name"));
  }
}

TEST(AlertRules, watch_metrics_that_there_are) {
  const std::string rules = text_of("ops/prometheus/ballast.rules.yml");
  std::istringstream lines(rules);
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("expr: ");
    if (at == std::string::npos) continue;
    expect_known(line.substr(at + 6), line);
    ++found;
  }
  EXPECT_GT(found, 15U);
}

TEST(OperationsPage, has_each_metric_as_it_is) {
  const std::string page = text_of("docs/operations.md");
  std::string table;
  for (const MetricInfo& info : metric_table()) {
    std::string labels;
    std::istringstream words{std::string(info.labels)};
    for (std::string word; std::getline(words >> std::ws, word, ',');)
      labels += (labels.empty() ? "`" : ", `") + word + "`";
    table += "| `" + std::string(info.name) + "` | " + std::string(to_string(info.kind)) + " | " +
             labels + " | " + std::string(info.help) + " |\n";
  }
  EXPECT_NE(page.find("| --- | --- | --- | --- |\n" + table), std::string::npos)
      << "the table of metrics should be:\n"
      << table;
}

TEST(OperationsPage, names_metrics_that_there_are) {
  const std::set<std::string> names = queried_names();
  for (const std::string& name : named_in(text_of("docs/operations.md"))) {
    const bool whole = std::any_of(metric_table().begin(), metric_table().end(),
                                   [&](const MetricInfo& info) { return info.name == name; });
    EXPECT_TRUE(whole || names.contains(name)) << name;
  }
}

}  // namespace
}  // namespace ballast::metrics
