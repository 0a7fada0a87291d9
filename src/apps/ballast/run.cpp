#include "apps/ballast/run.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "adapters/config/config.hpp"

namespace ballast {

const char* const engine_version = BALLAST_VERSION "/1";

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
  options.verify_tail = false;  // replay below checks the same
  BALLAST_TRY(journal, SqliteJournal::open(*options_.journal, std::move(options)));
  journal_ = std::move(journal);
  projector_ = std::make_unique<Projector>(*engine_, journal_->projections());

  std::uint64_t from = 1;
  const bool rebuild = options_.rebuild || journal_->projected_seq() < journal_->durable_seq();
  if (!options_.from_start && !rebuild) {
    BALLAST_TRY(search, journal_->load_snapshot(engine_version));
    for (const std::string& damage : search.damaged)
      complain(damage);
    if (search.latest) {
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
    journal_->finish_rebuild();
  }
  recovered_ = journal_->durable_seq();
  return {};
}

/// Steps one event behind the one just read, so that the engine's memory is on its way.
Result<void> Run::replay_journal(std::uint64_t from, bool rebuild) {
  EventReader reader(engine_->desk());
  std::uint64_t seq = 0;  // of `event`; 0: none yet
  Event event, next;
  const auto step = [&] {
    const auto effects = engine_->step(event);
    recorder_->follow();
    note_refusals(event, effects, [&] { return fmt::format("journal event {}", seq); });
    if (rebuild) {
      projector_->follow(seq, event, effects);
    } else {
      engine_->take_finished_hours([](FactorId, const Summary&) {});
    }
  };
  BALLAST_CHECK(journal_->replay(from, [&](const JournalEvent& stored) -> Result<void> {
    if (auto read = reader.read(stored.body, next); !read) {
      return fail(Errc::corrupt, fmt::format("{}: event {} cannot be read with this desk: {}",
                                             *options_.journal, stored.seq, read.error().what));
    }
    engine_->prefetch(next);
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
    line_.clear();
    writer_->write(event, line_);
    BALLAST_TRY(appended, journal_->append(event.t, line_));
    seq = appended;
  }
  const auto effects = engine_->step(event);
  recorder_->follow();
  note_refusals(event, effects, [&] { return source ? source->where() : std::string("event"); });
  if (journal_) {
    projector_->follow(seq, event, effects);
    if (seq - journal_->durable_seq() >= options_.group) {
      projector_->flush();
      BALLAST_CHECK(journal_->commit());
    }
  }
  return {};
}

Result<void> Run::finish() {
  if (!journal_) return {};
  projector_->flush();
  projector_->flush_open_hours();
  BALLAST_CHECK(journal_->commit());
  if (journal_->last_seq() > 0) {
    BALLAST_CHECK(journal_->save_snapshot(engine_version, engine_->snapshot()));
  }
  return journal_->close();
}

void Run::refuse_input(const std::string& where, const Error& error) {
  ++unread_;
  list(fmt::format("{}: {}", where, error.what));
}

void Run::note_refusals(const Event& event,
                        std::span<const Effect> effects,
                        const std::function<std::string()>& where) {
  for (const Effect& effect : effects) {
    const auto* refused = std::get_if<Refused>(&effect.body);
    if (refused == nullptr) continue;
    const std::string id = refused->id.empty() ? "" : fmt::format(" {}", refused->id.view());
    list(
        fmt::format("{}: {}{} refused: {}", where(), event.type(), id, refusal_text(refused->why)));
  }
}

void Run::list(std::string line) {
  constexpr std::size_t listed_max = 100;
  if (refusals_.size() < listed_max) refusals_.push_back(std::move(line));
}

Report Run::report() const {
  Report report = engine_->report();
  recorder_->complete(report);
  report.events.read += unread_;
  report.events.refused += unread_;
  report.refusals = refusals_;
  return report;
}

}  // namespace ballast
