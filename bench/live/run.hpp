// One run of the live benchmark: what it starts, in which order, and what it found.
#pragma once

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

#include "live/feed.hpp"
#include "live/journal_check.hpp"
#include "live/options.hpp"
#include "live/receiver.hpp"
#include "live/service.hpp"
#include "live/subscribers.hpp"

namespace ballast::live_bench {

/// Memory of the service at two moments, and how many fills it had answered by then.
struct Growth {
  std::uint64_t early_bytes = 0, early_fills = 0;  // at a tenth of the run
  std::uint64_t late_bytes = 0, late_fills = 0;    // at its end
};

struct Findings {
  Samples sync_before, sync_beside;
  FeedOutcome feed;
  Receiver::Received alerts;
  SubscribersOutcome stream;
  Growth growth;
  double service_processor_seconds = 0.0;  // during the load
  double own_processor_seconds = 0.0;
  double other_processor_seconds = 0.0;  // of all else on the machine
  std::string system;                    // what the service says of itself at the end of the load
  Service::Stopped stopped;
  JournalContent journal;
};

/// Loads the service in `folder`. Throws Failure where it cannot go on, with the service's last
/// words. @param interrupted  set when it should not.
Findings run_bench(const Options& options,
                   const std::filesystem::path& folder,
                   const volatile std::sig_atomic_t& interrupted);

}  // namespace ballast::live_bench
