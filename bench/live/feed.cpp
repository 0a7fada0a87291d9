#include "live/feed.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <poll.h>

#include "live/desk_shape.hpp"

namespace ballast::live_bench {
namespace {

// Each session has instruments of its own, as an exchange's connection for a part of its markets
// would: what is told of one stays in order.
constexpr std::size_t sessions_of_fills = 2;
constexpr std::size_t sessions_of_marks = 2;

constexpr std::int64_t tick_ns = 5 * ns_a_ms;
constexpr std::uint64_t ticks_a_second = ns_a_second / tick_ns;

/// Out for a quarter of a second; from one time out to the next, half a second to a second.
constexpr std::int64_t probe_out_ns = 250 * ns_a_ms;
constexpr std::int64_t probe_in_least_ns = 250 * ns_a_ms;
constexpr std::uint64_t probe_in_spread_ns = 500 * ns_a_ms;
/// Not before the first marks, without which the probe's factor is unknown.
constexpr std::int64_t probe_first_ns = ns_a_second;

/// Beyond their bands of 50 now and then, and within their limits always.
constexpr int position_most = 60;

/// What is unanswered for longer means that the service does not keep up, and more would only fill
/// our own memory.
constexpr std::uint64_t unanswered_seconds = 4;
constexpr double answers_within_seconds = 60.0;

/// xorshift64: random enough to look like a market, and cheap.
std::uint64_t next_random(std::uint64_t& state) {
  state ^= state << 13U;
  state ^= state >> 7U;
  state ^= state << 17U;
  return state;
}

/// How much of a rate is due from tick `number` to the next, for one session of several.
std::uint64_t due_in_tick(std::uint64_t a_second, std::size_t sessions, std::uint64_t number) {
  const std::uint64_t per = ticks_a_second * sessions;
  return (number + 1) * a_second / per - number * a_second / per;
}

}  // namespace

Feed::Feed(FeedPlan plan)
    : plan_(std::move(plan)),
      fills_sent_(sessions_of_fills, 0),
      prices_(instruments + 1, (price_least + price_most) / 2),
      positions_(instruments + 1, 0),
      turns_(sessions_of_marks, 0) {}

Feed::~Feed() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Feed::start() {
  for (std::size_t i = 0; i < sessions_of_fills; ++i)
    fill_sessions_.emplace_back(plan_.port, plan_.token);
  for (std::size_t i = 0; i < sessions_of_marks; ++i) {
    mark_sessions_.emplace_back(plan_.port, plan_.token);
    turns_[i] = i;
  }
  running_ = true;
  thread_ = std::thread([this] {
    try {
      run();
    } catch (const Failure& failure) {
      const std::lock_guard lock(mutex_);
      failure_ = failure.what();
    }
    running_ = false;
  });
}

void Feed::run() {
  const auto ticks =
      static_cast<std::uint64_t>(plan_.seconds * static_cast<double>(ticks_a_second));
  const std::int64_t begin = steady_ns();
  probe_due_ = begin + probe_first_ns;
  for (std::uint64_t number = 0; number < ticks && !stop_; ++number) {
    const std::int64_t due = begin + static_cast<std::int64_t>(number) * tick_ns;
    wait_until(due);
    const std::int64_t now = steady_ns();
    outcome_.lateness.add(now - due);
    tick(number, now);
  }
  for (auto* sessions : {&fill_sessions_, &mark_sessions_}) {
    for (Session& session : *sessions)
      session.finish();
  }
  const std::int64_t patience =
      steady_ns() + static_cast<std::int64_t>(answers_within_seconds) * ns_a_second;
  while (!all_done() && !stop_ && steady_ns() < patience)
    wait_until(steady_ns() + tick_ns);
  outcome_.seconds = to_seconds(steady_ns() - begin);
}

void Feed::tick(std::uint64_t number, std::int64_t now) {
  const std::uint64_t fills = due_in_tick(plan_.fills_a_second, sessions_of_fills, number);
  const std::uint64_t marks = due_in_tick(plan_.marks_a_second, sessions_of_marks, number);
  for (std::size_t i = 0; i < mark_sessions_.size(); ++i)
    send_marks(i, marks);
  for (std::size_t i = 0; i < fill_sessions_.size(); ++i)
    send_fills(i, fills, now);
  std::uint64_t answered = 0;
  for (const Session& session : fill_sessions_)
    answered += session.answered().lines();
  fills_answered_ = answered;
}

void Feed::send_marks(std::size_t i, std::uint64_t count) {
  Session& session = mark_sessions_[i];
  const std::uint64_t enough = unanswered_seconds * plan_.marks_a_second / sessions_of_marks;
  if (session.unanswered() > enough) {
    outcome_.held_back += count;
    return;
  }
  std::string& out = session.begin_batch();
  const std::int64_t t = wall_ns();
  for (std::uint64_t n = 0; n < count; ++n) {
    std::size_t& at = turns_[i];
    int& price = prices_[at];
    price = std::clamp(price + static_cast<int>(next_random(random_) % 11) - 5, price_least,
                       price_most);
    lines_.append_mark(out, t + static_cast<std::int64_t>(n), at, price);
    at += sessions_of_marks;
    if (at > probe) at = i;
  }
  session.end_batch(count);
  outcome_.marks.sent += count;
}

void Feed::send_fills(std::size_t i, std::uint64_t count, std::int64_t now) {
  Session& session = fill_sessions_[i];
  const std::uint64_t enough = unanswered_seconds * plan_.fills_a_second / sessions_of_fills;
  if (session.unanswered() > enough) {
    outcome_.held_back += count;
    return;
  }
  std::string& out = session.begin_batch();
  const std::int64_t t = wall_ns();
  for (std::uint64_t n = 0; n < count; ++n) {
    const std::uint64_t random = next_random(random_);
    const std::size_t instrument =
        random % (instruments / sessions_of_fills) * sessions_of_fills + i;
    int& position = positions_[instrument];
    Side side = (random >> 32U) % 2 == 0 ? Side::buy : Side::sell;
    if (position >= position_most) side = Side::sell;
    if (position <= -position_most) side = Side::buy;
    position += side == Side::buy ? 1 : -1;
    lines_.append_fill(out, t + static_cast<std::int64_t>(n), first_id(i) + fills_sent_[i]++,
                       instrument, (random >> 40U) % books, side, prices_[instrument]);
  }
  if (i == 0) count += append_probe(out, t + static_cast<std::int64_t>(count), now);
  session.end_batch(count);
  outcome_.fills.sent += count;
}

std::uint64_t Feed::append_probe(std::string& out, std::int64_t t, std::int64_t now) {
  if (now < probe_due_) return 0;
  probe_out_ = !probe_out_;
  lines_.append_fill(out, t, first_id(0) + fills_sent_[0]++, probe, 0,
                     probe_out_ ? Side::buy : Side::sell, prices_[probe]);
  if (probe_out_) {
    outcome_.probes.push_back(steady_ns());
    probe_due_ = now + probe_out_ns;
  } else {
    probe_due_ = now + probe_in_least_ns +
                 static_cast<std::int64_t>(next_random(random_) % probe_in_spread_ns);
  }
  return 1;
}

/// Reads answers, and writes what waits, as they come.
void Feed::wait_until(std::int64_t due) {
  std::array<pollfd, sessions_of_fills + sessions_of_marks> watched{};
  std::array<Session*, watched.size()> sessions{};
  std::size_t count = 0;
  for (auto* all : {&fill_sessions_, &mark_sessions_}) {
    for (Session& session : *all)
      sessions[count++] = &session;
  }
  for (;;) {
    const std::int64_t left = due - steady_ns();
    if (left <= 0) return;
    for (std::size_t i = 0; i < count; ++i) {
      const bool writes = sessions[i]->wants_to_write();
      watched[i] = {sessions[i]->done() ? -1 : sessions[i]->fd(),
                    static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0};
    }
    const timespec timeout{left / ns_a_second, left % ns_a_second};
    if (::ppoll(watched.data(), count, &timeout, nullptr) <= 0) continue;
    for (std::size_t i = 0; i < count; ++i) {
      if ((watched[i].revents & POLLOUT) != 0) sessions[i]->write();
      if ((watched[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) sessions[i]->read();
    }
  }
}

bool Feed::all_done() const {
  const auto done = [](const Session& session) { return session.done(); };
  return std::all_of(fill_sessions_.begin(), fill_sessions_.end(), done) &&
         std::all_of(mark_sessions_.begin(), mark_sessions_.end(), done);
}

void Feed::collect() {
  const auto add = [this](const std::vector<Session>& sessions, FeedPart& to) {
    for (const Session& session : sessions) {
      const Answered& answered = session.answered();
      to.answered.applied += answered.applied;
      to.answered.duplicate += answered.duplicate;
      to.answered.conflated += answered.conflated;
      to.answered.refused += answered.refused;
      to.answered.last_seq = std::max(to.answered.last_seq, answered.last_seq);
      if (to.answered.first_refusal.empty()) to.answered.first_refusal = answered.first_refusal;
      to.times.add(session.times());
      outcome_.unanswered += session.unanswered();
    }
  };
  add(fill_sessions_, outcome_.fills);
  add(mark_sessions_, outcome_.marks);
  for (const Session& session : fill_sessions_) {
    const Answered& answered = session.answered();
    outcome_.fills_by_session.push_back(answered.refused == 0 ? answered.lines() : 0);
  }
}

FeedOutcome Feed::finish() {
  if (thread_.joinable()) thread_.join();
  if (failure_) throw Failure(*failure_);
  collect();
  return std::move(outcome_);
}

}  // namespace ballast::live_bench
