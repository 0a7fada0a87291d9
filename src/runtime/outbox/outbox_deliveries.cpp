// OutboxState: what each sink has to do, how that went, and what of it all is stored.
#include <algorithm>
#include <utility>

#include "runtime/outbox/outbox_state.hpp"

namespace ballast {
namespace {

/// Also when the wall's clock was set back since.
bool is_due(Timestamp at, Timestamp wall) {
  return at <= wall || at - wall > OutboxState::longest_pause;
}

void soonest(std::optional<Timestamp>& at, Timestamp other) {
  if (!at || other < *at) at = other;
}

}  // namespace

SinkTurn OutboxState::turn(std::size_t index, Timestamp wall) const {
  const Sink& sink = sinks_[index];
  if (const auto until = sink.standing.paused_until; until && !is_due(*until, wall))
    return {std::nullopt, until};
  SinkTurn turn;
  std::set<std::string_view> seen;  // alerts of which the oldest message was looked at
  const QueuedDelivery* next = nullptr;
  for (const auto& [number, delivery] : sink.queue) {
    if (!seen.insert(delivery.notification.id).second) continue;
    if (!is_due(delivery.next_at, wall)) {
      soonest(turn.at, delivery.next_at);
    } else if (next == nullptr || delivery.attempts < next->attempts) {
      next = &delivery;
    }
  }
  if (next != nullptr) {
    turn.job = DeliveryJob{next->number, next->notification};
    return turn;
  }
  for (const auto& [id, resend] : sink.resends) {
    const auto alert = alerts_.find(id);
    if (seen.contains(id) || alert == alerts_.end()) continue;
    if (is_due(resend.at, wall)) {
      turn.job = DeliveryJob{0, alert->second.last};
      return turn;
    }
    soonest(turn.at, resend.at);
  }
  return turn;
}

Duration OutboxState::back_off(std::uint32_t attempts) {
  Duration whole = first_back_off;
  for (std::uint32_t i = 1; i < attempts && whole < longest_back_off; ++i)
    whole = whole * 2;
  whole = std::min(whole, longest_back_off);
  return Duration{whole.ns / 2 +
                  static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(whole.ns / 2)))};
}

void OutboxState::settle(std::size_t index,
                         const DeliveryJob& job,
                         const DeliveryOutcome& outcome,
                         Timestamp wall) {
  Sink& sink = sinks_[index];
  SinkStanding& standing = sink.standing;
  touch(sink);
  const auto resend = sink.resends.find(job.notification.id);
  const auto queued = sink.queue.find(job.number);  // gone when something newer replaced it
  if (outcome) {
    ++standing.delivered;
    standing.failing_since.reset();
    standing.paused_until.reset();
    standing.last_error.clear();
    if (queued != sink.queue.end()) erase(sink, job.number);
    if (resend != sink.resends.end()) resend->second = {wall + *sink.traits.resend_every, 0};
    for (auto& [number, delivery] : sink.queue) {
      if (!delivery.unavailable) continue;
      delivery.unavailable = false;
      delivery.next_at = wall;
      touched_deliveries_.insert(number);
    }
    return;
  }

  const DeliveryFailure& failure = outcome.error();
  const bool refused = failure.kind == DeliveryFailure::Kind::refused;
  if (!standing.failing_since) standing.failing_since = wall;
  standing.last_error = failure.what;
  const Duration asked = std::min(failure.retry_after.value_or(Duration{}), longest_pause);
  if (asked.ns > 0) standing.paused_until = wall + asked;
  if (job.number == 0 && resend != sink.resends.end())
    resend->second.at = wall + std::max(asked, back_off(++resend->second.attempts));
  if (queued == sink.queue.end()) return;

  QueuedDelivery& delivery = queued->second;
  ++delivery.attempts;
  delivery.unavailable = failure.kind == DeliveryFailure::Kind::unavailable;
  const Duration pause = refused ? longest_back_off : back_off(delivery.attempts);
  delivery.next_at = wall + std::max(asked, pause);
  touched_deliveries_.insert(job.number);
  const bool old = wall - delivery.queued_at >= sink.settings.give_up_after;
  if (delivery.notification.severity != Severity::critical && (refused || old)) {
    ++standing.given_up;
    erase(sink, job.number);
  }
}

// ---- what it shows, what it stores

std::vector<SinkHealth> OutboxState::health() const {
  std::vector<SinkHealth> all;
  for (const Sink& sink : sinks_) {
    SinkHealth health{.name = sink.settings.name,
                      .queued = sink.queue.size(),
                      .failing_since = sink.standing.failing_since,
                      .last_error = {},
                      .delivered = sink.standing.delivered,
                      .given_up = sink.standing.given_up,
                      .held_back = sink.standing.held_back};
    if (health.failing_since) health.last_error = sink.standing.last_error;
    all.push_back(std::move(health));
  }
  return all;
}

OutboxChanges OutboxState::take_changes(bool whole) {
  OutboxChanges changes{
      .whole = whole, .durable = put_since_ || whole, .seq = seq_, .last_number = last_number_};
  for (const Sink& sink : sinks_) {
    if (whole || touched_sinks_.contains(sink.settings.name))
      changes.sinks.push_back(sink.standing);
  }
  if (whole) {
    for (const Sink& sink : sinks_)
      for (const auto& [number, delivery] : sink.queue)
        touched_deliveries_.insert(number);
    for (const auto& [id, alert] : alerts_)
      touched_alerts_.insert(id);
  }
  for (const std::uint64_t number : touched_deliveries_) {
    if (const QueuedDelivery* delivery = queued(number)) {
      changes.deliveries.push_back(*delivery);
    } else {
      changes.removed_deliveries.push_back(number);
    }
  }
  for (const std::string& id : touched_alerts_) {
    if (const OpenAlert* alert = open_alert(id)) {
      changes.alerts.push_back(*alert);
    } else {
      changes.removed_alerts.push_back(id);
    }
  }
  touched_deliveries_.clear();
  touched_alerts_.clear();
  touched_sinks_.clear();
  put_since_ = false;
  return changes;
}

OutboxImage OutboxState::image() const {
  OutboxImage image{.seq = seq_, .last_number = last_number_};
  for (const Sink& sink : sinks_) {
    image.sinks.push_back(sink.standing);
    for (const auto& [number, delivery] : sink.queue)
      image.deliveries.push_back(delivery);
  }
  for (const auto& [id, alert] : alerts_)
    image.alerts.push_back(alert);
  std::sort(image.deliveries.begin(), image.deliveries.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  std::sort(image.sinks.begin(), image.sinks.end(),
            [](const auto& a, const auto& b) { return a.sink < b.sink; });
  return image;
}

const QueuedDelivery* OutboxState::queued(std::uint64_t number) const {
  for (const Sink& sink : sinks_) {
    const auto found = sink.queue.find(number);
    if (found != sink.queue.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace ballast
