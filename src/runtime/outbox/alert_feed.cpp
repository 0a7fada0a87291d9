#include "runtime/outbox/alert_feed.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "alert/alerts.hpp"

namespace ballast {
namespace {

std::string_view measure_text(Measure measure) {
  return measure_names[static_cast<std::size_t>(measure)];
}

std::string threshold_text(const Desk& desk, const AlertTransition& transition) {
  if (transition.rule == breaker_rule || transition.rule == kill_switch_rule) return {};
  if (transition.objective) {
    const ObjectiveConfig& objective = desk.objectives[transition.rule.index()];
    return fmt::format("{} >= {:.6g} over {}", measure_text(objective.measure), objective.goal,
                       window_infos[static_cast<std::size_t>(objective.over)].name);
  }
  const RuleConfig& rule = desk.rules[transition.rule.index()];
  std::string text =
      fmt::format("{} {} {:.6g}", measure_text(rule.measure),
                  comparison_names[static_cast<std::size_t>(rule.comparison)], rule.threshold);
  if (windowed(rule.measure))
    text += fmt::format(" over {}", window_infos[static_cast<std::size_t>(rule.window)].name);
  if (rule.dwell.ns > 0) text += fmt::format(" for {}", to_string(rule.dwell));
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string link_to(const AlertSettings& settings, std::string_view page, std::string_view id) {
  if (settings.dashboard.empty()) return {};
  if (id.empty()) return fmt::format("{}/{}", settings.dashboard, page);
  return fmt::format("{}/{}?id={}", settings.dashboard, page, percent_encoded(id));
}

std::string break_id(std::string_view venue, std::string_view account, std::string_view subject) {
  return fmt::format("break/{}/{}/{}", venue, account, subject);
}

Notification notice(const Desk& desk, Timestamp t, Severity severity) {
  Notification n;
  n.severity = severity;
  n.state = NotificationState::notice;
  n.t = n.since = t;
  n.desk = desk.name;
  n.book = "*";
  return n;
}

/// Turns each kind of effect into news; those that nobody is told of into nothing.
struct NewsMaker {
  const Engine& engine;
  const Desk& desk;
  const AlertSettings& settings;
  Timestamp t;
  bool notify = true;

  std::optional<Notification> operator()(const AlertTransition& transition) {
    if (transition.state == AlertState::pending) return std::nullopt;
    notify = transition.notify;
    const AlertName name = alert_name(desk, transition);
    Notification n = notice(desk, t, transition.severity);
    n.id = alert_id(desk, transition);
    n.rule = name.rule;
    n.factor = name.factor;
    n.book = name.book;
    n.since = transition.since;
    n.threshold = threshold_text(desk, transition);
    if (!n.threshold.empty() && std::isfinite(transition.value)) n.value = transition.value;
    n.reason = transition.reason;
    n.link = link_to(settings, "alerts", n.id);
    switch (transition.state) {
      case AlertState::firing:
        n.state = transition.repeat ? NotificationState::reminder : NotificationState::firing;
        break;
      case AlertState::acknowledged:
        n.state = NotificationState::acknowledged;
        break;
      default:
        n.state = NotificationState::resolved;
    }
    return n;
  }

  std::optional<Notification> operator()(const FloodSummary& flood) {
    Notification n = notice(desk, t, Severity::warning);
    n.id = fmt::format("flood/desk/{}", to_string(t));
    n.rule = "flood";
    n.factor = "desk";
    n.count = flood.held_back;
    n.reason = fmt::format(
        "{} more notifications in a minute, held back by "
        "notifications_per_minute",
        flood.held_back);
    n.link = link_to(settings, "alerts", {});
    return n;
  }

  std::optional<Notification> operator()(const BreakChange& change) {
    if (!settings.breaks) return std::nullopt;
    const std::string& venue = desk.venue(change.venue).name;
    const std::string& subject = change.instrument.valid() ? desk.instrument(change.instrument).name
                                                           : desk.asset(change.asset).name;
    const std::string account = engine.books().account(change.account).account.str();
    Notification n = notice(desk, t, *settings.breaks);
    n.id = break_id(venue, account, subject);
    n.rule = "break";
    n.factor = fmt::format("{} at {}/{}", subject, venue, account);
    n.since = change.since;
    n.state =
        change.state == BreakState::open ? NotificationState::firing : NotificationState::resolved;
    n.reason = fmt::format("the statement says {}, our books {}", to_string(change.stated),
                           to_string(change.ours));
    n.link = link_to(settings, "positions", {});
    return n;
  }

  std::optional<Notification> operator()(const TransferOverdue& overdue) {
    if (!settings.transfers) return std::nullopt;
    Notification n = notice(desk, t, *settings.transfers);
    n.id = fmt::format("transfer_overdue/{}", overdue.id.view());
    n.rule = "transfer_overdue";
    n.factor = desk.asset(overdue.asset).name;
    n.since = overdue.sent;
    n.reason = fmt::format("{} {}, sent {}, have not arrived", to_string(overdue.qty), n.factor,
                           to_string(overdue.sent));
    n.link = link_to(settings, "positions", {});
    return n;
  }

  /// The rest is for execution, or for the books' own counts. A breaker also is an AlertTransition.
  template <class Other>
  std::optional<Notification> operator()(const Other& /*other*/) {
    return std::nullopt;
  }
};

/// How each alert of the engine stands, by id.
std::map<std::string, AlertStanding> standings(const Engine& engine) {
  std::map<std::string, AlertStanding> all;
  const auto stands = [](AlertState state, bool shelved) {
    if (state != AlertState::firing) return AlertStanding::over;  // or somebody is at it
    return shelved ? AlertStanding::shelved : AlertStanding::firing;
  };
  for (const AlertEpisode& alert : engine.alerts().active())
    all[alert_id(engine.desk(), alert.transition())] = stands(alert.state, alert.shelved);
  for (const StopEpisode& stop : engine.stops().all())
    all[alert_id(engine.desk(), stop.transition())] = stands(stop.state, false);
  return all;
}

}  // namespace

std::optional<AlertNews> news_of(const Engine& engine,
                                 const AlertSettings& settings,
                                 const Effect& effect,
                                 std::uint64_t seq) {
  NewsMaker maker{engine, engine.desk(), settings, effect.t};
  auto notification = std::visit(maker, effect.body);
  if (!notification) return std::nullopt;
  return AlertNews{seq, std::move(*notification), maker.notify};
}

void AlertFeed::configure(AlertSettings settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
}

AlertSettings AlertFeed::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void AlertFeed::on_group(const LiveGroup& group) {
  take(group.view.engine, group.view.figures.now, group.effects);
}

void AlertFeed::on_reload(const LiveView& view) { reconcile(view.engine, view.figures.now); }

void AlertFeed::take(const Engine& engine, Timestamp now, std::span<const SeqEffect> effects) {
  std::vector<AlertNews> news;
  const AlertSettings settings = effects.empty() ? AlertSettings{} : this->settings();
  for (const SeqEffect& each : effects) {
    if (auto item = news_of(engine, settings, each.effect, each.seq))
      news.push_back(std::move(*item));
  }
  if (!news.empty()) outbox_->put(news);
  std::optional<std::map<std::string, AlertStanding>> known;
  outbox_->tick(now, [&](const std::string& id) {
    if (id.starts_with("break/")) return AlertStanding::firing;  // its end would have been told
    if (!known) known = standings(engine);
    const auto found = known->find(id);
    return found == known->end() ? AlertStanding::over : found->second;
  });
}

void AlertFeed::replayed(const Engine& engine, std::uint64_t seq, std::span<const Effect> effects) {
  if (seq <= outbox_->seq()) return;
  std::vector<AlertNews> news;
  const AlertSettings settings = this->settings();
  for (const Effect& effect : effects) {
    if (auto item = news_of(engine, settings, effect, seq)) news.push_back(std::move(*item));
  }
  if (!news.empty()) outbox_->put(news);
}

void AlertFeed::reconcile(const Engine& engine, Timestamp now) {
  const Desk& desk = engine.desk();
  const AlertSettings settings = this->settings();
  std::set<std::string> stand;
  std::vector<Notification> firing;
  const auto consider = [&](AlertState state, bool shelved, const AlertTransition& transition) {
    if (state != AlertState::firing && state != AlertState::acknowledged) return;
    stand.insert(alert_id(desk, transition));
    auto news = news_of(engine, settings, {transition.since, transition}, 0);
    if (state == AlertState::firing && !shelved && news)
      firing.push_back(std::move(news->notification));
  };
  for (const AlertEpisode& alert : engine.alerts().active())
    consider(alert.state, alert.shelved, alert.transition());
  for (const StopEpisode& stop : engine.stops().all())
    consider(stop.state, false, stop.transition());
  for (const BreakReport& item : engine.report().breaks) {
    if (item.open && settings.breaks)
      stand.insert(break_id(item.venue, item.account, item.subject));
  }
  for (const std::string& id : outbox_->open_alerts()) {
    if (!stand.contains(id))
      outbox_->forget(id, now, "the desk was configured anew and knows it no longer");
  }
  for (const Notification& each : firing)
    outbox_->adopt(each);
}

}  // namespace ballast
