// The scripted run that faults are injected into, and the check of what it leaves behind.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/store/journal.hpp"
#include "journal/fault_disk.hpp"

namespace ballast::testing {

inline constexpr std::uint64_t script_events = 40;
inline const std::string script_path = "/desk.db";

/// Event `seq` of the script: anybody can tell what it must be.
std::string script_body(std::uint64_t seq);
Timestamp script_time(std::uint64_t seq);
/// The state after event `seq`: a block more for every eighth event, up to a bound. Those that
/// `history` holds are in it as they are; what is new is added to it.
StateImage script_image(std::uint64_t seq, std::vector<Block>& history);
/// What is wrong with a snapshot of the script; empty: nothing.
std::string wrong_snapshot(const Snapshot& snapshot);
JournalOptions script_options(const FaultDisk& disk);

/// What the outside world knows after a run.
struct Outcome {
  std::uint64_t appended = 0;      // handed to the journal, in this run or recovered by it
  std::uint64_t acknowledged = 0;  // the journal said: durable
  std::uint64_t snapshot = 0;      // saved at this event without an error
  bool finished = false;
  std::vector<std::string> violations;  // of what a journal promises while it runs
};

enum class Driver : std::uint8_t {
  honest,
  acks_before_sync,  // a mutant: takes what was appended for durable
};

/// Two processes. The first makes a journal, appends events in groups with projections, saves a
/// snapshot, checkpoints, begins another snapshot, and is killed in the middle of a group. The
/// second recovers, goes on from the snapshot, begins one that it gives up for the last, replays
/// and closes. Ends at the first error, after checking that the journal then refuses everything.
Outcome run_script(FaultDisk& disk, Driver driver = Driver::honest);

/// Opens what a run left behind and says what is wrong with it: acknowledged events missing,
/// anything but an exact prefix, projections or snapshots of another state, damage reported, or a
/// journal that does not go on.
std::vector<std::string> check_survivor(FaultDisk& disk, const Outcome& outcome);

/// Where to inject, and what: every call of the fault-free run that each fault applies to.
struct FaultRun {
  Fault fault = Fault::none;
  std::uint64_t at = 0;
};
std::vector<FaultRun> fault_runs(FaultDisk& disk, Fault fault);

/// Tries faults. Remembers what it checked: many faults leave the same disk behind.
class FaultCheck {
 public:
  explicit FaultCheck(FaultDisk& disk) : disk_(disk) {}

  /// One run with one fault, and each way the machine may go on from there: all violations found.
  std::vector<std::string> violations_of(const FaultRun& run, Driver driver = Driver::honest);

 private:
  using Key = std::array<std::uint64_t, 4>;
  const std::vector<std::string>& survivor_violations(const Outcome& outcome);

  FaultDisk& disk_;
  std::map<Key, std::vector<std::string>> checked_;
};

}  // namespace ballast::testing
