#include "apps/ballast/run.hpp"

#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "engine/margin_views.hpp"
#include "engine/option_views.hpp"

namespace ballast {

namespace {

std::string place(const EventSource* source) { return source ? source->where() : "event"; }

}  // namespace

Result<Desk> read_desk(const std::string& path) {
  BALLAST_TRY(text, read_file(path));
  return load_desk(text, path);
}

Run::Run(Desk desk, Options options) : options_(std::move(options)) { begin(std::move(desk)); }

void Run::begin(Desk desk) {
  engine_ = std::make_unique<Engine>(std::move(desk), options_.engine);
  recorder_ = std::make_unique<Recorder>(*engine_, options_.engine.from, options_.engine.to);
  writer_ = std::make_unique<EventWriter>(engine_->desk());
}

Result<std::unique_ptr<Run>> Run::open(Desk desk, Options options) {
  if (options.journal) options.engine.keep_hours = true;
  std::unique_ptr<Run> run(new Run(std::move(desk), std::move(options)));
  if (run->options_.journal) BALLAST_CHECK(run->recover());
  return run;
}

Result<void> Run::recover() {
  BALLAST_TRY(journal, DeskJournal::open(engine_->desk(), {.file = *options_.journal,
                                                           .from_start = options_.from_start,
                                                           .rebuild = options_.rebuild,
                                                           .change_desk = options_.change_desk,
                                                           .group = options_.group}));
  BALLAST_CHECK(journal->recover(*this));
  journal_ = std::move(journal);
  recovered_ = journal_->durable_seq();
  if (options_.go_on && recovered_ > 0) {
    BALLAST_TRY(known, KnownEvents::open(*options_.journal, recovered_));
    known_ = std::move(known);
  }
  return {};
}

bool Run::restore(StateImage image) {
  const auto restored = engine_->restore(image);
  if (restored) return true;
  complain(restored.error().what);
  begin(Desk(engine_->desk()));
  return false;
}

bool Run::begin_with(StateImage snapshot) {
  auto parts = DeskSnapshot::load(std::move(snapshot));
  if (!parts) complain(parts.error().what);
  if (!parts || !restore(std::move(parts->engine))) return false;
  refusals_read_ = std::move(parts->refusals);
  return true;
}

std::span<const Effect> Run::follow(std::uint64_t seq, const Event& event) {
  recorder_->reach(event.t);
  const auto effects = effects_ = engine_->step(event);
  recorder_->follow(event);
  for_refusals(event, effects, [&](std::string what) {
    if (refusals_read_.size() < DeskJournal::listed_max)
      refusals_read_.push_back({seq, std::move(what)});
  });
  return effects;
}

Result<void> Run::feed(const Event& event, const EventSource* source) {
  std::uint64_t seq = 0;
  effects_ = {};
  if (journal_) {
    BALLAST_TRY(stored, store(event, source));
    if (!stored) return {};
    seq = *stored;
  }
  recorder_->reach(event.t);
  const auto effects = effects_ = engine_->step(event);
  recorder_->follow(event);
  for_refusals(event, effects, [&](const std::string& what) { list(place(source) + ": " + what); });
  if (!journal_) return {};
  const std::size_t known = journal_->refusals().size();
  journal_->follow(seq, event, effects);
  for (std::size_t i = known; i < journal_->refusals().size(); ++i)
    journal_->refusals()[i].placed = true;
  return journal_->commit_if_due();
}

Result<std::optional<std::uint64_t>> Run::store(const Event& event, const EventSource* source) {
  if (known_) {
    line_.clear();
    writer_->write(event, line_);
    BALLAST_TRY(seq, known_->take(event.t, line_));
    if (seq != 0) {
      ++passed_over_;
      auto& old = journal_->refusals();
      for (; placed_ < old.size() && old[placed_].seq <= seq; ++placed_) {
        list(place(source) + ": " + old[placed_].what);
        old[placed_].placed = true;
      }
      return std::optional<std::uint64_t>{};
    }
    known_.reset();
  }
  BALLAST_TRY(appended, journal_->append(event));
  ++added_;
  return std::optional<std::uint64_t>(appended);
}

Result<void> Run::finish() {
  if (!journal_) return {};
  known_.reset();
  // The sums of a span would be taken for those of everything.
  const bool whole = !options_.engine.from && !options_.engine.to;
  if (whole) BALLAST_CHECK(journal_->save_snapshot(journal_->receipts().save()));
  return journal_->close();
}

void Run::refuse_input(const std::string& where, const Error& error) {
  ++unread_;
  list(fmt::format("{}: {}", where, error.what));
}

void Run::list(std::string line) {
  if (refusals_.size() < DeskJournal::listed_max) refusals_.push_back(std::move(line));
}

Report Run::report() const {
  Report report = engine_->report();
  recorder_->complete(report);
  report.options = option_reports(*engine_, report.from);
  report.margins = margin_views(*engine_);
  report.events.read += unread_;
  report.events.refused += unread_;
  for (const JournalRefusal& old : journal_ ? journal_->refusals() : refusals_read_)
    if (!old.placed)
      report.refusals.push_back(fmt::format("journal event {}: {}", old.seq, old.what));
  for (const std::string& line : refusals_)
    if (report.refusals.size() < DeskJournal::listed_max) report.refusals.push_back(line);
  return report;
}

}  // namespace ballast
