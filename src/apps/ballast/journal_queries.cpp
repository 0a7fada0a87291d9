#include "apps/ballast/journal_queries.hpp"

#include "adapters/store/audit_rows.hpp"
#include "adapters/store/reader.hpp"
#include "apps/ballast/calendar.hpp"

namespace ballast {

Result<std::vector<api::StoredEvent>> JournalQueries::events(std::uint64_t from,
                                                             std::size_t limit) const {
  std::vector<api::StoredEvent> events;
  if (limit == 0) return events;
  BALLAST_TRY(reader, JournalReader::open(file_));
  BALLAST_CHECK(
      reader.for_each(from, from + limit - 1, [&](const JournalEvent& event) -> Result<void> {
        events.push_back({event.seq, std::string(event.body)});
        return {};
      }));
  return events;
}

Result<std::vector<WindowRow>> JournalQueries::calendar(const api::CalendarQuery& query) const {
  CalendarSpan span;
  span.window = api::calendar_unit_names[static_cast<std::size_t>(query.unit)];
  span.from = query.from;
  span.to = query.to;
  if (!query.factor.empty()) {
    span.wanted = [&query](std::string_view factor, std::string_view book) {
      return factor == query.factor && (query.book.empty() || book == query.book);
    };
  }
  return calendar_rows(file_, span);
}

Result<std::vector<api::AuditEntry>> JournalQueries::audit(const api::AuditQuery& query) const {
  std::vector<api::AuditEntry> entries;
  const auto fits = [](const std::string& wanted, std::string_view text) {
    return wanted.empty() || wanted == text;
  };
  BALLAST_CHECK(visit_audit(file_, query.before, [&](const AuditRow& row) {
    if (entries.size() >= query.limit) return false;
    if (!fits(query.by, row.by) || !fits(query.action, row.action) ||
        !fits(query.subject, row.subject)) {
      return true;
    }
    entries.push_back({.seq = row.seq,
                       .t = row.t,
                       .by = std::string(row.by),
                       .role = std::string(row.role),
                       .action = std::string(row.action),
                       .subject = std::string(row.subject),
                       .before = std::string(row.before),
                       .after = std::string(row.after),
                       .reason = std::string(row.reason),
                       .event = row.event});
    return true;
  }));
  return entries;
}

}  // namespace ballast
