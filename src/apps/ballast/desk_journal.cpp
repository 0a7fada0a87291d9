#include "apps/ballast/desk_journal.hpp"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "apps/ballast/console.hpp"

namespace ballast {

const char* const engine_version = BALLAST_VERSION "/12";

namespace {

Timestamp monotonic_now() { return {static_cast<std::int64_t>(monotonic_seconds() * 1e9)}; }

/// Events that people and the service make: few, and of free text.
bool made_of_text(const EventBody& body) {
  return std::holds_alternative<TargetOverride>(body) ||
         std::holds_alternative<Acknowledge>(body) || std::holds_alternative<Shelve>(body) ||
         std::holds_alternative<Approve>(body) || std::holds_alternative<Kill>(body) ||
         std::holds_alternative<Rearm>(body) || std::holds_alternative<Audit>(body) ||
         std::holds_alternative<Receipt>(body);
}

}  // namespace

StateImage DeskSnapshot::save() && {
  std::string bytes;
  SaveArchive ar(bytes);
  ar(refusals, receipts);
  engine.blocks.emplace_back(bytes);
  return std::move(engine);
}

Result<DeskSnapshot> DeskSnapshot::load(StateImage image) {
  DeskSnapshot snapshot;
  const Block last = image.blocks.empty() ? Block() : image.blocks.back();
  LoadArchive ar(last.bytes());
  ar(snapshot.refusals, snapshot.receipts);
  if (!ar.done()) return fail(Errc::corrupt, "the snapshot is damaged: replay the journal instead");
  image.blocks.pop_back();
  snapshot.engine = std::move(image);
  return snapshot;
}

// ---- opening and recovering

Result<std::unique_ptr<DeskJournal>> DeskJournal::open(const Desk& desk, Options options) {
  std::unique_ptr<DeskJournal> opened(new DeskJournal(std::move(options)));
  JournalOptions journal;
  journal.desk = canonical_desk(desk);
  journal.max_events = opened->options_.group;
  journal.accept_other_desk = opened->options_.change_desk;
  journal.verify_tail = false;  // replay checks the same
  BALLAST_TRY(file, SqliteJournal::open(opened->options_.file, std::move(journal)));
  opened->journal_ = std::move(file);
  return opened;
}

Result<void> DeskJournal::recover(Recovering& desk) {
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
      auto snapshot = DeskSnapshot::load(std::move(search.latest->image));
      auto receipts = snapshot ? Receipts::load(snapshot->receipts)
                               : Result<Receipts>(tl::unexpected(snapshot.error()));
      if (!receipts) {
        complain(receipts.error().what);
      } else if (desk.restore(std::move(snapshot->engine))) {
        refusals_ = std::move(snapshot->refusals);
        receipts_ = std::move(*receipts);
        from = search.latest->seq + 1;
      }
    }
  }
  engine_ = &desk.engine();
  reader_ = std::make_unique<EventReader>(engine_->desk());
  writer_ = std::make_unique<EventWriter>(engine_->desk());
  projector_ = std::make_unique<Projector>(*engine_, journal_->projections());
  if (rebuild) journal_->begin_rebuild();
  BALLAST_CHECK(replay(desk, from, rebuild));
  if (rebuild) {
    projector_->flush();
    BALLAST_CHECK(journal_->finish_rebuild());
  }
  const std::uint64_t replayed = journal_->last_seq() + 1 - from;
  if (options_.resave == 0 || replayed < options_.resave) return {};
  return save_snapshot(receipts_.save());
}

/// Steps two events behind the one just read, so that the engine's memory is on its way.
Result<void> DeskJournal::replay(Recovering& desk, std::uint64_t from, bool rebuild) {
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
    const auto effects = desk.follow(seq, event);
    remember(seq, event, effects);
    if (rebuild) {
      projector_->follow(seq, event, effects);
    } else if (seq > journal_->projected_seq()) {
      projector_->follow_again();
    }
    if (seq % hours_every == 0) put_hours();
  };
  BALLAST_CHECK(journal_->replay(from, [&](const JournalEvent& stored) -> Result<void> {
    Read& next = read[(at + 2) % read.size()];
    if (auto good = reader_->read(stored.body, next.event); !good) {
      return fail(Errc::conflict, fmt::format("{}: event {} cannot be read with this desk: {}",
                                              options_.file, stored.seq, good.error().what));
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

void DeskJournal::remember(std::uint64_t seq, const Event& event, std::span<const Effect> effects) {
  if (const auto* receipt = std::get_if<Receipt>(&event.body)) receipts_.add(event.t, *receipt);
  for_refusals(event, effects, [&](std::string what) {
    if (refusals_.size() < listed_max) refusals_.push_back({seq, std::move(what)});
  });
}

// ---- writing

Result<void> DeskJournal::read(std::string_view text, Event& out) {
  return reader_->read(text, out);
}

Result<std::uint64_t> DeskJournal::append(const Event& event) {
  line_.clear();
  writer_->write(event, line_);
  if (made_of_text(event.body)) {
    // What cannot be read back would end the next start.
    const auto back = reader_->read(line_, reread_);
    if (!back || !(reread_ == event)) {
      return fail(Errc::bad_input,
                  fmt::format("this \"{}\" event has no text form: {}", event.type(),
                              back ? "it reads back as another" : back.error().what));
    }
  }
  return journal_->append(event.t, line_);
}

void DeskJournal::follow(std::uint64_t seq, const Event& event, std::span<const Effect> effects) {
  remember(seq, event, effects);
  projector_->follow(seq, event, effects);
}

Result<std::uint64_t> DeskJournal::commit() {
  projector_->flush_if_due(monotonic_now());
  return journal_->commit();
}

Result<void> DeskJournal::commit_if_due() {
  const bool enough = journal_->last_seq() - journal_->durable_seq() >= options_.group;
  if (!enough && !journal_->commit_due(monotonic_now())) return {};
  BALLAST_CHECK(commit());
  return {};
}

StateImage DeskJournal::snapshot(std::string_view receipts) {
  return DeskSnapshot{refusals_, std::string(receipts), engine_->snapshot()}.save();
}

Result<void> DeskJournal::save_snapshot(std::string_view receipts) {
  put_open();
  BALLAST_CHECK(journal_->commit());
  if (journal_->last_seq() == 0) return {};
  return journal_->save_snapshot(engine_version, snapshot(receipts));
}

Result<void> DeskJournal::begin_snapshot(std::string_view receipts) {
  put_open();
  BALLAST_CHECK(journal_->commit());
  if (journal_->last_seq() == 0) return {};
  return journal_->begin_snapshot(engine_version, snapshot(receipts));
}

std::uint64_t DeskJournal::bytes() const {
  std::uint64_t sum = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(options_.file + suffix, error);
    if (!error) sum += size;
  }
  return sum;
}

Result<void> DeskJournal::close() {
  if (projector_) put_open();
  BALLAST_CHECK(journal_->commit());
  return journal_->close();
}

/// The rows that were held back, and those of the hour that is not over.
void DeskJournal::put_open() {
  projector_->flush();
  projector_->flush_open_hours();
}

}  // namespace ballast
