#include "runtime/outbox/outbox_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {
namespace {

/// Names a notification for ever: what is sent again bears the same.
std::string message_of(const Notification& n) {
  return fmt::format("{}|{}|{}|{}", n.id, to_string(n.state), n.t.ns, n.level);
}

bool told(const OpenAlert& alert, const std::string& sink) {
  return std::find(alert.told.begin(), alert.told.end(), sink) != alert.told.end();
}

}  // namespace

OutboxState::OutboxState(std::string desk,
                         AlertSettings settings,
                         const std::vector<SinkTraits>& traits,
                         OutboxImage image,
                         std::uint64_t seed)
    : desk_(std::move(desk)),
      settings_(std::move(settings)),
      seq_(image.seq.value_or(0)),
      last_number_(image.last_number),
      rng_(seed) {
  BALLAST_ASSERT(traits.size() == settings_.sinks.size());
  if (settings_.escalations.empty()) {
    Escalation everybody{.name = "everybody"};
    for (const SinkSettings& sink : settings_.sinks)
      everybody.sinks.push_back(sink.name);
    settings_.escalations.push_back(std::move(everybody));
  }
  for (std::size_t i = 0; i < traits.size(); ++i) {
    Sink sink{.settings = settings_.sinks[i], .traits = traits[i]};
    sink.standing.sink = sink.settings.name;
    sinks_.push_back(std::move(sink));
  }
  for (SinkStanding& standing : image.sinks) {
    if (Sink* sink = find(standing.sink)) sink->standing = std::move(standing);
  }
  std::map<std::string, std::size_t> lost;
  for (QueuedDelivery& delivery : image.deliveries) {
    if (Sink* sink = find(delivery.sink)) {
      sink->queue.emplace(delivery.number, std::move(delivery));
    } else {
      ++lost[delivery.sink];
      touched_deliveries_.insert(delivery.number);
    }
  }
  for (const auto& [sink, count] : lost) {
    dropped_.push_back(fmt::format(
        "{} notifications waited for the sink \"{}\", which is configured no longer", count, sink));
  }
  for (OpenAlert& alert : image.alerts) {
    for (const std::string& name : alert.told) {
      Sink* sink = find(name);
      if (sink != nullptr && sink->traits.resend_every) sink->resends[alert.last.id] = {};
    }
    std::string id = alert.last.id;
    alerts_.emplace(std::move(id), std::move(alert));
  }
}

std::vector<std::string> OutboxState::open_alerts() const {
  std::vector<std::string> ids;
  for (const auto& [id, alert] : alerts_)
    ids.push_back(id);
  return ids;
}

const OpenAlert* OutboxState::open_alert(const std::string& id) const {
  const auto found = alerts_.find(id);
  return found == alerts_.end() ? nullptr : &found->second;
}

// ---- what the desk says

void OutboxState::put(std::span<const AlertNews> news, Timestamp wall) {
  const std::uint64_t before = seq_;
  for (const AlertNews& item : news) {
    if (item.seq <= before) continue;  // taken, before a restart
    BALLAST_ASSERT(item.seq >= seq_);
    seq_ = item.seq;
    Notification n = item.notification;
    n.message = message_of(n);
    if (n.state == NotificationState::notice) {
      if (item.notify) announce(n, wall);
      continue;
    }
    const auto found = alerts_.find(n.id);
    const bool fires =
        n.state == NotificationState::firing || n.state == NotificationState::reminder;
    if (!fires) {
      if (found != alerts_.end()) proceed(found->second, item, wall);
    } else if (!item.notify) {
      continue;
    } else if (found == alerts_.end()) {
      begin(n, wall);
    } else {
      remind(found->second, n, wall);
    }
  }
}

void OutboxState::announce(const Notification& notice, Timestamp wall) {
  std::set<std::string> heard;
  for (const Escalation* level : first_level()) {
    if (notice.severity < level->severity) continue;
    for (const std::string& name : level->sinks) {
      Sink* sink = find(name);
      if (sink != nullptr && heard.insert(name).second) tell(*sink, notice, wall);
    }
  }
}

void OutboxState::begin(const Notification& firing, Timestamp wall) {
  OpenAlert& alert = alerts_[firing.id];
  touch(firing.id);
  alert.last = firing;
  alert.last.state = NotificationState::firing;
  for (const Escalation* level : first_level()) {
    if (firing.severity < level->severity) continue;
    for (const std::string& name : level->sinks) {
      Sink* sink = find(name);
      if (sink != nullptr && !told(alert, name) && tell(*sink, alert.last, wall))
        alert.told.push_back(name);
    }
    arm(alert, *level, firing.t, 1);
  }
}

void OutboxState::remind(OpenAlert& alert, const Notification& firing, Timestamp wall) {
  touch(firing.id);
  alert.last = firing;
  alert.last.state = NotificationState::reminder;
  alert.last.message = message_of(alert.last);
  std::vector<std::string> names = alert.told;
  for (const Escalation* level : first_level()) {
    // A flood may have kept it from whom it is for.
    if (firing.severity >= level->severity)
      names.insert(names.end(), level->sinks.begin(), level->sinks.end());
  }
  std::set<std::string> heard;
  for (const std::string& name : names) {
    Sink* sink = find(name);
    if (sink == nullptr || !heard.insert(name).second) continue;
    Notification n = alert.last;
    if (!told(alert, name)) n.state = NotificationState::firing;
    if (tell(*sink, n, wall) && !told(alert, name)) alert.told.push_back(name);
  }
}

void OutboxState::proceed(OpenAlert& alert, const AlertNews& news, Timestamp wall) {
  touch(alert.last.id);
  Notification n = news.notification;
  n.since = alert.last.since;
  n.message = message_of(n);
  if (n.threshold.empty()) n.threshold = alert.last.threshold;
  alert.pending.clear();
  for (const std::string& name : alert.told) {
    Sink* sink = find(name);
    if (sink == nullptr) continue;
    if (n.state == NotificationState::resolved) sink->resends.erase(n.id);
    if (news.notify || sink->traits.keeps_state) enqueue(*sink, n, wall);
  }
  if (n.state == NotificationState::resolved) {
    alerts_.erase(n.id);
  } else {
    alert.last = std::move(n);
  }
}

void OutboxState::forget(const std::string& id,
                         Timestamp t,
                         const std::string& reason,
                         Timestamp wall) {
  const auto found = alerts_.find(id);
  if (found == alerts_.end()) return;
  AlertNews news{.seq = seq_, .notification = found->second.last, .notify = true};
  news.notification.state = NotificationState::resolved;
  news.notification.t = t;
  news.notification.reason = reason;
  proceed(found->second, news, wall);
}

void OutboxState::adopt(Notification firing, Timestamp wall) {
  if (alerts_.contains(firing.id)) return;
  firing.state = NotificationState::firing;
  firing.message = message_of(firing);
  begin(firing, wall);
}

bool OutboxState::tell(Sink& sink, const Notification& firing, Timestamp wall) {
  if (firing.severity < sink.settings.severity || !admit(sink, firing, wall)) return false;
  enqueue(sink, firing, wall);
  return true;
}

void OutboxState::enqueue(Sink& sink, Notification notification, Timestamp wall) {
  const std::string& id = notification.id;
  if (sink.traits.latest_only) {
    std::vector<std::uint64_t> older;
    for (const auto& [number, delivery] : sink.queue)
      if (delivery.notification.id == id) older.push_back(number);
    for (const std::uint64_t number : older)
      erase(sink, number);
  }
  if (sink.traits.resend_every && notification.state != NotificationState::resolved &&
      notification.state != NotificationState::notice)
    sink.resends[id] = {wall + *sink.traits.resend_every, 0};
  const std::uint64_t number = ++last_number_;
  put_since_ = true;
  touched_deliveries_.insert(number);
  sink.queue.emplace(number, QueuedDelivery{.number = number,
                                            .sink = sink.settings.name,
                                            .notification = std::move(notification),
                                            .queued_at = wall,
                                            .next_at = wall});
}

void OutboxState::erase(Sink& sink, std::uint64_t number) {
  sink.queue.erase(number);
  touched_deliveries_.insert(number);
}

// ---- floods

bool OutboxState::admit(Sink& sink, const Notification& firing, Timestamp wall) {
  SinkStanding& standing = sink.standing;
  if (sink.settings.per_minute == 0) return true;
  const Timestamp now = floor_to(firing.t, minute);
  if (now > standing.minute) {
    end_minute(sink, now, wall);
    standing.minute = now;
    standing.admitted = 0;
  }
  touch(sink);
  if (standing.admitted < sink.settings.per_minute) {
    ++standing.admitted;
    return true;
  }
  ++standing.held_back;
  ++standing.held_back_now;
  standing.worst_held_back = std::max(standing.worst_held_back, firing.severity);
  return false;
}

void OutboxState::end_minute(Sink& sink, Timestamp desk, Timestamp wall) {
  SinkStanding& standing = sink.standing;
  if (standing.held_back_now == 0 || desk < standing.minute + minute) return;
  Notification summary{
      .id = fmt::format("flood/{}/{}", sink.settings.name, to_string(standing.minute)),
      .message = {},
      .rule = "flood",
      .factor = "desk",
      .book = "*",
      .severity = standing.worst_held_back,
      .state = NotificationState::notice,
      .t = standing.minute + minute,
      .since = standing.minute,
      .reason = fmt::format("{} more in the minute from {}, held back", standing.held_back_now,
                            to_string(standing.minute)),
      .desk = desk_,
      .link = settings_.dashboard,
      .count = standing.held_back_now};
  summary.message = message_of(summary);
  standing.held_back_now = 0;
  standing.worst_held_back = Severity::info;
  touch(sink);
  enqueue(sink, std::move(summary), wall);
}

// ---- escalation

std::vector<const Escalation*> OutboxState::first_level() const {
  std::vector<const Escalation*> first;
  for (const Escalation& one : settings_.escalations) {
    const bool later =
        std::any_of(settings_.escalations.begin(), settings_.escalations.end(),
                    [&](const Escalation& other) { return other.escalate_to == one.name; });
    if (!later) first.push_back(&one);
  }
  return first;
}

const Escalation* OutboxState::escalation(std::string_view name) const {
  for (const Escalation& one : settings_.escalations)
    if (one.name == name) return &one;
  return nullptr;
}

void OutboxState::arm(OpenAlert& alert,
                      const Escalation& from_level,
                      Timestamp from,
                      std::uint32_t level) {
  if (!from_level.escalate_after || escalation(from_level.escalate_to) == nullptr) return;
  alert.pending.push_back({from_level.escalate_to, from + *from_level.escalate_after, level});
}

void OutboxState::tick(Timestamp desk, Timestamp wall, const AskStanding& ask) {
  for (Sink& sink : sinks_)
    end_minute(sink, desk, wall);
  for (auto& [id, alert] : alerts_) {
    const auto due = [desk](const OpenAlert::Pending& p) { return p.due <= desk; };
    if (std::none_of(alert.pending.begin(), alert.pending.end(), due)) continue;
    touch(id);
    const AlertStanding standing = ask(id);
    std::vector<OpenAlert::Pending> pending = std::move(alert.pending);
    alert.pending.clear();
    for (OpenAlert::Pending& each : pending) {
      if (!due(each)) {
        alert.pending.push_back(std::move(each));
      } else if (standing == AlertStanding::firing) {
        escalate(alert, each, desk, wall);
      } else if (standing == AlertStanding::shelved) {
        for (const Escalation& before : settings_.escalations)
          if (before.escalate_to == each.escalation && before.escalate_after)
            each.due = desk + *before.escalate_after;
        if (each.due > desk) alert.pending.push_back(std::move(each));
      }
    }
  }
}

void OutboxState::escalate(OpenAlert& alert,
                           const OpenAlert::Pending& pending,
                           Timestamp desk,
                           Timestamp wall) {
  const Escalation* level = escalation(pending.escalation);
  if (level == nullptr) return;  // configured no longer
  Notification n = alert.last;
  n.t = desk;
  n.level = pending.level;
  n.reason = fmt::format("{}{}nobody has acknowledged it for {}", n.reason,
                         n.reason.empty() ? "" : "; ", to_string(desk - n.since));
  if (n.severity >= level->severity) {
    for (const std::string& name : level->sinks) {
      Sink* sink = find(name);
      if (sink == nullptr) continue;
      n.state = told(alert, name) ? NotificationState::reminder : NotificationState::firing;
      n.message = message_of(n);
      if (tell(*sink, n, wall) && !told(alert, name)) alert.told.push_back(name);
    }
  }
  arm(alert, *level, desk, pending.level + 1);
}

OutboxState::Sink* OutboxState::find(std::string_view name) {
  for (Sink& sink : sinks_)
    if (sink.settings.name == name) return &sink;
  return nullptr;
}

}  // namespace ballast
