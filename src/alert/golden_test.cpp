// Scenarios a trader can read: tests/golden/alerts/*.txt. Each line that happens is run, and what
// the alerts answer is written below it; the file must come out as it is. UPDATE_GOLDEN=1 rewrites
// it.
//
//   rule NAME on FACTOR|desk when MEASURE OP NUMBER [over WINDOW] [for D] [clear N] [repeat D]
//   [SEVERITY] objective NAME on FACTOR MEASURE >= GOAL notifications N a minute; 10 unless said at
//   TIME FACTOR|desk MEASURE [WINDOW] NUMBER|unknown at TIME acknowledge RULE FACTOR|desk at TIME
//   shelve RULE until TIME at TIME                                       nothing but the time
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alert/alerts.hpp"
#include "alert/scripted_readings_test.hpp"

namespace ballast {
namespace {

const std::string folder = BALLAST_SOURCE_DIR "/tests/golden/alerts";

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw std::runtime_error(fmt::format("unknown word {}", name));
  return static_cast<std::size_t>(found - names.begin());
}

Window window_of(std::string_view name) {
  for (std::size_t i = 0; i < window_infos.size(); ++i) {
    if (window_infos[i].name == name) return static_cast<Window>(i);
  }
  throw std::runtime_error(fmt::format("unknown window {}", name));
}

Timestamp time_of(std::string_view clock) {
  return parse_timestamp(fmt::format("2024-08-09T{}Z", clock)).value();
}
std::string clock_of(Timestamp t) { return to_string(t).substr(11, to_string(t).size() - 12); }

class Scenario {
 public:
  /// The file as it must be.
  std::string run(std::istream& file) {
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string verb;
      words >> verb;
      if (verb == "expect") continue;  // written anew
      out_ += line + "\n";
      if (verb == "rule") rule(words);
      if (verb == "objective") objective(words);
      if (verb == "notifications") words >> desk_.notifications_per_minute;
      if (verb == "at") happen(words);
    }
    return out_;
  }

 private:
  FactorId factor(const std::string& name) {
    if (name == "desk") return FactorId{};
    if (const FactorId known = desk_.find_factor(name, "*"); known.valid()) return known;
    FactorConfig config;
    config.name = name;
    desk_.factors.push_back(config);
    return FactorId{desk_.factors.size() - 1};
  }

  void rule(std::istringstream& words) {
    RuleConfig rule;
    std::string on, when, measure, comparison, word;
    words >> rule.name >> on >> word;
    if (word != "desk") rule.factors.push_back(factor(word));
    words >> when >> measure >> comparison >> rule.threshold;
    rule.measure = static_cast<Measure>(index_of(measure_names, measure));
    rule.comparison = static_cast<Comparison>(index_of(comparison_names, comparison));
    while (words >> word) {
      std::string value;
      if (word == "over" && words >> value) {
        rule.window = window_of(value);
      } else if (word == "for" && words >> value) {
        rule.dwell = parse_duration(value).value();
      } else if (word == "clear" && words >> value) {
        rule.clear = std::stod(value);
      } else if (word == "repeat" && words >> value) {
        rule.repeat = parse_duration(value).value();
      } else {
        rule.severity = static_cast<Severity>(index_of(severity_names, word));
      }
    }
    desk_.rules.push_back(rule);
  }

  void objective(std::istringstream& words) {
    ObjectiveConfig objective;
    std::string on, name, measure, at_least;
    words >> objective.name >> on >> name >> measure >> at_least >> objective.goal;
    objective.factor = factor(name);
    objective.measure = static_cast<Measure>(index_of(measure_names, measure));
    desk_.objectives.push_back(objective);
  }

  void happen(std::istringstream& words) {
    std::string clock, subject, measure, word;
    words >> clock >> subject;
    const Timestamp now = time_of(clock);
    if (!alerts_) {
      alerts_.emplace(desk_);
      alerts_->start(now);
    }
    alerts_->run_due(now - Duration{1}, readings_, effects_);
    if (subject == "acknowledge") {
      words >> measure >> word;
      answer(
          alerts_->apply(now, Acknowledge{desk_.find_rule(measure), factor(word), {}}, effects_));
    } else if (subject == "shelve") {
      std::string until;
      words >> measure >> until >> word;
      answer(alerts_->apply(now, Shelve{desk_.find_rule(measure), time_of(word), {}}, effects_));
    } else if (!subject.empty()) {
      words >> measure >> word;
      const auto what = static_cast<Measure>(index_of(measure_names, measure));
      Window window = Window::hour_1;
      if (windowed(what)) {
        window = window_of(word);
        words >> word;
      }
      const auto value = word == "unknown" ? std::nullopt : std::optional(std::stod(word));
      readings_.set(factor(subject), what, window, value);
      if (subject != "desk" && !windowed(what)) {
        alerts_->on_factor(factor(subject), now, readings_, effects_);
      }
    }
    alerts_->run_due(now, readings_, effects_);
    write_effects();
  }

  void answer(AlertAnswer answer) {
    if (answer != AlertAnswer::applied)
      out_ += fmt::format("expect refused {}\n", to_string(answer));
  }

  void write_effects() {
    for (const Effect& effect : effects_) {
      if (const auto* flood = std::get_if<FloodSummary>(&effect.body)) {
        out_ += fmt::format("expect {}  held back {}\n", clock_of(effect.t), flood->held_back);
        continue;
      }
      const auto& transition = std::get<AlertTransition>(effect.body);
      out_ +=
          fmt::format("expect {}  {:<12}  {}  {:.4g}{}{}\n", clock_of(effect.t),
                      alert_state_names[static_cast<std::size_t>(transition.state)],
                      alert_id(desk_, transition), transition.value,
                      transition.repeat ? "  again" : "", transition.notify ? "  notified" : "");
    }
    effects_.clear();
  }

  Desk desk_;
  std::optional<Alerts> alerts_;
  ScriptedReadings readings_;
  std::vector<Effect> effects_;
  std::string out_;
};

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class AlertScenario : public ::testing::TestWithParam<std::string> {};

TEST_P(AlertScenario, goes_as_written) {
  const std::string path = folder + "/" + GetParam() + ".txt";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  std::istringstream lines(text.str());
  const std::string actual = Scenario().run(lines);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << actual;
    return;
  }
  EXPECT_EQ(actual, text.str()) << "UPDATE_GOLDEN=1 rewrites " << path;
}

INSTANTIATE_TEST_SUITE_P(Golden,
                         AlertScenario,
                         ::testing::ValuesIn(scenarios()),
                         [](const auto& scenario) { return scenario.param; });

TEST(AlertScenarios, are_there) { EXPECT_GE(scenarios().size(), 8U); }

}  // namespace
}  // namespace ballast
