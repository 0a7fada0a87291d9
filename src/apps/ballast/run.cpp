#include "apps/ballast/run.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "base/archive.hpp"

namespace ballast {

namespace {

constexpr std::size_t listed_max = 100;  // refusals; the rest are counted only

std::string place(const EventSource* source) { return source ? source->where() : "event"; }

/// Tells of each refusal: the event, and why.
template <class Fn>
void for_refusals(const Event& event, std::span<const Effect> effects, const Fn& tell) {
  for (const Effect& effect : effects) {
    const auto* refused = std::get_if<Refused>(&effect.body);
    if (refused == nullptr) continue;
    const std::string id = refused->id.empty() ? "" : fmt::format(" {}", refused->id.view());
    tell(fmt::format("{}{} refused: {}", event.type(), id, refusal_text(refused->why)));
  }
}

}  // namespace

const char* const engine_version = BALLAST_VERSION "/9";

Result<Desk> read_desk(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(file && text << file.rdbuf())) {
    return fail(Errc::io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  return load_desk(text.str(), path);
}

Run::Run(Desk desk, Options options) : options_(std::move(options)) { begin(std::move(desk)); }

void Run::begin(Desk desk) {
  engine_ = std::make_unique<Engine>(std::move(desk), options_.engine);
  recorder_ = std::make_unique<Recorder>(*engine_, options_.engine.from, options_.engine.to);
  writer_ = std::make_unique<EventWriter>(engine_->desk());
  journal_refusals_.clear();
}

Result<std::unique_ptr<Run>> Run::open(Desk desk, Options options) {
  if (options.journal) options.engine.keep_hours = true;
  std::unique_ptr<Run> run(new Run(std::move(desk), std::move(options)));
  if (run->options_.journal) BALLAST_CHECK(run->recover());
  return run;
}

Result<void> Run::recover() {
  JournalOptions options;
  options.desk = canonical_desk(engine_->desk());
  options.max_events = options_.group;
  options.accept_other_desk = options_.change_desk;
  options.verify_tail = false;  // replay below checks the same
  BALLAST_TRY(journal, SqliteJournal::open(*options_.journal, std::move(options)));
  journal_ = std::move(journal);

  std::uint64_t from = 1;
  // Behind, but begun: the rows of the last events are put again below.
  const std::uint64_t projected = journal_->projected_seq();
  bool rebuild = options_.rebuild || (projected == 0 && journal_->durable_seq() > 0);
  if (!options_.from_start && !rebuild) {
    BALLAST_TRY(search, journal_->load_snapshot(engine_version));
    for (const std::string& damage : search.damaged)
      complain(damage);
    rebuild = search.latest && search.latest->seq > projected;
    if (search.latest && !rebuild && restore(std::move(search.latest->image)))
      from = search.latest->seq + 1;
  }
  projector_ = std::make_unique<Projector>(*engine_, journal_->projections());
  if (rebuild) journal_->begin_rebuild();
  BALLAST_CHECK(replay_journal(from, rebuild));
  if (rebuild) {
    projector_->flush();
    BALLAST_CHECK(journal_->finish_rebuild());
  }
  recovered_ = journal_->durable_seq();
  if (options_.go_on && recovered_ > 0) {
    BALLAST_TRY(known, KnownEvents::open(*options_.journal, recovered_));
    known_ = std::move(known);
  }
  return {};
}

/// What the engine does not know is the last block.
StateImage Run::snapshot() {
  StateImage image = engine_->snapshot();
  std::string refusals;
  SaveArchive ar(refusals);
  ar(journal_refusals_);
  image.blocks.emplace_back(refusals);
  return image;
}

bool Run::restore(StateImage image) {
  const Block refusals = image.blocks.empty() ? Block() : image.blocks.back();
  if (!image.blocks.empty()) image.blocks.pop_back();
  LoadArchive ar(refusals.bytes());
  ar(journal_refusals_);
  // What is no such list stands beside an engine's snapshot that is none either.
  const auto restored = engine_->restore(ar.done() ? image : StateImage());
  if (restored) return true;
  complain(restored.error().what);
  begin(Desk(engine_->desk()));
  return false;
}

/// Steps two events behind the one just read, so that the engine's memory is on its way.
Result<void> Run::replay_journal(std::uint64_t from, bool rebuild) {
  EventReader reader(engine_->desk());
  struct Read {
    std::uint64_t seq = 0;  // 0: none yet
    Event event;
  };
  constexpr std::uint64_t hours_every = 4096;  // events: it takes a look at every factor
  std::array<Read, 3> read;                    // a ring
  std::size_t at = 0;                          // its oldest
  Progress progress(rebuild ? "rebuilding the projections" : "reading the journal");
  // Those of durable events are in the tables already.
  const auto put_hours = [&] {
    if (rebuild) return projector_->put_finished_hours();
    engine_->take_finished_hours([](FactorId, const Summary&) {});
  };
  const auto step = [&](const Read& known) {
    const auto& [seq, event] = known;
    if (seq == 0) return;
    const auto effects = follow(seq, event);
    if (rebuild) {
      projector_->follow(seq, event, effects);
    } else if (seq > journal_->projected_seq()) {
      projector_->follow_again();
    }
    if (seq % hours_every == 0) put_hours();
  };
  BALLAST_CHECK(journal_->replay(from, [&](const JournalEvent& stored) -> Result<void> {
    Read& next = read[(at + 2) % read.size()];
    if (auto good = reader.read(stored.body, next.event); !good) {
      return fail(Errc::conflict, fmt::format("{}: event {} cannot be read with this desk: {}",
                                              *options_.journal, stored.seq, good.error().what));
    }
    next.seq = stored.seq;
    engine_->announce(next.event);
    progress.update(stored.seq, stored.seq, journal_->durable_seq());
    step(read[at]);
    at = (at + 1) % read.size();
    return {};
  }));
  step(read[at]);
  step(read[(at + 1) % read.size()]);
  put_hours();
  return {};
}

std::span<const Effect> Run::follow(std::uint64_t seq, const Event& event) {
  recorder_->reach(event.t);
  const auto effects = effects_ = engine_->step(event);
  recorder_->follow(event);
  for_refusals(event, effects, [&](std::string what) { remember({seq, std::move(what)}); });
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
  for_refusals(event, effects, [&](std::string what) {
    list(place(source) + ": " + what);
    remember({seq, std::move(what), true});
  });
  if (journal_) {
    projector_->follow(seq, event, effects);
    return commit_if_due(seq);
  }
  return {};
}

Result<std::optional<std::uint64_t>> Run::store(const Event& event, const EventSource* source) {
  line_.clear();
  writer_->write(event, line_);
  if (known_) {
    BALLAST_TRY(seq, known_->take(event.t, line_));
    if (seq != 0) {
      ++passed_over_;
      for (; placed_ < journal_refusals_.size() && journal_refusals_[placed_].seq <= seq;
           ++placed_) {
        list(place(source) + ": " + journal_refusals_[placed_].what);
        journal_refusals_[placed_].placed = true;
      }
      return std::optional<std::uint64_t>{};
    }
    known_.reset();
  }
  BALLAST_TRY(appended, journal_->append(event.t, line_));
  ++added_;
  return std::optional<std::uint64_t>(appended);
}

Result<void> Run::commit_if_due(std::uint64_t seq) {
  const Timestamp now{static_cast<std::int64_t>(monotonic_seconds() * 1e9)};
  if (seq - journal_->durable_seq() < options_.group && !journal_->commit_due(now)) return {};
  projector_->flush_if_due(now);
  BALLAST_CHECK(journal_->commit());
  return {};
}

Result<void> Run::finish() {
  if (!journal_) return {};
  known_.reset();
  projector_->flush();
  projector_->flush_open_hours();
  BALLAST_CHECK(journal_->commit());
  // The sums of a span would be taken for those of everything.
  const bool whole = !options_.engine.from && !options_.engine.to;
  if (whole && journal_->last_seq() > 0) {
    BALLAST_CHECK(journal_->save_snapshot(engine_version, snapshot()));
  }
  return journal_->close();
}

void Run::refuse_input(const std::string& where, const Error& error) {
  ++unread_;
  list(fmt::format("{}: {}", where, error.what));
}

void Run::remember(JournalRefusal refusal) {
  if (journal_refusals_.size() < listed_max) journal_refusals_.push_back(std::move(refusal));
}

void Run::list(std::string line) {
  if (refusals_.size() < listed_max) refusals_.push_back(std::move(line));
}

Report Run::report() const {
  Report report = engine_->report();
  recorder_->complete(report);
  report.events.read += unread_;
  report.events.refused += unread_;
  for (const JournalRefusal& old : journal_refusals_)
    if (!old.placed)
      report.refusals.push_back(fmt::format("journal event {}: {}", old.seq, old.what));
  for (const std::string& line : refusals_)
    if (report.refusals.size() < listed_max) report.refusals.push_back(line);
  return report;
}

}  // namespace ballast
