// The schema of the configuration: every table, and every key that it may have. The readers refuse
// any other, and docs/configuration.md describes each of these and no other (a test sees to that).
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace ballast::config_keys {

inline constexpr std::array<std::string_view, 7> root{
    "desk", "assets", "venues", "instruments", "factors", "rules", "objectives"};
inline constexpr std::array<std::string_view, 6> desk{
    "name", "currency", "grid", "transfer_overdue", "break_grace", "notifications_per_minute"};
inline constexpr std::array<std::string_view, 2> asset{"name", "equals"};
inline constexpr std::array<std::string_view, 2> venue{"name", "accounts"};
inline constexpr std::array<std::string_view, 10> instrument{
    "name",       "kind",          "venue",  "base",   "quote",
    "underlying", "contract_size", "expiry", "strike", "right"};
inline constexpr std::array<std::string_view, 10> factor{
    "name",    "book",   "target",     "band",  "limit",
    "max_age", "weight", "convention", "price", "reaction_delay"};
inline constexpr std::array<std::string_view, 2> range{"lower", "upper"};
/// Of all models together; which of them has which, the reader says.
inline constexpr std::array<std::string_view, 4> target{"model", "value", "fraction", "entries"};
inline constexpr std::array<std::string_view, 7> schedule_entry{
    "days", "from", "to", "for", "value", "scale", "band_scale"};
inline constexpr std::array<std::string_view, 9> rule{
    "name", "factor", "book", "when", "window", "for", "clear", "repeat", "severity"};
inline constexpr std::array<std::string_view, 7> objective{"name", "factor", "book",    "when",
                                                           "over", "clear",  "severity"};

struct Table {
  std::string_view name;  // as docs/configuration.md heads it
  std::span<const std::string_view> keys;
};
inline constexpr std::array<Table, 10> tables{{{"[desk]", desk},
                                               {"[[assets]]", asset},
                                               {"[[venues]]", venue},
                                               {"[[instruments]]", instrument},
                                               {"[[factors]]", factor},
                                               {"band and limit", range},
                                               {"target", target},
                                               {"entries", schedule_entry},
                                               {"[[rules]]", rule},
                                               {"[[objectives]]", objective}}};

}  // namespace ballast::config_keys
