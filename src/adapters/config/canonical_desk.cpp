// A desk as TOML in one fixed form.
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/config/schema_writer.hpp"
#include "adapters/config/toml_text.hpp"

namespace ballast {
namespace {

class Toml {
 public:
  void table(std::string_view head) {
    out_ += fmt::format("{}{}\n", out_.empty() ? "" : "\n", head);
  }
  void put(std::string_view key, std::string_view value) {
    out_ += fmt::format("{} = {}\n", key, value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string entry(const ScheduleEntry& e) {
  constexpr std::array<std::string_view, 7> days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::string text = "{ days = [";
  std::string_view before;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if ((e.weekdays >> i & 1) == 0) continue;
    text += fmt::format("{}\"{}\"", before, days[i]);
    before = ", ";
  }
  const std::int64_t seconds = e.from.ns / 1'000'000'000;
  text += fmt::format("], from = \"{:02}:{:02}:{:02}\", for = {}", seconds / 3600,
                      seconds / 60 % 60, seconds % 60, quoted(e.length));
  if (e.value) text += ", value = " + quoted(*e.value);
  if (e.scale) text += ", scale = " + quoted(*e.scale);
  if (e.band_scale) text += ", band_scale = " + quoted(*e.band_scale);
  return text + " }";
}

std::string target(const TargetModel& model) {
  std::string text = fmt::format("{{ model = \"{}\"", target_model_names[model.index()]);
  if (const auto* fixed = std::get_if<StaticTarget>(&model))
    text += ", value = " + quoted(fixed->value);
  if (const auto* share = std::get_if<ShareTarget>(&model)) {
    text += ", fraction = " + quoted(share->fraction);
  }
  if (const auto* schedule = std::get_if<ScheduleTarget>(&model)) {
    text += ", value = " + quoted(schedule->value) + ", entries = [";
    for (std::size_t i = 0; i < schedule->entries.size(); ++i) {
      text += (i == 0 ? "" : ", ") + entry(schedule->entries[i]);
    }
    text += "]";
  }
  return text + " }";
}

/// What stands in the configuration's `band` beside lower and upper: one stage at most.
std::string band(const Desk& desk, const FactorConfig& factor) {
  const std::string offsets =
      fmt::format("lower = {}, upper = {}", quoted(factor.band.lower), quoted(factor.band.upper));
  for (const TargetStage& stage : factor.stages) {
    const TargetStageName& name = target_stage_names[stage.index()];
    if (name.part != "band") continue;
    const std::string table =
        std::visit([&](const auto& s) { return schema::inline_table(desk, s, name.model); }, stage);
    return fmt::format("{{ {}, {}", offsets, table.substr(2));
  }
  return fmt::format("{{ {} }}", offsets);
}

/// The stages of one part, as a list, or as a table where there can be one only.
void write_part(Toml& out, const Desk& desk, const FactorConfig& factor, std::string_view part) {
  std::string text;
  for (const TargetStage& stage : factor.stages) {
    const TargetStageName& name = target_stage_names[stage.index()];
    if (name.part != part) continue;
    text +=
        (text.empty() ? "" : ", ") +
        std::visit([&](const auto& s) { return schema::inline_table(desk, s, name.model); }, stage);
  }
  if (!text.empty()) out.put(part, part == "smoothing" ? text : "[" + text + "]");
}

template <class S>
void write_table(Toml& out, const Desk& desk, std::string_view head, const S& s) {
  out.table(head);
  schema::write_fields(
      desk, s, [&](std::string_view key, const std::string& value) { out.put(key, value); });
}

void write(Toml& out, const Desk& desk, const Instrument& instrument) {
  out.table("[[instruments]]");
  out.put("name", quoted(instrument.name));
  out.put("kind", quoted(to_string(instrument.kind)));
  out.put("venue", quoted(desk.venue(instrument.venue).name));
  out.put("base", quoted(desk.asset(instrument.base).name));
  out.put("quote", quoted(desk.asset(instrument.quote).name));
  out.put("contract_size", quoted(instrument.contract_size));
  if (instrument.expiry) out.put("expiry", quoted(to_string(*instrument.expiry)));
  if (instrument.strike) out.put("strike", quoted(*instrument.strike));
  if (instrument.right)
    out.put("right", *instrument.right == OptionRight::call ? "\"call\"" : "\"put\"");
  if (instrument.terms == TradingTerms{}) return;
  schema::write_fields(desk, instrument.terms, [&](std::string_view key, const std::string& value) {
    out.put(key, value);
  });
}

void write(Toml& out, const Desk& desk, const FactorConfig& factor) {
  out.table("[[factors]]");
  out.put("name", quoted(factor.name));
  out.put("book", quoted(factor.book));
  out.put("target", target(factor.target));
  out.put("band", band(desk, factor));
  for (const std::string_view part : {"tilts", "scales", "caps", "smoothing"})
    write_part(out, desk, factor, part);
  if (factor.limit) out.put("limit", text_of(*factor.limit));
  out.put("max_age", factor.max_age ? quoted(*factor.max_age) : quoted("none"));
  if (factor.weight) out.put("weight", exact(*factor.weight));
  if (factor.kind == FactorKind::delta) {
    out.put("convention", quoted(to_string(factor.convention)));
    if (factor.instrument.valid())
      out.put("price", quoted(desk.instrument(factor.instrument).name));
  }
  if (factor.reaction_delay) out.put("reaction_delay", quoted(*factor.reaction_delay));
}

/// How the configuration would name these factors: one, all, all of one book, or the desk.
void write_scope(Toml& out, const Desk& desk, const std::vector<FactorId>& factors) {
  if (factors.empty()) return out.put("factor", "\"desk\"");
  const FactorConfig& first = desk.factor(factors.front());
  if (factors.size() == 1) {
    out.put("factor", quoted(first.name));
    return out.put("book", quoted(first.book));
  }
  std::vector<FactorId> of_book;
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    if (desk.factors[i].book == first.book) of_book.emplace_back(i);
  }
  if (factors.size() == desk.factors.size() || factors == of_book) {
    out.put("factor", "\"*\"");
    if (factors.size() != desk.factors.size()) out.put("book", quoted(first.book));
    return;
  }
  // No configuration says this; a desk made by a program may.
  std::string names;
  for (const FactorId id : factors) {
    names +=
        (names.empty() ? "" : ", ") + quoted(desk.factor(id).name + " of " + desk.factor(id).book);
  }
  out.put("factor", "[" + names + "]");
}

void write(Toml& out, const Desk& desk, const RuleConfig& rule) {
  out.table("[[rules]]");
  out.put("name", quoted(rule.name));
  write_scope(out, desk, rule.factors);
  out.put("when",
          quoted(fmt::format("{} {} {}", measure_names[static_cast<std::size_t>(rule.measure)],
                             comparison_names[static_cast<std::size_t>(rule.comparison)],
                             exact(rule.threshold))));
  if (windowed(rule.measure)) {
    out.put("window", quoted(window_infos[static_cast<std::size_t>(rule.window)].name));
  }
  out.put("for", quoted(rule.dwell));
  if (rule.clear) out.put("clear", exact(*rule.clear));
  if (rule.repeat) out.put("repeat", quoted(*rule.repeat));
  out.put("severity", quoted(to_string(rule.severity)));
}

void write(Toml& out, const Desk& desk, const ObjectiveConfig& objective) {
  out.table("[[objectives]]");
  out.put("name", quoted(objective.name));
  out.put("factor", quoted(desk.factor(objective.factor).name));
  out.put("book", quoted(desk.factor(objective.factor).book));
  out.put("when",
          quoted(fmt::format("{} >= {}", measure_names[static_cast<std::size_t>(objective.measure)],
                             exact(objective.goal))));
  out.put("over", quoted(window_infos[static_cast<std::size_t>(objective.over)].name));
  out.put("clear", exact(objective.clear));
  out.put("severity", quoted(to_string(objective.severity)));
}

}  // namespace

std::string canonical_desk(const Desk& desk) {
  Toml out;
  out.table("[desk]");
  out.put("name", quoted(desk.name));
  out.put("currency", quoted(desk.asset(desk.currency).name));
  out.put("grid", quoted(desk.grid));
  out.put("retarget", quoted(desk.retarget));
  out.put("transfer_overdue", quoted(desk.transfer_overdue));
  out.put("break_grace", quoted(desk.break_grace));
  out.put("notifications_per_minute", std::to_string(desk.notifications_per_minute));
  for (const Asset& asset : desk.assets) {
    out.table("[[assets]]");
    out.put("name", quoted(asset.name));
    if (asset.equals.valid()) out.put("equals", quoted(desk.asset(asset.equals).name));
  }
  for (const Venue& venue : desk.venues) {
    out.table("[[venues]]");
    out.put("name", quoted(venue.name));
    std::string accounts;
    for (const std::string& account : venue.accounts) {
      accounts += (accounts.empty() ? "" : ", ") + quoted(account);
    }
    out.put("accounts", "[" + accounts + "]");
  }
  for (const Instrument& instrument : desk.instruments)
    write(out, desk, instrument);
  for (const FactorConfig& factor : desk.factors)
    write(out, desk, factor);
  for (const RuleConfig& rule : desk.rules)
    write(out, desk, rule);
  for (const ObjectiveConfig& objective : desk.objectives)
    write(out, desk, objective);
  if (desk.learning != LearningConfig{}) write_table(out, desk, "[learning]", desk.learning);
  if (desk.options != OptionsConfig{}) write_table(out, desk, "[options]", desk.options);
  for (const JointTargetConfig& joint : desk.joint_targets)
    write_table(out, desk, "[[joint_targets]]", joint);
  for (const ChannelConfig& channel : desk.channels)
    write_table(out, desk, "[[channels]]", channel);
  for (const ControlConfig& control : desk.controls)
    write_table(out, desk, "[[controls]]", control);
  for (const QuoteConfig& quote : desk.quotes)
    write_table(out, desk, "[[quotes]]", quote);
  for (const HedgeConfig& hedge : desk.hedges)
    write_table(out, desk, "[[hedges]]", hedge);
  for (const MarginConfig& margin : desk.margins)
    write_table(out, desk, "[[margins]]", margin);
  for (const RouteConfig& route : desk.routes)
    write_table(out, desk, "[[routes]]", route);
  if (desk.rails != RailsConfig{}) write_table(out, desk, "[rails]", desk.rails);
  return out.take();
}

}  // namespace ballast
