// Reads stored events in order and checks each: number follows number, and the chain value stored
// with it is the one its content gives. The first that fails ends the scan with Errc::corrupt,
// naming it; it is not handed out.
//
// Internal to this folder. One thread.
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/store/chain.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "ports/journal.hpp"

namespace ballast {

/// The last stored event; seq 0 and the chain's start when there is none.
struct JournalHead {
  std::uint64_t seq = 0;
  Chain chain{};
  friend bool operator==(const JournalHead&, const JournalHead&) = default;
};

/// Chain value of event `seq`; absent when there is no such row. `seq` 0 gives the chain's start.
Result<std::optional<Chain>> stored_chain(sqlite::Database& database, std::uint64_t seq);

class EventScan {
 public:
  /// Events [from, to], all of which must be there; from >= 1.
  static Result<EventScan> start(sqlite::Database& database, std::uint64_t from, std::uint64_t to);

  /// False after the last. Then event() is not valid.
  Result<bool> next();
  /// Valid until the next next().
  const JournalEvent& event() const { return event_; }
  /// The event after those that were fine.
  std::uint64_t position() const { return position_; }
  const Chain& chain() const { return chain_; }

 private:
  Error damage(std::string_view what) const;

  sqlite::Statement statement_;
  JournalEvent event_;
  std::uint64_t position_ = 1;
  std::uint64_t to_ = 0;
  Chain chain_{};
};

}  // namespace ballast
