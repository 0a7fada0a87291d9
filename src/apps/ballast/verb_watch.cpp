#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_stream.hpp"
#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

using json = nlohmann::ordered_json;
using Values = std::map<std::string, std::string>;

struct Arguments : ClientVerb {
  std::vector<std::string> channels{"exposures", "alerts", "proposals"};
  std::string interval = "100ms";
  std::uint64_t count = 0;
};

/// They move all the time and say little; what else changed brings them along.
bool noise(const std::string& field) {
  constexpr std::array<std::string_view, 5> fields{"age_seconds", "now", "wall", "lag_seconds",
                                                   "events_per_second"};
  return std::any_of(fields.begin(), fields.end(),
                     [&](std::string_view name) { return field.ends_with(name); });
}

/// What the item is called, as the service names it when it goes: docs/api.md, "The stream".
std::string name_of(const std::string& channel, const Values& item) {
  const auto part = [&](const char* name) {
    const auto found = item.find(name);
    return found == item.end() ? std::string() : found->second;
  };
  if (channel == "quotes") return part("instrument");
  for (const char* own : {"id", "key"}) {
    if (item.contains(own)) return part(own);
  }
  std::string name;
  for (const char* place :
       {"venue", "account", "book", "instrument", "asset", "subject", "since"}) {
    if (item.contains(place)) name += (name.empty() ? "" : "/") + part(place);
  }
  return name.empty() ? channel : name;
}

/// Turns notifications into lines: an item's first sight in full, afterwards what changed of it.
class Lines {
 public:
  explicit Lines(Format format) : format_(format) {
    if (format_ == Format::csv) fmt::print("t,channel,item,field,value\n");
  }

  /// How many lines it printed.
  std::uint64_t print(std::string_view text) {
    const std::uint64_t before = printed_;
    if (format_ == Format::json) {
      line(std::string(text));
      return printed_ - before;
    }
    const json params = json::parse(text);
    const std::string channel = params.value("channel", "");
    const std::string at = params.value("t", "-");
    const json data = params.value("data", json::object());
    if (params.value("type", "") == "snapshot") known_[channel].clear();
    for (const json& item : data.value("items", json::array()))
      show(at, channel, flattened(item.dump()));
    for (const json& key : data.value("removed", json::array())) {
      const std::string name = key.is_string() ? key.get<std::string>() : key.dump();
      known_[channel].erase(name);
      row(at, channel, name, {{"gone", "yes"}});
    }
    return printed_ - before;
  }

 private:
  void show(const std::string& at, const std::string& channel, Values item) {
    const std::string name = name_of(channel, item);
    Values& last = known_[channel][name];
    Values changed;
    bool worth_a_line = false;
    for (const auto& [field, value] : item) {
      const auto found = last.find(field);
      if (found != last.end() ? found->second == value : value == "-") continue;
      changed.emplace(field, value);
      worth_a_line = worth_a_line || !noise(field);
    }
    for (const auto& [field, value] : last) {
      if (item.contains(field)) continue;
      changed.emplace(field, "-");
      worth_a_line = true;
    }
    last = std::move(item);
    if (worth_a_line) row(at, channel, name, changed);
  }

  void row(const std::string& at,
           const std::string& channel,
           const std::string& name,
           const Values& changed) {
    if (format_ == Format::csv) {
      json rows = json::array();
      for (const auto& [field, value] : changed)
        rows.push_back(
            {{"t", at}, {"channel", channel}, {"item", name}, {"field", field}, {"value", value}});
      constexpr std::array columns{ItemColumn{"", "t"}, ItemColumn{"", "channel"},
                                   ItemColumn{"", "item"}, ItemColumn{"", "field"},
                                   ItemColumn{"", "value"}};
      std::string text = shown_items(rows.dump(), columns, Format::csv, "");
      text.erase(0, text.find('\n') + 1);
      if (!text.empty()) text.pop_back();
      line(text);
      return;
    }
    std::string text = fmt::format("{} {} {}", at, channel, name);
    for (const auto& [field, value] : changed)
      text += fmt::format(" {}={}", field, value);
    line(printable(text));
  }

  void line(const std::string& text) {
    fmt::print("{}\n", text);
    std::fflush(stdout);  // whoever reads along wants it now
    ++printed_;
  }

  Format format_;
  std::map<std::string, std::map<std::string, Values>> known_;  // by channel, by name
  std::uint64_t printed_ = 0;
};

Exit run(const Arguments& arguments) {
  const auto interval = parse_duration(arguments.interval);
  if (!interval) {
    complain(interval.error());
    return Exit::usage;
  }
  auto token = find_token(arguments.client);
  if (!token) return complain(token.error());
  Lines lines(arguments.format);
  std::uint64_t printed = 0;
  const StreamListener listener{[&](std::string_view params) {
                                  printed += lines.print(params);
                                  return (arguments.count == 0 || printed < arguments.count) &&
                                         std::ferror(stdout) == 0;
                                },
                                [](std::string_view what) { complain(what); }};
  const auto followed = follow_stream(
      {arguments.client.url, std::move(*token), arguments.channels, *interval}, listener);
  return followed ? Exit::fine : complain(followed.error());
}

}  // namespace

std::function<Exit()> make_watch(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option(
      "CHANNEL", arguments->channels,
      "positions, balances, exposures, exposures:KEY, adherence, alerts, proposals, quotes, "
      "orders, transfers, breaks, health; default: exposures, alerts and proposals");
  add_service(app, *arguments);
  app.add_option("--interval", arguments->interval,
                 "the least time between two lines of an item, 50ms to 10s; default: 100ms")
      ->type_name("DURATION");
  app.add_option("-n,--count", arguments->count, "end after so many lines; default: never")
      ->type_name("COUNT");
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
