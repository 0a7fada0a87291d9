// DeskCore: what a live desk does on its one thread: turns. A turn takes tasks and the time that
// has passed, makes what they led to durable, and only then answers and tells.
//
// No threads here: LiveDesk calls, and so do tests, in any order they like.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/closed_loop.hpp"
#include "runtime/live/conflation.hpp"
#include "runtime/live/group_changes.hpp"
#include "runtime/live/held_execution.hpp"
#include "runtime/live/inbox.hpp"
#include "runtime/live/receipts.hpp"
#include "runtime/live_desk.hpp"
#include "runtime/meters.hpp"

namespace ballast {

class DeskCore {
 public:
  static constexpr Timestamp end_of_time{std::numeric_limits<std::int64_t>::max()};

  /// `queued`: submissions that wait outside, for the figures. The clock outlives it.
  DeskCore(DeskParts parts, const Clock& clock, std::function<std::size_t()> queued);
  DeskCore(const DeskCore&) = delete;
  DeskCore& operator=(const DeskCore&) = delete;

  /// They outlive it.
  void observe(LiveObserver& observer) { observers_.push_back(&observer); }
  void turn(std::vector<Task> tasks);
  /// How long nothing needs a turn unless a task comes.
  WallClock::duration rest() const;
  /// From now on figures say so.
  void drain() { draining_ = true; }
  /// The last turn: stores what is held, saves a snapshot, closes.
  Result<void> finish();
  /// Runs a look with the view of now; between turns.
  void look(const std::function<void(const LiveView&)>& at) { at(view()); }

  const std::optional<Error>& failure() const { return failure_; }
  std::uint32_t group_max() const { return options_.group_max; }

 private:
  /// An answer that waits for its group to be durable; null: it is.
  using Answer = std::function<void(const Error* failed)>;

  void begin(DeskParts parts);

  // ---- tasks (desk_tasks.cpp)
  void take(Task& task);
  void take(Submission& submission, WallClock::time_point since);
  void take(ChangeTask& task, WallClock::time_point since);
  void take(ReloadTask& task, WallClock::time_point since);
  /// False when it was taken before, or cannot be: then it is answered.
  bool fresh(Submission& submission, WallClock::time_point since);
  std::vector<LineOutcome> take_atomic(const Submission& submission);
  std::vector<LineOutcome> take_lines(const Submission& submission, bool whole);
  /// Nothing, or why the line is not taken.
  std::optional<LineOutcome> read(const std::string& line, const Principal& by, Event& out);
  LineOutcome take_event(Event& event, const std::string& line, const Principal& by);
  /// Steps it, with what it leads to; nothing when the desk has failed.
  std::optional<LineOutcome> apply(const Event& event);
  /// The number of the record; 0 when the desk has failed.
  std::uint64_t audit(const Principal& by, const PlannedChange& change, std::uint64_t seq);
  void keep_receipt(const Submission& submission, const SubmissionOutcome& outcome);
  void answer(WallClock::time_point since, Answer answer);

  // ---- the loop (desk_core.cpp)
  std::span<const Effect> step(const Event& event);
  Result<void> push(const Event& event);
  void pass_time(bool idle);
  void store_held(Timestamp until);
  /// Keeps the desk from going on after an error that leaves unknown what is stored.
  void keep(const Result<void>& done);
  void commit();
  void run_looks();
  void tell();
  void save_if_due(bool idle);
  void save();
  Timestamp now() const;
  LiveView view() const;
  const LiveFigures& figures() const;

  const Clock* clock_;
  std::function<std::size_t()> queued_;
  std::vector<LiveObserver*> observers_;
  LiveOptions options_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<DeskStore> store_;
  std::unique_ptr<HeldExecution> execution_;
  std::unique_ptr<ClosedLoop> loop_;
  std::unique_ptr<FeedHealth> feeds_;
  std::unique_ptr<Conflation> conflation_;
  Receipts receipts_;
  std::optional<Error> failure_;
  bool draining_ = false;

  // The open group.
  GroupChanges changes_;
  std::vector<std::pair<WallClock::time_point, Answer>> answers_;
  std::vector<std::function<void(const LiveView&)>> looks_;
  std::optional<LineOutcome> stepped_;  // what became of the event pushed last
  const Event* pushed_ = nullptr;
  std::optional<Error> refused_append_;

  // Times.
  Timestamp stepped_at_{};  // the desk's clock, when anything was last stepped
  Timestamp passed_at_{};   // and when time was last let pass
  WallClock::time_point started_ = WallClock::now();
  WallClock::time_point told_ = started_;
  Duration commit_took_{};  // of the group that is told next
  WallClock::time_point saved_ = started_;
  std::uint64_t saved_seq_ = 0;

  // Figures.
  MinuteHistogram step_times_, commit_times_, answer_times_;
  RateMeter rate_;
  mutable LiveFigures figures_;
  mutable WallClock::time_point figured_{};
};

}  // namespace ballast
