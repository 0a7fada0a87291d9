#include "apps/ballast/run.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "adapters/config/config.hpp"

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

const char* const engine_version = BALLAST_VERSION "/2";

Result<Desk> read_desk(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(file && text << file.rdbuf())) {
    return fail(Errc::io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  return load_desk(text.str(), path);
}

Run::Run(Desk desk, Options options)
    : options_(std::move(options)),
      engine_(std::make_unique<Engine>(std::move(desk), options_.engine)),
      recorder_(std::make_unique<Recorder>(*engine_, options_.engine.from, options_.engine.to)),
      writer_(std::make_unique<EventWriter>(engine_->desk())) {}

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
  projector_ = std::make_unique<Projector>(*engine_, journal_->projections());

  std::uint64_t from = 1;
  // Behind, but begun: the rows of the last events are put again below.
  const std::uint64_t projected = journal_->projected_seq();
  bool rebuild = options_.rebuild || (projected == 0 && journal_->durable_seq() > 0);
  if (!options_.from_start && !rebuild) {
    BALLAST_TRY(search, journal_->load_snapshot(engine_version));
    for (const std::string& damage : search.damaged)
      complain(damage);
    rebuild = search.latest && search.latest->seq > projected;
    if (search.latest && !rebuild) {
      if (auto restored = engine_->restore(search.latest->bytes); restored) {
        from = search.latest->seq + 1;
      } else {
        complain(restored.error().what);
        engine_ = std::make_unique<Engine>(Desk(engine_->desk()), options_.engine);
        recorder_ = std::make_unique<Recorder>(*engine_, options_.engine.from, options_.engine.to);
        writer_ = std::make_unique<EventWriter>(engine_->desk());
        projector_ = std::make_unique<Projector>(*engine_, journal_->projections());
      }
    }
  }
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

/// Steps one event behind the one just read, so that the engine's memory is on its way.
Result<void> Run::replay_journal(std::uint64_t from, bool rebuild) {
  EventReader reader(engine_->desk());
  std::uint64_t seq = 0;  // of `event`; 0: none yet
  Event event, next;
  Progress progress(rebuild ? "rebuilding the projections" : "reading the journal");
  const auto step = [&] {
    const auto effects = engine_->step(event);
    recorder_->follow();
    for_refusals(event, effects, [&](std::string what) {
      if (old_refusals_.size() < listed_max) old_refusals_.push_back({seq, std::move(what)});
    });
    if (rebuild) {
      projector_->follow(seq, event, effects);
    } else {
      engine_->take_finished_hours([](FactorId, const Summary&) {});
      if (seq > journal_->projected_seq()) projector_->follow_again();
    }
  };
  BALLAST_CHECK(journal_->replay(from, [&](const JournalEvent& stored) -> Result<void> {
    if (auto read = reader.read(stored.body, next); !read) {
      return fail(Errc::conflict, fmt::format("{}: event {} cannot be read with this desk: {}",
                                              *options_.journal, stored.seq, read.error().what));
    }
    engine_->prefetch(next);
    progress.update(stored.seq, stored.seq, journal_->durable_seq());
    if (seq != 0) step();
    std::swap(event, next);
    seq = stored.seq;
    return {};
  }));
  if (seq != 0) step();
  return {};
}

Result<void> Run::feed(const Event& event, const EventSource* source) {
  std::uint64_t seq = 0;
  if (journal_) {
    BALLAST_TRY(stored, store(event, source));
    if (!stored) return {};
    seq = *stored;
  }
  const auto effects = engine_->step(event);
  recorder_->follow();
  for_refusals(event, effects, [&](const std::string& what) { list(place(source) + ": " + what); });
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
      while (!old_refusals_.empty() && old_refusals_.front().seq <= seq) {
        list(place(source) + ": " + old_refusals_.front().what);
        old_refusals_.pop_front();
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
    BALLAST_CHECK(journal_->save_snapshot(engine_version, engine_->snapshot()));
  }
  return journal_->close();
}

void Run::refuse_input(const std::string& where, const Error& error) {
  ++unread_;
  list(fmt::format("{}: {}", where, error.what));
}

void Run::list(std::string line) {
  if (refusals_.size() < listed_max) refusals_.push_back(std::move(line));
}

Report Run::report() const {
  Report report = engine_->report();
  recorder_->complete(report);
  report.events.read += unread_;
  report.events.refused += unread_;
  for (const OldRefusal& old : old_refusals_)
    report.refusals.push_back(fmt::format("journal event {}: {}", old.seq, old.what));
  for (const std::string& line : refusals_)
    if (report.refusals.size() < listed_max) report.refusals.push_back(line);
  return report;
}

}  // namespace ballast
