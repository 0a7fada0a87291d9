// AuditCheck: does the audit of a journal account for every change that a person made through the
// service? It is shown the journal's events in order and says what does not fit.
//
// A decision of a person (target, drift, acknowledge, shelve, approve, kill, rearm) has an `audit`
// event behind it that names its number; an `audit` event names a decision that stands before it,
// or none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ports/journal.hpp"

namespace ballast {

class AuditCheck {
 public:
  /// @param applied  the engine took the event; what it refused changed nothing.
  void see(const JournalEvent& event, bool applied);
  /// No event follows.
  void finish();

  std::uint64_t changes() const { return changes_; }
  std::uint64_t records() const { return records_; }
  /// One sentence each, in the order in which they were found; at most a thousand are kept.
  const std::vector<std::string>& problems() const { return problems_; }
  std::uint64_t problem_count() const { return problem_count_; }

 private:
  void audit(const JournalEvent& event);
  void problem(std::string what);

  static constexpr std::size_t kept_max = 1000;
  std::map<std::uint64_t, std::string> open_;  // decisions without a record yet: number, what
  std::map<std::uint64_t, std::string> done_;  // the latest of the others
  std::uint64_t changes_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t problem_count_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace ballast
