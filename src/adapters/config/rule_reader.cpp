// The [[rules]] and [[objectives]] of the configuration.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"
#include "model/effect.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, window_infos.size()> window_names = [] {
  std::array<std::string_view, window_infos.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = window_infos[i].name;
  return names;
}();

/// "abs_z > 1": a measure, a comparison, a number.
struct Condition {
  Measure measure = Measure::abs_z;
  Comparison comparison = Comparison::above;
  double number = 0.0;
  TextPosition at;
};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

std::optional<Condition> read_condition(const Section& section) {
  section.require("when", "\"abs_z > 1\"");
  const auto when = section.text("when");
  if (!when) return std::nullopt;
  const std::string_view text = when->value;
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string_view::npos) {
    section.reject(when->at, "when", text, "has no comparison; write it like \"abs_z > 1\"");
    return std::nullopt;
  }
  const std::size_t behind = sign + (text.substr(sign + 1).starts_with('=') ? 2 : 1);
  const std::string_view measure = trimmed(text.substr(0, sign));
  const std::string_view comparison = text.substr(sign, behind - sign);
  const std::string_view number = trimmed(text.substr(behind));

  Condition condition;
  condition.at = when->at;
  const auto known = std::find(measure_names.begin(), measure_names.end(), measure);
  if (known == measure_names.end()) {
    Suggestion near(measure);
    for (const auto name : measure_names)
      near.consider(name);
    section.reject(when->at, "when", text,
                   fmt::format("watches no measure: \"{}\" is not known{}", measure, near.text()));
    return std::nullopt;
  }
  condition.measure = static_cast<Measure>(known - measure_names.begin());
  condition.comparison = static_cast<Comparison>(
      std::find(comparison_names.begin(), comparison_names.end(), comparison) -
      comparison_names.begin());
  const auto [end, code] =
      std::from_chars(number.data(), number.data() + number.size(), condition.number);
  if (code != std::errc{} || end != number.data() + number.size() ||
      !std::isfinite(condition.number)) {
    section.reject(when->at, "when", text,
                   fmt::format("compares with \"{}\", which is not a number", number));
    return std::nullopt;
  }
  return condition;
}

struct Domain {
  double least;
  double most;
};

/// The values that a measure can take at all.
Domain domain(Measure measure) {
  constexpr double endless = std::numeric_limits<double>::infinity();
  switch (measure) {
    case Measure::z:
    case Measure::deviation:
    case Measure::skew:
    case Measure::actual:
    case Measure::target:
    case Measure::bias:
      return {-endless, endless};
    case Measure::alpha:
    case Measure::adherence:
    case Measure::time_in_band:
    case Measure::time_above:
    case Measure::time_below:
    case Measure::time_past_limit:
    case Measure::unknown_fraction:
      return {0.0, 1.0};
    default:
      return {0.0, endless};
  }
}

void warn_of_the_impossible(const Section& section, const Condition& condition) {
  const auto [least, most] = domain(condition.measure);
  const auto holds = [&](double value) {
    switch (condition.comparison) {
      case Comparison::above:
        return value > condition.number;
      case Comparison::at_least:
        return value >= condition.number;
      case Comparison::below:
        return value < condition.number;
      default:
        return value <= condition.number;
    }
  };
  // The comparison is monotone, so the two ends decide.
  if (!holds(least) && !holds(most)) {
    const std::string above = std::isinf(most) ? "" : fmt::format(" or above {}", most);
    section.warning(
        condition.at,
        fmt::format("can never fire: {} is never below {}{}",
                    measure_names[static_cast<std::size_t>(condition.measure)], least, above));
  } else if (holds(least) && holds(most)) {
    section.warning(condition.at, "always fires");
  }
}

void read_clear(const Section& section, const Condition& condition, RuleConfig& rule) {
  const auto clear = section.number("clear");
  if (!clear) return;
  rule.clear = clear->value;
  const bool upward =
      condition.comparison == Comparison::above || condition.comparison == Comparison::at_least;
  if (upward ? clear->value > condition.number : clear->value < condition.number) {
    section.error(clear->at,
                  fmt::format("clear is {}, on the firing side of {}; it must be {} it",
                              clear->value, condition.number, upward ? "below" : "above"));
  }
}

std::string shown_book(std::string_view book) {
  return book == "*" ? "whole desk" : fmt::format("book \"{}\"", book);
}

/// Says that no factor bears the name, and which is near.
void unknown_factor(const Section& section,
                    const Placed<std::string>& name,
                    std::string_view book,
                    const Desk& desk) {
  Suggestion near(name.value);
  for (const FactorConfig& factor : desk.factors) {
    if (factor.book == book) near.consider(factor.name);
  }
  section.reject(name.at, "factor", name.value,
                 fmt::format("is no factor of the {}{}", shown_book(book), near.text()));
}

/// "delta:BTC" for one, "*" for every factor (of a book when one is given), "desk" for the desk's
/// adherence.
void read_scope(const Section& section, const Desk& desk, RuleConfig& rule) {
  section.require("factor", R"("delta:BTC", "*" for every factor, or "desk")");
  const auto name = section.text("factor");
  const std::string book = read_book(section);
  if (!name) return;
  if (name->value == "desk") {
    if (section.has("book"))
      section.error(section.node("book")->at, "the desk's adherence has no book");
    return;
  }
  if (name->value != "*") {
    const FactorId id = desk.find_factor(name->value, book);
    if (!id.valid()) return unknown_factor(section, *name, book, desk);
    rule.factors.push_back(id);
    return;
  }
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    if (!section.has("book") || desk.factors[i].book == book) rule.factors.emplace_back(i);
  }
  if (rule.factors.empty()) {
    section.error(name->at, section.has("book")
                                ? fmt::format("the {} has no factors to watch", shown_book(book))
                                : "the desk has no factors to watch");
  }
}

void read_window(const Section& section, const Condition& condition, RuleConfig& rule) {
  const auto window = section.choice("window", window_names);
  if (!windowed(condition.measure)) {
    if (const TomlNode* const node = section.node("window")) {
      section.error(node->at,
                    fmt::format("{} is a measure of the moment and has no window",
                                measure_names[static_cast<std::size_t>(condition.measure)]));
    }
    return;
  }
  if (window) rule.window = static_cast<Window>(window->value);
}

void read_severity(const Section& section, Severity& severity) {
  if (const auto chosen = section.choice("severity", severity_names)) {
    severity = static_cast<Severity>(chosen->value);
  }
}

void refuse_reserved(const Section& section, std::string_view name) {
  if (name == breaker_rule_name || name == kill_switch_rule_name) {
    section.error(section.at(), "has the name of one of control's own alerts; choose another");
  }
}

}  // namespace

void read_rules(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "rules", problems)) {
    Section section(node, "rule", config_keys::rule, problems);
    RuleConfig rule;
    rule.name = read_name(section, "rule", "");
    refuse_second(section, rule.name, desk.rules);
    refuse_reserved(section, rule.name);
    read_scope(section, desk, rule);
    if (const auto condition = read_condition(section)) {
      rule.measure = condition->measure;
      rule.comparison = condition->comparison;
      rule.threshold = condition->number;
      read_window(section, *condition, rule);
      read_clear(section, *condition, rule);
      warn_of_the_impossible(section, *condition);
      const TomlNode* const factor = section.node("factor");
      if (factor != nullptr && factor->text == "desk" && rule.measure != Measure::adherence) {
        section.error(condition->at, "of the desk only its adherence can be watched");
      }
    }
    if (const auto dwell = section.duration("for")) rule.dwell = dwell->value;
    if (const auto repeat = section.duration("repeat")) {
      rule.repeat = repeat->value;
      if (repeat->value.ns == 0) section.error(repeat->at, "repeat must be longer than zero");
    }
    read_severity(section, rule.severity);
    desk.rules.push_back(std::move(rule));
  }
}

void read_objectives(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "objectives", problems)) {
    Section section(node, "objective", config_keys::objective, problems);
    ObjectiveConfig objective;
    objective.name = read_name(section, "objective", "");
    refuse_second(section, objective.name, desk.objectives);
    refuse_second(section, objective.name, desk.rules);
    refuse_reserved(section, objective.name);
    section.require("factor", "\"delta:BTC\"");
    const std::string book = read_book(section);
    if (const auto name = section.text("factor")) {
      objective.factor = desk.find_factor(name->value, book);
      if (!objective.factor.valid()) unknown_factor(section, *name, book, desk);
    }
    if (const auto condition = read_condition(section)) {
      objective.measure = condition->measure;
      objective.goal = condition->number;
      const bool good =
          condition->measure == Measure::time_in_band || condition->measure == Measure::adherence;
      if (!good || condition->comparison != Comparison::at_least) {
        section.error(condition->at,
                      "an objective is time_in_band >= or adherence >= a share, such as "
                      "\"time_in_band >= 0.99\"");
      } else if (condition->number <= 0.0 || condition->number >= 1.0) {
        section.error(condition->at,
                      "the share must be between 0 and 1; 1 leaves no budget for error");
      }
    }
    if (const auto window = section.choice("over", window_names)) {
      objective.over = static_cast<Window>(window->value);
    }
    if (const auto clear = section.number("clear")) {
      objective.clear = clear->value;
      if (clear->value <= 0.0 || clear->value > 1.0) {
        section.error(clear->at,
                      fmt::format("clear is {}; it must be above 0 and at most 1: the share of its "
                                  "rate below which a pair of windows burns no longer",
                                  clear->value));
      }
    }
    read_severity(section, objective.severity);
    desk.objectives.push_back(std::move(objective));
  }
}

}  // namespace ballast
