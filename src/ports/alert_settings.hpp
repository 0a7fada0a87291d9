// Who is told of alerts, and how: [[sinks]], [[escalations]] and [notifications] of the
// configuration. No part of a desk's identity: events mean the same whoever hears of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

/// A text that must not be printed: it has no operator for that, and says itself only when asked.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

enum class SinkKind : std::uint8_t { webhook, slack, pagerduty, telegram, alertmanager };

/// What a kind of sink is called and must be told.
struct SinkKindInfo {
  enum class Need : std::uint8_t { none, optional, required };
  SinkKind kind;
  std::string_view name;
  Need url = Need::none;
  Need secret = Need::none;
  Need chat = Need::none;
  std::string_view secret_is = {};  // "the signing secret, whsec_..."
  std::uint32_t per_minute = 0;     // unless configured; 0: as many as there are
  std::string_view usual_url = {};  // where `url` may be left out
};
inline constexpr std::array<SinkKindInfo, 5> sink_kind_infos{{
    {SinkKind::webhook, "webhook", SinkKindInfo::Need::required, SinkKindInfo::Need::required,
     SinkKindInfo::Need::none, "the signing secret (whsec_...)", 0, ""},
    {SinkKind::slack, "slack", SinkKindInfo::Need::none, SinkKindInfo::Need::required,
     SinkKindInfo::Need::none, "the incoming webhook's URL", 20, ""},
    {SinkKind::pagerduty, "pagerduty", SinkKindInfo::Need::optional, SinkKindInfo::Need::required,
     SinkKindInfo::Need::none, "the integration's routing key", 60, "https://events.pagerduty.com"},
    {SinkKind::telegram, "telegram", SinkKindInfo::Need::optional, SinkKindInfo::Need::required,
     SinkKindInfo::Need::required, "the bot's token", 20, "https://api.telegram.org"},
    {SinkKind::alertmanager, "alertmanager", SinkKindInfo::Need::required, SinkKindInfo::Need::none,
     SinkKindInfo::Need::none, "", 0, ""},
}};
constexpr const SinkKindInfo& info(SinkKind kind) {
  return sink_kind_infos[static_cast<std::size_t>(kind)];
}

struct SinkSettings {
  std::string name = {};
  SinkKind kind = SinkKind::webhook;
  std::string url = {};          // as configured, or the kind's usual one
  std::string secret_file = {};  // one of these two says where the secret is
  std::string secret_env = {};
  std::string chat = {};               // Telegram's chat_id
  std::string ca_file = {};            // PEM; empty: the system's authorities
  Severity severity = Severity::info;  // the least that it is told
  std::uint32_t per_minute = 0;        // more are held back and counted; 0: none is
  Duration timeout = Duration::seconds(10);
  Duration give_up_after = Duration::hours(24);  // of what is not critical
  std::uint32_t line = 0;                        // of the configuration
  friend bool operator==(const SinkSettings&, const SinkSettings&) = default;
};

/// Told at once when no other escalates to it, else when those before did not answer in time.
struct Escalation {
  std::string name = {};
  Severity severity = Severity::info;  // the least that it is about
  std::vector<std::string> sinks = {};
  std::optional<Duration> escalate_after = {};
  std::string escalate_to = {};  // another's name; empty: nobody
  friend bool operator==(const Escalation&, const Escalation&) = default;
};

struct AlertSettings {
  std::vector<SinkSettings> sinks = {};
  std::vector<Escalation> escalations = {};  // none: every sink is told of everything at once
  std::string dashboard = {};                // its URL, for links; empty: none
  std::optional<Severity> breaks = Severity::warning;     // of statements; absent: not told
  std::optional<Severity> transfers = Severity::warning;  // that are overdue
  friend bool operator==(const AlertSettings&, const AlertSettings&) = default;
};

}  // namespace ballast
