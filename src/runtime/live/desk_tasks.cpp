// What a desk does with each thing it is asked for.
#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "runtime/live/desk_core.hpp"
#include "runtime/live/posted.hpp"

namespace ballast {
namespace {

/// A batch that becomes durable as a whole, or not at all, is of bounded size.
constexpr std::size_t whole_max = 65'536;

LineOutcome refused(std::string_view code, std::string detail) {
  return {LineOutcome::Kind::refused, 0, std::string(code), std::move(detail)};
}
LineOutcome refused(const Error& error) { return refused(to_string(error.code), error.what); }

tl::unexpected<Error> not_running(const Error& failure) {
  return fail(Errc::io, "the desk has stopped: " + failure.what);
}

}  // namespace

void DeskCore::take(Task& task) {
  if (auto* submission = std::get_if<Submission>(&task.what)) {
    take(*submission, task.since);
  } else if (auto* change = std::get_if<ChangeTask>(&task.what)) {
    take(*change, task.since);
  } else if (auto* query = std::get_if<QueryTask>(&task.what)) {
    looks_.push_back(std::move(query->look));
  } else {
    take(std::get<ReloadTask>(task.what), task.since);
  }
}

// ---- events from outside

void DeskCore::take(Submission& submission, WallClock::time_point since) {
  if (failure_) return submission.done(not_running(*failure_));
  if (!fresh(submission, since)) return;
  const bool whole = submission.atomic || !submission.key.empty();
  SubmissionOutcome outcome;
  outcome.lines = submission.atomic ? take_atomic(submission) : take_lines(submission, whole);
  outcome.last_seq = store_->last_seq();
  if (!submission.key.empty()) keep_receipt(submission, outcome);
  answer(since, [done = std::move(submission.done),
                 outcome = std::move(outcome)](const Error* failed) mutable {
    if (failed) return done(not_running(*failed));
    done(std::move(outcome));
  });
}

bool DeskCore::fresh(Submission& submission, WallClock::time_point since) {
  const std::string& key = submission.key;
  const auto refuse = [&](Errc code, std::string what) {
    submission.done(fail(code, std::move(what)));
    return false;
  };
  if ((!key.empty() || submission.atomic) && submission.lines.size() > whole_max) {
    return refuse(Errc::bad_input,
                  fmt::format("a batch that is atomic or has a key holds at most {} events, and "
                              "this one {}: send it in parts",
                              whole_max, submission.lines.size()));
  }
  if (key.empty()) return true;
  if (key.size() > decltype(Receipt::key)::capacity || !is_utf8(key)) {
    return refuse(Errc::bad_input,
                  fmt::format("an idempotency key has at most {} bytes, and is UTF-8",
                              decltype(Receipt::key)::capacity));
  }
  const auto* known = receipts_.find(note_of(submission.by.name).view(), key);
  if (known == nullptr) return true;
  if (known->request != request_hash(submission.lines)) {
    return refuse(Errc::conflict,
                  fmt::format("the idempotency key \"{}\" was used at {} with other events: a new "
                              "batch needs a new key",
                              key, to_string(known->t)));
  }
  auto outcome = parse_answer(known->answer);
  answer(since,
         [done = std::move(submission.done), outcome = std::move(outcome)](const Error* failed) {
           if (failed) return done(not_running(*failed));
           done(outcome);
         });
  return false;
}

void DeskCore::keep_receipt(const Submission& submission, const SubmissionOutcome& outcome) {
  Receipt receipt;
  receipt.by = note_of(submission.by.name);
  receipt.key = *Text<255>::create(submission.key);
  receipt.request = request_hash(submission.lines);
  receipt.answer = answer_text(outcome);
  const Event event{now(), std::move(receipt)};
  const auto stored = apply(event);
  if (!stored || stored->kind == LineOutcome::Kind::refused) return;
  receipts_.add(event.t, std::get<Receipt>(event.body));
}

std::vector<LineOutcome> DeskCore::take_atomic(const Submission& submission) {
  std::vector<Event> events(submission.lines.size());
  std::vector<LineOutcome> outcomes;
  bool good = true;
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto objection = read(submission.lines[i], submission.by, events[i]);
    good = good && !objection;
    outcomes.push_back(objection.value_or(
        refused("atomic", "another event of this atomic batch cannot be taken, so none is")));
  }
  if (!good) return outcomes;
  for (std::size_t i = 0; i < events.size(); ++i)
    outcomes[i] = take_event(events[i], submission.lines[i], submission.by);
  return outcomes;
}

/// `whole`: in one group.
std::vector<LineOutcome> DeskCore::take_lines(const Submission& submission, bool whole) {
  std::vector<LineOutcome> outcomes;
  outcomes.reserve(submission.lines.size());
  Event event;
  for (const std::string& line : submission.lines) {
    auto objection = read(line, submission.by, event);
    outcomes.push_back(objection ? std::move(*objection) : take_event(event, line, submission.by));
    if (!whole && changes_.events() >= 2 * std::size_t{options_.group_max}) commit();
  }
  return outcomes;
}

std::optional<LineOutcome> DeskCore::read(const std::string& line,
                                          const Principal& by,
                                          Event& out) {
  if (failure_) return refused(*failure_);
  if (const auto done = store_->read(line, out); !done) return refused(done.error());
  const auto needed = to_post(out.body);
  if (!needed) {
    return refused("not_allowed",
                   fmt::format("a \"{}\" event is written by the service alone", out.type()));
  }
  if (!may(by.role, *needed)) {
    return refused("not_allowed",
                   fmt::format("to post this \"{}\" event takes the role {}, and \"{}\" is {}",
                               out.type(), roles_for(*needed), by.name, to_string(by.role)));
  }
  const Timestamp at = clock_->now();
  if (out.t - at > options_.max_ahead) {
    return refused("ahead_of_clock",
                   fmt::format("\"t\" is {}, {} ahead of the desk's clock ({}), and at most {} is "
                               "taken: set the sender's clock, or [service] max_ahead",
                               to_string(out.t), to_string(out.t - at), to_string(at),
                               to_string(options_.max_ahead)));
  }
  return std::nullopt;
}

LineOutcome DeskCore::take_event(Event& event, const std::string& line, const Principal& by) {
  const Timestamp at = clock_->now();
  feeds_->heard(event, at);
  if (conflation_->holds(event, at)) return {LineOutcome::Kind::conflated, 0, {}, {}};
  const bool decided = sign(event.body, note_of(by.name));
  auto outcome = apply(event);
  if (!outcome) return refused(*failure_);
  if (decided && outcome->kind == LineOutcome::Kind::applied)
    audit(by, plan_of(engine_->desk(), event.body, line), outcome->seq);
  return std::move(*outcome);
}

// ---- changes by people

std::uint64_t DeskCore::audit(const Principal& by, const PlannedChange& change, std::uint64_t seq) {
  const auto outcome = apply({now(), audit_of(by, change, seq)});
  return outcome ? outcome->seq : 0;
}

void DeskCore::take(ChangeTask& task, WallClock::time_point since) {
  if (failure_) return task.done(not_running(*failure_));
  auto planned = task.prepare(view());
  if (!planned) return task.done(tl::unexpected(std::move(planned).error()));
  PlannedChange& plan = *planned;
  if (const auto fit = check_audit(plan); !fit) return task.done(tl::unexpected(fit.error()));
  ChangeOutcome outcome{0, 0, plan.before, plan.after};
  if (task.dry_run) return task.done(std::move(outcome));
  sign(plan.event, note_of(task.by.name));
  if (!std::holds_alternative<Tick>(plan.event)) {
    const auto applied = apply({now(), plan.event});
    if (!applied) return task.done(not_running(*failure_));
    if (applied->kind == LineOutcome::Kind::refused)
      return task.done(fail(Errc::conflict, applied->detail));
    outcome.seq = applied->seq;
  }
  outcome.audit_seq = audit(task.by, plan, outcome.seq);
  answer(since, [done = std::move(task.done), outcome = std::move(outcome)](const Error* failed) {
    if (failed) return done(not_running(*failed));
    done(outcome);
  });
}

// ---- another configuration

void DeskCore::take(ReloadTask& task, WallClock::time_point since) {
  if (!failure_) store_held(end_of_time);
  commit();
  run_looks();
  if (!failure_) save();
  if (failure_) return task.done(not_running(*failure_));
  store_.reset();
  auto parts = task.make();
  const auto why = parts ? std::nullopt : std::optional(parts.error());
  if (why) parts = task.fall_back();
  if (!parts) {
    keep(tl::unexpected(parts.error()));
    return task.done(not_running(*failure_));
  }
  begin(std::move(*parts));
  if (why) return task.done(tl::unexpected(*why));
  const LiveView now = view();
  for (LiveObserver* observer : observers_)
    observer->on_reload(now);
  PlannedChange plan;
  plan.action = "config.reload";
  plan.subject = "desk";
  plan.before = std::move(task.before);
  plan.after = std::move(task.after);
  const std::uint64_t record = audit(task.by, plan, 0);
  answer(since, [done = std::move(task.done), record](const Error* failed) {
    if (failed) return done(not_running(*failed));
    done(record);
  });
}

}  // namespace ballast
