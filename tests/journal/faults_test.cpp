// The journal on a disk that fails at every single call of a scripted run, and mutants that prove
// that the checks would tell.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "journal/fault_disk.hpp"
#include "journal/script.hpp"

namespace ballast::testing {
namespace {

TEST(JournalFaults, the_script_without_faults_ends_well) {
  FaultDisk disk("plain");
  const Outcome outcome = run_script(disk);
  EXPECT_TRUE(outcome.finished);
  EXPECT_EQ(outcome.acknowledged, script_events);
  EXPECT_EQ(outcome.snapshot, script_events);
  EXPECT_TRUE(outcome.violations.empty());
  disk.end_process();
  EXPECT_EQ(check_survivor(disk, outcome), std::vector<std::string>{});
}

class EveryCall : public ::testing::TestWithParam<Fault> {};

TEST_P(EveryCall, loses_nothing_acknowledged_and_invents_nothing) {
  FaultDisk disk("every-call");
  const auto runs = fault_runs(disk, GetParam());
  EXPECT_GT(runs.size(), 20U);
  FaultCheck check(disk);
  std::size_t violated = 0;
  for (const FaultRun& run : runs) {
    const auto violations = check.violations_of(run);
    for (const std::string& violation : violations)
      ADD_FAILURE() << name_of(run.fault) << " at call " << run.at << ": " << violation;
    if (!violations.empty() && ++violated == 5) break;
  }
  RecordProperty("runs", static_cast<int>(runs.size()));
}

INSTANTIATE_TEST_SUITE_P(
    JournalFaults,
    EveryCall,
    ::testing::Values(Fault::error, Fault::full, Fault::torn, Fault::sync_fails, Fault::crash),
    [](const auto& instance) {
      std::string name(name_of(instance.param));
      for (char& c : name)
        if (c == ' ') c = '_';
      return name;
    });

/// Whether a mutant is caught at more than a few of the crashes.
bool caught(FaultDisk& disk, Driver driver) {
  FaultCheck check(disk);
  std::size_t count = 0;
  for (const FaultRun& run : fault_runs(disk, Fault::crash))
    if (!check.violations_of(run, driver).empty() && ++count == 10) return true;
  return false;
}

TEST(JournalFaults, a_disk_that_ignores_sync_is_caught) {
  FaultDisk disk("ignores-sync");
  disk.ignore_sync(true);
  EXPECT_TRUE(caught(disk, Driver::honest));
}

TEST(JournalFaults, a_driver_that_acknowledges_before_the_sync_is_caught) {
  FaultDisk disk("early-ack");
  EXPECT_TRUE(caught(disk, Driver::acks_before_sync));
}

}  // namespace
}  // namespace ballast::testing
