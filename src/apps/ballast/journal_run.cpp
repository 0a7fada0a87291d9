#include "apps/ballast/journal_run.hpp"

#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/store/reader.hpp"

namespace ballast {

Result<std::unique_ptr<Run>> run_journal(const std::string& path, const JournalSpan& span) {
  BALLAST_TRY(journal, JournalReader::open(path));
  BALLAST_TRY(desk, load_desk(journal.desk(), path));
  Run::Options options;
  options.engine.from = span.from;
  options.engine.to = span.to;
  BALLAST_TRY(run, Run::open(std::move(desk), options));
  BALLAST_TRY(last, journal.last_seq());
  std::uint64_t from = 1;
  if (!span.history && !span.from && !span.to && !span.until) {
    BALLAST_TRY(search, journal.load_snapshot(engine_version));
    for (const std::string& damage : search.damaged)
      complain(damage);
    if (search.latest && run->begin_with(std::move(search.latest->image)))
      from = search.latest->seq + 1;
  }

  EventReader reader(run->engine().desk());
  Event event;
  Progress progress("reading the journal");
  BALLAST_CHECK(
      journal.for_each(from, std::nullopt, [&](const JournalEvent& stored) -> Result<void> {
        if (auto read = reader.read(stored.body, event); !read) {
          return fail(Errc::corrupt, fmt::format("{}: event {} cannot be read: {}", path,
                                                 stored.seq, read.error().what));
        }
        progress.update(stored.seq, stored.seq, last);
        const bool wanted =
            (!span.until || event.t <= *span.until) && (!span.to || event.t < *span.to);
        if (wanted) run->follow(stored.seq, event);
        return {};
      }));
  return std::move(run);
}

}  // namespace ballast
