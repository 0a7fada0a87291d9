// What the journal holds after the service has gone, by the program's own tools: every event read
// as text and counted, and the whole of it verified.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ballast::live_bench {

struct JournalContent {
  std::uint64_t events = 0;
  std::uint64_t fills = 0;
  std::uint64_t marks = 0;
  /// Of the fills that were acknowledged, by session and place in it: those that are not there.
  std::uint64_t missing = 0;
  std::string first_missing;
  std::uint64_t bytes = 0;  // of the file
  double seconds = 0.0;     // for reading and verifying
};

/// `desk.db` of the folder. @param fills_by_session  acknowledged: ids follow one another.
/// Throws Failure where it is damaged, or cannot be read.
JournalContent check_journal(const std::string& program,
                             const std::filesystem::path& folder,
                             const std::vector<std::uint64_t>& fills_by_session);

}  // namespace ballast::live_bench
