// Journal: where events become durable before anybody hears of them.
//
// Events are numbered 1, 2, 3, ... in the order of append(). An event may be acknowledged once
// durable_seq() has reached its number, and not before. After any failure to write or to sync, the
// journal refuses everything: it stops rather than guesses. Replay hands out the durable events in
// order and stops with Errc::corrupt, naming the event, where stored bytes are not what was
// appended. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/state_image.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// One stored event. `body` is its text form, valid during the call that hands it out.
struct JournalEvent {
  std::uint64_t seq = 0;  // from 1, without gaps
  Timestamp t;            // the event's own time
  std::string_view body;
};

/// Called for each event in order; an error ends the replay and is its result.
using JournalVisitor = std::function<Result<void>(const JournalEvent&)>;

/// The state after event `seq`, as the engine wrote it.
struct Snapshot {
  std::uint64_t seq = 0;
  StateImage image;
};

struct SnapshotSearch {
  std::optional<Snapshot> latest;    // absent: replay from event 1
  std::vector<std::string> damaged;  // newer ones that could not be used, one sentence each
};

class Journal {
 public:
  virtual ~Journal() = default;

  /// Adds one event to the open group and returns its number. Not durable yet.
  virtual Result<std::uint64_t> append(Timestamp t, std::string_view body) = 0;

  /// Whether the group should be committed: enough events, or the oldest waited long enough. `now`
  /// is the caller's clock; the wait counts from the first call after the group was opened.
  virtual bool commit_due(Timestamp now) = 0;

  /// Makes the open group durable. Returns durable_seq().
  virtual Result<std::uint64_t> commit() = 0;

  virtual std::uint64_t last_seq() const = 0;     // appended
  virtual std::uint64_t durable_seq() const = 0;  // may be acknowledged

  /// Every durable event from `from_seq` (1 = the first) on. May run `visit` while it reads ahead
  /// on another thread; `visit` itself is called on the caller's.
  virtual Result<void> replay(std::uint64_t from_seq, const JournalVisitor& visit) = 0;

  /// Stores the state after last_seq(), and commits the open group with it. `engine_version` says
  /// who can read the bytes.
  virtual Result<void> save_snapshot(std::string_view engine_version, StateImage image) = 0;
  /// The same little by little, so that nobody waits for long: each commit() from now on takes at
  /// most a block along, and the snapshot counts once it has taken the last. Beginning another one
  /// gives it up.
  virtual Result<void> begin_snapshot(std::string_view engine_version, StateImage image) = 0;
  /// Whether one was begun that is not complete.
  virtual bool snapshot_underway() const = 0;

  /// The latest undamaged snapshot of the same engine version.
  virtual Result<SnapshotSearch> load_snapshot(std::string_view engine_version) = 0;

 protected:
  Journal() = default;
  Journal(const Journal&) = default;
  Journal& operator=(const Journal&) = default;
};

}  // namespace ballast
