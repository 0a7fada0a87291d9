#include "runtime/live/desk_core.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "base/contract.hpp"

namespace ballast {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Observers hear at least so often.
constexpr auto beat = milliseconds(250);
/// What is behind the last snapshot is saved after so long, when nobody waits.
constexpr auto save_idle_after = std::chrono::minutes(5);

/// A longer silence (of a machine that slept, of a service that was down) is passed in one step:
/// what control would have done in it at each moment, nobody could carry out any more.
constexpr Duration silence_max = Duration::minutes(1);

Timestamp as_timestamp(WallClock::time_point at) {
  return {duration_cast<nanoseconds>(at.time_since_epoch()).count()};
}
Duration between(WallClock::time_point from, WallClock::time_point to) {
  return {duration_cast<nanoseconds>(to - from).count()};
}

bool is_market(const EventBody& body) {
  return std::holds_alternative<Mark>(body) || std::holds_alternative<Top>(body) ||
         std::holds_alternative<Trade>(body) || std::holds_alternative<Depth>(body) ||
         std::holds_alternative<FundingRate>(body);
}

LatencyFigures latency(const MinuteHistogram& histogram, Timestamp at) {
  const auto seconds = [&](double share) -> std::optional<double> {
    const auto value = histogram.quantile(at, share);
    return value ? std::optional(value->to_seconds()) : std::nullopt;
  };
  return {seconds(0.5), seconds(0.99), histogram.count(), histogram.sum()};
}

}  // namespace

DeskCore::DeskCore(DeskParts parts, const Clock& clock, std::function<std::size_t()> queued)
    : clock_(&clock), queued_(std::move(queued)) {
  begin(std::move(parts));
  figures_.queue_capacity = options_.queue_capacity;  // the inbox's, which no reload changes
}

void DeskCore::begin(DeskParts parts) {
  BALLAST_ASSERT(parts.engine && parts.store);
  loop_.reset();
  options_ = std::move(parts.options);
  engine_ = std::move(parts.engine);
  store_ = std::move(parts.store);
  execution_ =
      parts.execution ? std::make_unique<HeldExecution>(std::move(parts.execution)) : nullptr;
  feeds_ = std::make_unique<FeedHealth>(engine_->desk(), options_.silent_after, clock_->now());
  conflation_ = std::make_unique<Conflation>(options_.conflate);
  auto receipts = Receipts::load(parts.extra);
  keep(receipts ? Result<void>() : tl::unexpected(receipts.error()));
  if (receipts) receipts_ = std::move(*receipts);
  LoopEnds ends;
  ends.step = [this](const Event& event) { return step(event); };
  ends.sink = [this](const Event&) -> Result<void> {
    if (!refused_append_) return {};
    return tl::unexpected(*std::exchange(refused_append_, std::nullopt));
  };
  ends.wakes = [this] { return engine_->wakes(); };
  loop_ = std::make_unique<ClosedLoop>(
      std::move(ends), execution_.get(),
      engine_->started() ? std::optional(engine_->now()) : std::nullopt);
  saved_seq_ = store_->last_seq();
  stepped_at_ = passed_at_ = now();
  figured_ = {};
}

Timestamp DeskCore::now() const {
  const Timestamp t = clock_->now();
  return engine_->started() ? std::max(t, engine_->now()) : t;
}

// ---- a turn

void DeskCore::turn(std::vector<Task> tasks) {
  for (Task& task : tasks)
    take(task);
  const bool idle = changes_.events() == 0;
  pass_time(idle);
  commit();
  run_looks();
  if (WallClock::now() - told_ >= beat) tell();
  save_if_due(idle);
}

WallClock::duration DeskCore::rest() const {
  WallClock::duration rest = beat;
  if (failure_ || !store_) return rest;
  const Timestamp at = clock_->now();
  const auto until = [&](Timestamp due) {
    const double wall_ns = static_cast<double>((due - at).ns) / clock_->speed();
    const auto bounded = std::clamp(wall_ns, 0.0, 1e9);
    rest = std::min<WallClock::duration>(rest, nanoseconds(static_cast<std::int64_t>(bounded)));
  };
  until(stepped_at_ + options_.tick);
  if (const auto due = loop_->due()) until(*due);
  if (const auto due = conflation_->due()) until(*due);
  return rest;
}

/// A step of the loop: durable with the group, and followed by whoever follows.
std::span<const Effect> DeskCore::step(const Event& event) {
  const auto seq = store_->append(event);
  if (!seq) {
    const bool of_the_event = &event == pushed_ && seq.error().code == Errc::bad_input;
    if (of_the_event) {
      stepped_ = LineOutcome{LineOutcome::Kind::refused, 0, std::string(to_string(Errc::bad_input)),
                             seq.error().what};
    }
    refused_append_ = seq.error();
    return {};
  }
  const auto begin = WallClock::now();
  const auto effects = engine_->step(event);
  const auto end = WallClock::now();
  step_times_.add(as_timestamp(end), between(begin, end));
  store_->follow(*seq, event, effects);
  changes_.follow(*seq, event, effects, *engine_);
  if (&event != pushed_) {  // a market that execution brings along is a feed, too
    if (is_market(event.body)) feeds_->heard(event, clock_->now());
    return effects;
  }
  stepped_ = LineOutcome{LineOutcome::Kind::applied, *seq, {}, {}};
  for (const Effect& effect : effects) {
    if (std::holds_alternative<Duplicate>(effect.body)) {
      stepped_->kind = LineOutcome::Kind::duplicate;
    } else if (const auto* refused = std::get_if<Refused>(&effect.body)) {
      stepped_->kind = LineOutcome::Kind::refused;
      stepped_->code = refusal_names[static_cast<std::size_t>(refused->why)];
      stepped_->detail = refusal_text(refused->why);
    }
  }
  return effects;
}

/// A long silence first, in one step.
Result<void> DeskCore::push(const Event& event) {
  const Duration longest = silence_max * std::max<std::int64_t>(1, std::llround(clock_->speed()));
  if (engine_->started() && event.t - engine_->now() > longest)
    BALLAST_CHECK(loop_->take({event.t, Tick{}}));
  return loop_->push(event);
}

std::optional<LineOutcome> DeskCore::apply(const Event& event) {
  if (failure_) return std::nullopt;
  stepped_.reset();
  pushed_ = &event;
  const auto done = push(event);
  pushed_ = nullptr;
  const bool refused_alone = !done && stepped_ && stepped_->seq == 0;
  if (!refused_alone) keep(done);
  return failure_ ? std::nullopt : stepped_;
}

void DeskCore::pass_time(bool idle) {
  if (failure_) return;
  const Timestamp t = now();
  store_held(t);
  if (!idle && t - passed_at_ < options_.tick) return;
  passed_at_ = t;
  const bool quiet = idle && t - stepped_at_ >= options_.tick;
  if (!failure_) keep(quiet ? push({t, Tick{}}) : loop_->pass(t));
}

void DeskCore::store_held(Timestamp until) {
  while (const auto event = conflation_->take(until))
    apply(*event);
}

void DeskCore::keep(const Result<void>& done) {
  if (!done && !failure_) failure_ = done.error();
}

void DeskCore::commit() {
  const bool anything = changes_.events() > 0;
  if (anything && !failure_) {
    const auto begin = WallClock::now();
    const auto done = store_->commit();
    const auto end = WallClock::now();
    keep(done ? Result<void>() : tl::unexpected(done.error()));
    commit_took_ = between(begin, end);
    commit_times_.add(as_timestamp(end), commit_took_);
    rate_.add(as_timestamp(end), changes_.events());
    stepped_at_ = now();
  }
  const Error* const failed = failure_ ? &*failure_ : nullptr;
  if (!failed && execution_) execution_->release();
  for (const auto& [since, answer] : std::exchange(answers_, {})) {
    answer(failed);
    const auto end = WallClock::now();
    answer_times_.add(as_timestamp(end), between(since, end));
  }
  if (failed) changes_.clear();  // nobody hears of what may not be stored
  if (anything && !failed) tell();
}

void DeskCore::answer(WallClock::time_point since, Answer answer) {
  answers_.emplace_back(since, std::move(answer));
}

void DeskCore::run_looks() {
  const auto looks = std::exchange(looks_, {});
  if (looks.empty()) return;
  const LiveView now = view();
  for (const auto& look : looks)
    look(now);
}

void DeskCore::tell() {
  if (!observers_.empty()) {
    const LiveView now = view();
    const LiveGroup group = changes_.group(now, static_cast<double>(commit_took_.ns) * 1e-9);
    for (LiveObserver* observer : observers_)
      observer->on_group(group);
  }
  changes_.clear();
  commit_took_ = {};
  told_ = WallClock::now();
}

// ---- snapshots and the end

void DeskCore::save_if_due(bool idle) {
  if (failure_) return;
  if (store_->snapshot_underway()) {
    if (!idle) return;  // groups take it along
    const auto done = store_->commit();
    return keep(done ? Result<void>() : tl::unexpected(done.error()));
  }
  const std::uint64_t behind = store_->last_seq() - saved_seq_;
  const bool alone = idle && queued_() == 0;
  const bool old = behind > 0 && WallClock::now() - saved_ >= save_idle_after;
  if (behind < options_.snapshot_every && !(old && alone)) return;
  keep(store_->begin_snapshot(receipts_.save()));
  saved_ = WallClock::now();
  saved_seq_ = store_->last_seq();
}

void DeskCore::save() { keep(store_->save_snapshot(receipts_.save())); }

Result<void> DeskCore::finish() {
  if (!failure_) store_held(end_of_time);
  commit();
  if (!failure_) save();
  run_looks();
  figures();
  loop_.reset();
  store_.reset();
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

// ---- figures

LiveView DeskCore::view() const { return {*engine_, *feeds_, figures()}; }

const LiveFigures& DeskCore::figures() const {
  const auto at = WallClock::now();
  figures_.now = clock_->now();
  figures_.uptime_seconds = between(started_, at).to_seconds();
  figures_.queued = queued_();
  figures_.conflated = conflation_->replaced();
  figures_.draining = draining_;
  figures_.failed = failure_ ? std::optional(failure_->what) : std::nullopt;
  figures_.clock_problem = clock_->problem();
  if (!store_) return figures_;
  figures_.last_seq = store_->last_seq();
  figures_.durable_seq = store_->durable_seq();
  if (at - figured_ < beat) return figures_;
  figured_ = at;
  const Timestamp wall = as_timestamp(at);
  figures_.events_per_second = rate_.per_second(wall);
  figures_.step = latency(step_times_, wall);
  figures_.commit = latency(commit_times_, wall);
  figures_.acknowledge = latency(answer_times_, wall);
  figures_.journal_bytes = store_->bytes();
  return figures_;
}

}  // namespace ballast
