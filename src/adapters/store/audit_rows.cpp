#include "adapters/store/audit_rows.hpp"

#include <fmt/format.h>

#include "adapters/store/hashed_row.hpp"

namespace ballast {

Result<void> visit_audit(const std::string& path,
                         std::optional<std::uint64_t> before,
                         const std::function<bool(const AuditRow&)>& fn) {
  BALLAST_TRY(database, sqlite::Database::open(path, sqlite::Access::read_only, {}));
  BALLAST_TRY(rows, database.prepare("SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC"));
  rows.bind(1, before ? static_cast<std::int64_t>(*before) : INT64_MAX);
  for (;;) {
    BALLAST_TRY(more, rows.step());
    if (!more) return {};
    if (!row_is_intact(rows)) {
      return fail(Errc::corrupt, fmt::format("{}: audit row {} is not what was written; run "
                                             "`ballast journal rebuild {}`",
                                             path, rows.integer(0), path));
    }
    const AuditRow row{.seq = static_cast<std::uint64_t>(rows.integer(0)),
                       .t = {rows.integer(1)},
                       .by = rows.bytes(2),
                       .role = rows.bytes(3),
                       .action = rows.bytes(4),
                       .subject = rows.bytes(5),
                       .before = rows.bytes(6),
                       .after = rows.bytes(7),
                       .reason = rows.bytes(8),
                       .event = static_cast<std::uint64_t>(rows.integer(9))};
    if (!fn(row)) return {};
  }
}

}  // namespace ballast
