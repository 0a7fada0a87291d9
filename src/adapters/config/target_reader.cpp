// The target models of the configuration: target = { model = "...", ... }.
#include <charconv>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
struct DayGroup {
  std::string_view name;
  std::uint8_t bits;
};
constexpr std::array<DayGroup, 3> day_groups{
    {{"daily", 0x7F}, {"weekdays", 0x3E}, {"weekend", 0x41}}};

/// The bit or bits of one word, or 0.
std::uint8_t day_bits(std::string_view word) {
  for (std::size_t i = 0; i < day_names.size(); ++i) {
    if (day_names[i] == word) return static_cast<std::uint8_t>(1U << i);
  }
  for (const DayGroup& group : day_groups) {
    if (group.name == word) return group.bits;
  }
  return 0;
}

std::uint8_t read_days(const Section& entry) {
  const TomlNode* const node = entry.node("days");
  if (node == nullptr) return 0x7F;
  std::uint8_t days = 0;
  const auto one = [&](const TomlNode& word) {
    const std::uint8_t bits = word.kind == TomlNode::Kind::string ? day_bits(word.text) : 0;
    if (bits == 0) {
      Suggestion near(word.text);
      for (const auto name : day_names)
        near.consider(name);
      for (const auto& group : day_groups)
        near.consider(group.name);
      entry.error(word.at,
                  fmt::format("days takes mon, tue, wed, thu, fri, sat, sun, daily, weekdays "
                              "and weekend{}",
                              near.text()));
    }
    days = static_cast<std::uint8_t>(days | bits);
  };
  if (node->kind != TomlNode::Kind::array) {
    one(*node);
  } else {
    if (node->items.empty()) entry.error(node->at, "days is empty");
    for (const TomlNode& word : node->items)
      one(word);
  }
  return days;
}

/// "21:00" or "21:00:30" since midnight; up to "24:00".
std::optional<Placed<Duration>> read_time_of_day(const Section& entry, std::string_view key) {
  const auto text = entry.text(key);
  if (!text) return std::nullopt;
  const std::string_view t = text->value;
  const auto two = [&](std::size_t at) {
    int value = 0;
    const auto read = std::from_chars(t.data() + at, t.data() + at + 2, value);
    return read.ptr == t.data() + at + 2 && value >= 0 ? value : 99;
  };
  if ((t.size() == 5 || (t.size() == 8 && t[5] == ':')) && t[2] == ':') {
    const int hours = two(0);
    const int minutes = two(3);
    const int seconds = t.size() == 8 ? two(6) : 0;
    const bool end_of_day = hours == 24 && minutes == 0 && seconds == 0;
    if ((hours < 24 && minutes < 60 && seconds < 60) || end_of_day) {
      return Placed<Duration>{
          Duration::hours(hours) + Duration::minutes(minutes) + Duration::seconds(seconds),
          text->at};
    }
  }
  entry.reject(text->at, key, t, "is not a UTC time of day such as \"21:00\"");
  return std::nullopt;
}

void read_span(const Section& entry, ScheduleEntry& out) {
  entry.require("from", "\"21:00\"");
  if (const auto from = read_time_of_day(entry, "from")) {
    out.from = from->value;
    if (from->value >= Duration::days(1)) entry.error(from->at, "from must be before 24:00");
  }
  if (entry.has("to") == entry.has("for")) {
    entry.error(entry.at(), R"(needs either to = "22:00" or for = "1h")");
  }
  if (const auto to = read_time_of_day(entry, "to")) {
    out.length = to->value - out.from;
    if (out.length.ns < 0) out.length = out.length + Duration::days(1);  // into the next day
    if (out.length.ns == 0)
      entry.error(to->at, "to equals from; for a whole day write for = \"24h\"");
  }
  if (const auto length = entry.duration("for")) {
    out.length = length->value;
    if (length->value.ns <= 0 || length->value > Duration::days(7)) {
      entry.error(length->at, "for must be longer than zero and at most 7 days");
    }
  }
}

ScheduleEntry read_entry(const TomlNode& node, Problems& problems, const std::string& title) {
  Section entry(node, title, config_keys::schedule_entry, problems);
  ScheduleEntry out;
  out.weekdays = read_days(entry);
  read_span(entry, out);
  if (const auto value = entry.decimal("value")) out.value = value->value;
  if (const auto scale = entry.decimal("scale")) {
    out.scale = scale->value;
    if (entry.has("value")) entry.error(scale->at, "value and scale exclude each other");
  }
  if (const auto scale = entry.decimal("band_scale")) {
    out.band_scale = scale->value;
    if (scale->value.sign() < 0) entry.error(scale->at, "band_scale must not be negative");
  }
  if (!entry.has("value") && !entry.has("scale") && !entry.has("band_scale")) {
    entry.error(node.at, "changes nothing; give value, scale or band_scale");
  }
  return out;
}

ScheduleTarget read_schedule(const Section& section) {
  ScheduleTarget target;
  section.require("value", "\"0\"");
  section.require("entries", R"([{ days = ["fri"], from = "21:00", for = "48h", value = "0" }])");
  if (const auto value = section.decimal("value")) target.value = value->value;
  const TomlNode* const entries = section.node("entries", TomlNode::Kind::array);
  if (entries == nullptr) return target;
  if (entries->items.empty()) section.error(entries->at, "entries is empty");
  for (const TomlNode& node : entries->items) {
    if (node.kind != TomlNode::Kind::table) {
      section.error(node.at, "an entry is a table { days, from, to, value }");
    } else {
      target.entries.push_back(
          read_entry(node, section.problems(), section.title() + ", schedule entry"));
    }
  }
  return target;
}

}  // namespace

TargetModel read_target(const Section& factor) {
  const TomlNode* const node = factor.node("target", TomlNode::Kind::table);
  if (node == nullptr) return NeutralTarget{};
  const std::string title = factor.title() + ", target";
  // Which keys a target may have depends on its model.
  const Section any(*node, title, config_keys::target, factor.problems());
  any.require("model", "\"static\"");
  const auto model = any.choice("model", target_model_names);
  if (!model) return NeutralTarget{};
  const auto only = [&](std::string_view key, bool has_it) {
    if (!has_it && any.has(key)) {
      any.error(any.node(key)->at,
                fmt::format("the model \"{}\" has no {}", target_model_names[model->value], key));
    }
  };
  const std::string_view name = target_model_names[model->value];
  only("value", name == "static" || name == "schedule");
  only("fraction", name == "share");
  only("entries", name == "schedule");
  if (name == "static") {
    any.require("value", "\"0\"");
    const auto value = any.decimal("value");
    return StaticTarget{value ? value->value : Decimal{}};
  }
  if (name == "share") {
    any.require("fraction", "\"0.5\"");
    const auto fraction = any.decimal("fraction");
    return ShareTarget{fraction ? fraction->value : Decimal{}};
  }
  if (name == "schedule") return read_schedule(any);
  if (name == "event") return EventTarget{};
  return NeutralTarget{};
}

}  // namespace ballast
