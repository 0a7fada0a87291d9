#include "adapters/store/hours.hpp"

#include <fmt/format.h>

#include "adapters/store/hashed_row.hpp"
#include "adapters/store/projector.hpp"
#include "adapters/store/sqlite.hpp"

namespace ballast {

Result<void> visit_hours(const std::string& path,
                         const std::function<void(const StoredHour&)>& fn) {
  BALLAST_TRY(database, sqlite::Database::open(path, sqlite::Access::read_only, {}));
  BALLAST_TRY(rows,
              database.prepare("SELECT * FROM adherence_hourly ORDER BY factor, book, from_t"));
  constexpr int summary_column = 17;
  for (;;) {
    BALLAST_TRY(more, rows.step());
    if (!more) return {};
    if (!row_is_intact(rows)) {
      return fail(Errc::corrupt, fmt::format("{}: an hour of {} is not what was written; run "
                                             "`ballast journal rebuild {}`",
                                             path, rows.bytes(0), path));
    }
    BALLAST_TRY(summary, summary_from(rows.bytes(summary_column)));
    fn({std::string(rows.bytes(0)), std::string(rows.bytes(1)), summary});
  }
}

}  // namespace ballast
