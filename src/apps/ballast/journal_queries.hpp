// What the API answers from the journal beside its writer: stored events, calendar rows, audit.
//
// Each call opens the file read-only and sees what was durable when it began. Any thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/api/routes/services.hpp"
#include "base/result.hpp"

namespace ballast {

class JournalQueries {
 public:
  explicit JournalQueries(std::string file) : file_(std::move(file)) {}

  Result<std::vector<api::StoredEvent>> events(std::uint64_t from, std::size_t limit) const;
  Result<std::vector<WindowRow>> calendar(const api::CalendarQuery& query) const;
  Result<std::vector<api::AuditEntry>> audit(const api::AuditQuery& query) const;

 private:
  std::string file_;
};

}  // namespace ballast
