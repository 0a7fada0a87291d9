// The parts of reading a desk, in the order in which names become known: assets, venues and
// instruments, then the factors on them, then the rules and objectives on those. Each appends to
// the desk, reports to its sections' Problems, and keeps an entry that is wrong in part, so that
// what refers to it is still checked against it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/keys.hpp"
#include "adapters/config/section.hpp"
#include "adapters/config/service.hpp"
#include "model/desk.hpp"
#include "ports/alert_settings.hpp"

namespace ballast {

void read_assets(const TomlNode& root, Desk& desk, Problems& problems);
void read_venues(const TomlNode& root, Desk& desk, Problems& problems);
void read_instruments(const TomlNode& root, Desk& desk, Problems& problems);
void read_factors(const TomlNode& root, Desk& desk, Problems& problems);
void read_channels(const TomlNode& root, Desk& desk, Problems& problems);
/// Joint targets by name alone, for the factors that refer to them; then whole, for theirs.
void read_joint_target_names(const TomlNode& root, Desk& desk, Problems& problems);
void read_joint_targets(const TomlNode& root, Desk& desk, Problems& problems);
void read_controls(const TomlNode& root, Desk& desk, Problems& problems);
/// What these tables, factors and instruments say together.
void check_controls(const TomlNode& root, const Desk& desk, Problems& problems);
void read_rules(const TomlNode& root, Desk& desk, Problems& problems);
void read_objectives(const TomlNode& root, Desk& desk, Problems& problems);
void read_service(const TomlNode& root, ServiceConfig& service, Problems& problems);
void read_alert_settings(const TomlNode& root, AlertSettings& alerts, Problems& problems);

/// The tables of an array of tables such as [[factors]]; nothing when there is none.
const std::vector<TomlNode>& tables(const TomlNode& root, std::string_view key, Problems& problems);

/// The entry's `name`, checked: present, printable, at most `longest` bytes, none of `reserved`.
std::string read_name(const Section& section,
                      std::string_view kind,
                      std::string_view reserved,
                      std::size_t longest = 63);

/// The book that a factor, rule or objective is about; "*" when it does not say.
std::string read_book(const Section& section);

/// "did you mean" for a name that is not among the items.
template <class Items>
std::string nearest(std::string_view name, const Items& items) {
  Suggestion near(name);
  for (const auto& item : items)
    near.consider(item.name);
  return near.text();
}

/// Reports an entry whose name an earlier one has.
template <class Items>
void refuse_second(const Section& section, std::string_view name, const Items& items) {
  const auto same = [&](const auto& item) { return item.name == name; };
  if (!name.empty() && std::any_of(items.begin(), items.end(), same)) {
    section.error(section.at(), "has the name of another one above; rename or remove one");
  }
}

/// A duration, longer than zero unless that is allowed. `out` stays where there is none.
void read_span(const Section& section,
               std::string_view key,
               Duration& out,
               bool zero_allowed = false);
/// { lower, upper } of `band`, `limit` or `position`, or nothing.
std::optional<Placed<Range>> read_range(const Section& section, std::string_view key);
/// Whether a band says that a stage sets it.
bool has_band_stage(const TomlNode& band);
/// The stages of a factor's target, in the order in which they work.
std::vector<TargetStage> read_stages(const Section& factor, const Desk& desk);

/// The `target` of a factor; neutral when it has none.
TargetModel read_target(const Section& factor);

}  // namespace ballast
