// Goes through every stored event and past damage, to name all of it.
//
// EventScan stops at the first event that is not as it was appended; this goes on behind it from
// the chain value that the next event agrees with. Internal to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "adapters/store/event_scan.hpp"

namespace ballast {

struct EventFinding {
  std::uint64_t seq = 0;
  std::string what;
};

class EventWalk {
 public:
  explicit EventWalk(sqlite::Database& database) : database_(database) {}

  /// Tells of each damaged event, in order, and of each one passed. Errc::corrupt when the rows
  /// cannot be read on.
  Result<void> run(const std::function<void(EventFinding)>& tell,
                   const std::function<void(std::uint64_t)>& passed);

  // After run():
  const JournalHead& good() const { return good_; }  // up to which the chain holds
  Timestamp first_t() const { return first_t_; }
  Timestamp last_good_t() const { return last_good_t_; }
  std::uint64_t last_seq() const { return last_.seq; }  // of all rows, good or not
  const Chain& last_chain() const { return last_.chain; }

 private:
  std::string fault_of(const sqlite::Statement& row);

  sqlite::Database& database_;
  JournalHead good_{0, chain_start()};
  JournalHead last_{0, chain_start()};  // as stored
  Chain computed_ = chain_start();      // of the last row's content
  bool whole_ = true;                   // nothing damaged so far
  bool gap_ = false;                    // the row before is missing
  Timestamp first_t_;
  Timestamp last_good_t_;
};

}  // namespace ballast
