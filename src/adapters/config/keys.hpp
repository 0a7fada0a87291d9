// The schema of the configuration: the tables that are read key by key, and every key that each may
// have (schema.hpp has the rest). The readers refuse any other, and docs/configuration.md describes
// each of these and no other (a test sees to that).
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace ballast::config_keys {

inline constexpr std::array<std::string_view, 21> root{
    "desk",        "assets",        "venues",        "instruments", "factors",  "rules",
    "objectives",  "learning",      "joint_targets", "channels",    "controls", "quotes",
    "hedges",      "margins",       "routes",        "rails",       "service",  "sinks",
    "escalations", "notifications", "options"};
inline constexpr std::array<std::string_view, 7> desk{"name",
                                                      "currency",
                                                      "grid",
                                                      "retarget",
                                                      "transfer_overdue",
                                                      "break_grace",
                                                      "notifications_per_minute"};
inline constexpr std::array<std::string_view, 2> asset{"name", "equals"};
inline constexpr std::array<std::string_view, 2> venue{"name", "accounts"};
inline constexpr std::array<std::string_view, 18> instrument{
    "name",          "kind",         "venue",     "base",      "quote",   "underlying",
    "contract_size", "expiry",       "strike",    "right",     "tick",    "lot",
    "min_qty",       "min_notional", "maker_fee", "taker_fee", "fee_cap", "conflate"};
inline constexpr std::array<std::string_view, 14> factor{
    "name",      "book",  "target",  "tilts",  "scales",     "band",  "caps",
    "smoothing", "limit", "max_age", "weight", "convention", "price", "reaction_delay"};
inline constexpr std::array<std::string_view, 2> range{"lower", "upper"};
/// Of all models together; which of them has which, the reader says.
inline constexpr std::array<std::string_view, 4> target{"model", "value", "fraction", "entries"};
inline constexpr std::array<std::string_view, 7> schedule_entry{
    "days", "from", "to", "for", "value", "scale", "band_scale"};
inline constexpr std::array<std::string_view, 9> rule{
    "name", "factor", "book", "when", "window", "for", "clear", "repeat", "severity"};
inline constexpr std::array<std::string_view, 7> objective{"name", "factor", "book",    "when",
                                                           "over", "clear",  "severity"};

inline constexpr std::array<std::string_view, 8> service{
    "listen", "hosts", "conflate", "max_ahead", "silent_after", "tick", "queue", "tls"};
inline constexpr std::array<std::string_view, 2> service_tls{"certificate", "key"};
inline constexpr std::array<std::string_view, 11> sink{
    "name",     "kind",       "url",     "secret_file",   "secret_env", "chat",
    "severity", "per_minute", "timeout", "give_up_after", "ca_file"};
inline constexpr std::array<std::string_view, 5> escalation{"name", "severity", "sinks",
                                                            "escalate_after", "escalate_to"};
inline constexpr std::array<std::string_view, 3> notifications{"dashboard", "breaks", "transfers"};

struct Table {
  std::string_view name;  // as docs/configuration.md heads it
  std::span<const std::string_view> keys;
};
inline constexpr std::array<Table, 15> tables{{{"[desk]", desk},
                                               {"[[assets]]", asset},
                                               {"[[venues]]", venue},
                                               {"[[instruments]]", instrument},
                                               {"[[factors]]", factor},
                                               {"band and limit", range},
                                               {"target", target},
                                               {"entries", schedule_entry},
                                               {"[[rules]]", rule},
                                               {"[[objectives]]", objective},
                                               {"[service]", service},
                                               {"[service.tls]", service_tls},
                                               {"[[sinks]]", sink},
                                               {"[[escalations]]", escalation},
                                               {"[notifications]", notifications}}};

}  // namespace ballast::config_keys
