#include "target/schedule_target.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr std::int64_t day_ns = Duration::days(1).ns;
constexpr std::int64_t week_ns = Duration::days(7).ns;
constexpr int days_a_week = 7;

/// `ns` modulo one week, in [0, week).
constexpr std::int64_t in_week(std::int64_t ns) {
  const std::int64_t rest = ns % week_ns;
  return rest < 0 ? rest + week_ns : rest;
}

/// Nanoseconds since Sunday midnight UTC; the epoch was a Thursday.
constexpr std::int64_t time_of_week(Timestamp t) { return in_week(in_week(t.ns) + 4 * day_ns); }

bool starts_on(const ScheduleEntry& entry, int weekday) {
  return ((entry.weekdays >> weekday) & 1) != 0;
}
std::int64_t start_in_week(const ScheduleEntry& entry, int weekday) {
  return weekday * day_ns + entry.from.ns;
}

bool covers(const ScheduleEntry& entry, Timestamp t) {
  const std::int64_t now = time_of_week(t);
  for (int weekday = 0; weekday < days_a_week; ++weekday) {
    if (!starts_on(entry, weekday)) continue;
    if (in_week(now - start_in_week(entry, weekday)) < entry.length.ns) return true;
  }
  return false;
}

/// The entry in force, or null for the base value.
const ScheduleEntry* entry_at(const ScheduleTarget& model, Timestamp t) {
  const auto found = std::find_if(model.entries.begin(), model.entries.end(),
                                  [t](const ScheduleEntry& entry) { return covers(entry, t); });
  return found == model.entries.end() ? nullptr : &*found;
}

/// From t to the next start or end of any span, in (0, week]; a week when there are none.
std::int64_t to_next_edge(const ScheduleTarget& model, Timestamp t) {
  const std::int64_t now = time_of_week(t);
  std::int64_t nearest = week_ns;
  const auto consider = [&](std::int64_t edge) {
    const std::int64_t ahead = in_week(edge - now);
    if (ahead > 0) nearest = std::min(nearest, ahead);
  };
  for (const ScheduleEntry& entry : model.entries) {
    for (int weekday = 0; weekday < days_a_week; ++weekday) {
      if (!starts_on(entry, weekday)) continue;
      consider(start_in_week(entry, weekday));
      consider(start_in_week(entry, weekday) + entry.length.ns);
    }
  }
  return nearest;
}

std::string days_text(std::uint8_t mask) {
  constexpr std::array<std::string_view, days_a_week> names{"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  if ((mask & 0x7F) == 0x7F) return "daily";
  std::string text;
  for (std::size_t weekday = 0; weekday < names.size(); ++weekday) {
    if (((mask >> weekday) & 1) == 0) continue;
    if (!text.empty()) text += ',';
    text += names[weekday];
  }
  return text;
}

}  // namespace

std::optional<Aim> aim(const ScheduleTarget& model, const Inventory& inventory) {
  const ScheduleEntry* const entry = entry_at(model, inventory.now);
  if (entry == nullptr) return Aim{model.value};
  const Decimal band_scale = entry->band_scale.value_or(Decimal::whole(1));
  if (entry->value) return Aim{*entry->value, band_scale};
  const auto scaled = product<Decimal>(model.value, entry->scale.value_or(Decimal::whole(1)));
  if (!scaled) return std::nullopt;
  return Aim{*scaled, band_scale};
}

std::optional<Timestamp> next_change(const ScheduleTarget& model, Timestamp now) {
  const ScheduleEntry* const in_force = entry_at(model, now);
  // Edges repeat weekly: if no edge of the coming week changes the entry in force, none ever will.
  for (Timestamp at = now;;) {
    if (__builtin_add_overflow(at.ns, to_next_edge(model, at), &at.ns)) return std::nullopt;
    if (entry_at(model, at) != in_force) return at;
    if (at.ns - now.ns >= week_ns) return std::nullopt;
  }
}

std::string describe(const ScheduleTarget& model, const Inventory& inventory) {
  const ScheduleEntry* const entry = entry_at(model, inventory.now);
  if (entry == nullptr) return "base value " + to_string(model.value);
  const auto answer = aim(model, inventory);
  std::string text =
      fmt::format("entry {} ({} from {} for {}): {}", entry - model.entries.data() + 1,
                  days_text(entry->weekdays), to_string(entry->from), to_string(entry->length),
                  answer ? to_string(answer->target) : "unknown");
  if (!entry->value && entry->scale) {
    text += fmt::format(" = base {} x {}", to_string(model.value), to_string(*entry->scale));
  }
  if (entry->band_scale) text += fmt::format(", band x {}", to_string(*entry->band_scale));
  return text;
}

}  // namespace ballast
