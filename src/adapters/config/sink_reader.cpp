// The [[sinks]], [[escalations]] and [notifications] of the configuration.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

using Need = SinkKindInfo::Need;

constexpr Duration longest_timeout = Duration::minutes(1);

constexpr std::array<std::string_view, sink_kind_infos.size()> kind_names = [] {
  std::array<std::string_view, sink_kind_infos.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = sink_kind_infos[i].name;
  return names;
}();

void read_severity(const Section& section, Severity& out) {
  if (const auto severity = section.choice("severity", severity_names))
    out = static_cast<Severity>(severity->value);
}

void read_url(const Section& section, const SinkKindInfo& kind, SinkSettings& sink) {
  sink.url = kind.usual_url;
  if (kind.url == Need::required) section.require("url", "\"https://alerts.example/hook\"");
  const auto url = section.text("url");
  if (!url) return;
  if (kind.url == Need::none) {
    return section.error(
        url->at, fmt::format("kind {} has no url: {} is its secret", kind.name, kind.secret_is));
  }
  const auto parsed = parse_url(url->value);
  if (!parsed) return section.error(url->at, parsed.error().what);
  if (!parsed->tls && kind.secret != Need::none && !is_loopback(parsed->host))
    section.warning(url->at, "url is http, so whoever listens can read what is sent");
  sink.url = url->value;
  const bool base = sink.kind != SinkKind::webhook;  // paths of ours come behind it
  while (base && sink.url.ends_with('/'))
    sink.url.pop_back();
}

void read_secret_place(const Section& section, const SinkKindInfo& kind, SinkSettings& sink) {
  if (const auto file = section.text("secret_file")) sink.secret_file = file->value;
  if (const auto name = section.text("secret_env")) sink.secret_env = name->value;
  const bool file = section.has("secret_file");
  const bool env = section.has("secret_env");
  if (kind.secret == Need::none) {
    if (file || env) section.error(section.at(), fmt::format("kind {} has no secret", kind.name));
  } else if (file && env) {
    section.error(section.at(), "has both secret_file and secret_env; keep one");
  } else if (!file && !env) {
    section.error(
        section.at(),
        fmt::format("needs secret_file or secret_env, which say where {} is", kind.secret_is));
  } else if ((file ? sink.secret_file : sink.secret_env).empty()) {
    section.error(section.at(), "says nowhere where its secret is");
  }
}

void read_sinks(const TomlNode& root, AlertSettings& alerts, Problems& problems) {
  for (const TomlNode& node : tables(root, "sinks", problems)) {
    const Section section(node, "sink", config_keys::sink, problems);
    SinkSettings sink;
    sink.name = read_name(section, "sink", "");
    sink.line = node.at.line;
    refuse_second(section, sink.name, alerts.sinks);
    section.require("kind", "\"webhook\"");
    if (const auto kind = section.choice("kind", kind_names)) {
      sink.kind = static_cast<SinkKind>(kind->value);
      const SinkKindInfo& its = info(sink.kind);
      sink.per_minute = its.per_minute;
      read_url(section, its, sink);
      read_secret_place(section, its, sink);
      if (its.chat == Need::required) section.require("chat", "\"-1001234567890\"");
      const auto chat = section.text("chat");
      if (chat) sink.chat = chat->value;
      if (chat && (its.chat == Need::none || chat->value.empty()))
        section.error(chat->at, its.chat == Need::none
                                    ? fmt::format("kind {} has no chat", its.name)
                                    : "chat is empty");
    }
    read_severity(section, sink.severity);
    if (const auto count = section.count("per_minute")) sink.per_minute = count->value;
    read_span(section, "timeout", sink.timeout);
    if (sink.timeout > longest_timeout)
      section.error(section.node("timeout")->at, "timeout is longer than a minute");
    read_span(section, "give_up_after", sink.give_up_after);
    if (const auto file = section.text("ca_file")) sink.ca_file = file->value;
    alerts.sinks.push_back(std::move(sink));
  }
}

void read_sink_names(const Section& section, const AlertSettings& alerts, Escalation& escalation) {
  section.require("sinks", "[\"chat\"]");
  const TomlNode* const sinks = section.node("sinks", TomlNode::Kind::array);
  if (sinks == nullptr) return;
  if (sinks->items.empty()) section.error(sinks->at, "sinks is empty, so nobody is told");
  for (const TomlNode& item : sinks->items) {
    const auto& known = alerts.sinks;
    const auto is = [&](const SinkSettings& sink) { return sink.name == item.text; };
    if (item.kind != TomlNode::Kind::string || std::none_of(known.begin(), known.end(), is)) {
      section.reject(item.at, "sinks", item.text,
                     fmt::format("is the name of no [[sinks]]{}", nearest(item.text, known)));
    } else if (std::find(escalation.sinks.begin(), escalation.sinks.end(), item.text) !=
               escalation.sinks.end()) {
      section.error(item.at, fmt::format("the sink \"{}\" stands here twice", item.text));
    } else {
      escalation.sinks.push_back(item.text);
    }
  }
}

/// Where one leads to, and from there, until it leads nowhere or back.
bool leads_back(const std::vector<Escalation>& all, const Escalation& from) {
  const Escalation* at = &from;
  for (std::size_t steps = 0; steps <= all.size(); ++steps) {
    const auto next = std::find_if(all.begin(), all.end(), [&](const Escalation& other) {
      return !at->escalate_to.empty() && other.name == at->escalate_to;
    });
    if (next == all.end()) return false;
    if (&*next == &from) return true;
    at = &*next;
  }
  return false;  // into a circle of others, which say so
}

void read_escalations(const TomlNode& root, AlertSettings& alerts, Problems& problems) {
  std::vector<Section> sections;
  for (const TomlNode& node : tables(root, "escalations", problems)) {
    const Section& section =
        sections.emplace_back(node, "escalation", config_keys::escalation, problems);
    Escalation escalation;
    escalation.name = read_name(section, "escalation", "");
    refuse_second(section, escalation.name, alerts.escalations);
    read_severity(section, escalation.severity);
    read_sink_names(section, alerts, escalation);
    if (section.has("escalate_after")) {
      Duration after{};
      read_span(section, "escalate_after", after);
      escalation.escalate_after = after;
      section.require("escalate_to", "\"on-call\", the name of another of [[escalations]]");
    }
    if (const auto to = section.text("escalate_to")) {
      escalation.escalate_to = to->value;
      section.require("escalate_after", "\"5m\"");
    }
    alerts.escalations.push_back(std::move(escalation));
  }
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Escalation& escalation = alerts.escalations[i];
    if (escalation.escalate_to.empty()) continue;
    const auto is = [&](const Escalation& other) { return other.name == escalation.escalate_to; };
    const TextPosition at = sections[i].node("escalate_to")->at;
    if (std::none_of(alerts.escalations.begin(), alerts.escalations.end(), is)) {
      sections[i].reject(at, "escalate_to", escalation.escalate_to,
                         fmt::format("is the name of no [[escalations]]{}",
                                     nearest(escalation.escalate_to, alerts.escalations)));
    } else if (leads_back(alerts.escalations, escalation)) {
      sections[i].error(at, "escalate_to leads back to the escalation itself");
    }
  }
}

void warn_of_the_unheard(const TomlNode& root, const AlertSettings& alerts, Problems& problems) {
  if (alerts.escalations.empty()) return;
  for (const TomlNode& node : tables(root, "sinks", problems)) {
    const TomlMember* const name = node.find("name");
    if (name == nullptr) continue;
    const auto tells = [&](const Escalation& escalation) {
      return std::find(escalation.sinks.begin(), escalation.sinks.end(), name->value.text) !=
             escalation.sinks.end();
    };
    if (std::none_of(alerts.escalations.begin(), alerts.escalations.end(), tells)) {
      problems.warning(node.at, fmt::format("sink \"{}\": no [[escalations]] names it, so it is "
                                            "told nothing",
                                            name->value.text));
    }
  }
}

void read_told(const Section& section, std::string_view key, std::optional<Severity>& out) {
  constexpr std::array<std::string_view, severity_names.size() + 1> choices{"info", "warning",
                                                                            "critical", "off"};
  const auto choice = section.choice(key, choices);
  if (!choice) return;
  out.reset();
  if (choice->value < severity_names.size()) out = static_cast<Severity>(choice->value);
}

void read_notifications(const TomlNode& root, AlertSettings& alerts, Problems& problems) {
  const TomlMember* const member = root.find("notifications");
  if (member == nullptr) return;
  if (member->value.kind != TomlNode::Kind::table)
    return problems.error(member->at, "notifications must be a table; write [notifications]");
  const Section section(member->value, "notifications", config_keys::notifications, problems);
  if (const auto url = section.text("dashboard")) {
    const auto parsed = parse_url(url->value);
    if (!parsed) section.error(url->at, parsed.error().what);
    alerts.dashboard = url->value;
    while (alerts.dashboard.ends_with('/'))
      alerts.dashboard.pop_back();
  }
  read_told(section, "breaks", alerts.breaks);
  read_told(section, "transfers", alerts.transfers);
}

}  // namespace

void read_alert_settings(const TomlNode& root, AlertSettings& alerts, Problems& problems) {
  read_sinks(root, alerts, problems);
  read_escalations(root, alerts, problems);
  warn_of_the_unheard(root, alerts, problems);
  read_notifications(root, alerts, problems);
}

}  // namespace ballast
