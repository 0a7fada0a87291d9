// Looks for damage in a journal file, everywhere and to the end: the whole chain, what was
// acknowledged, the write-ahead log, snapshots, each projection's row hash, SQLite's own structure.
//
// Reads beside a writer or without one, and changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// What is damaged decides what to do: projections can be rebuilt, snapshots are done without, the
/// rest is restored from a copy.
enum class JournalPart : std::uint8_t { events, file, snapshots, projections };

struct Damage {
  JournalPart part = JournalPart::file;
  std::uint64_t seq = 0;  // the event concerned, when it is about one
  std::string what;       // a sentence that names it
};

struct VerifyReport {
  std::uint64_t events = 0;  // from the first on, whose chain holds
  Timestamp first_t;
  Timestamp last_t;
  std::string chain;  // in hex, of the last good event: the same for equal events in equal order
  std::optional<std::uint64_t> acknowledged;  // up to this event, says the mark
  std::uint64_t projected = 0;
  std::uint64_t projection_rows = 0;
  std::uint64_t snapshots = 0;
  std::vector<Damage> damage;  // empty: nothing was found
};

/// Called now and then: events looked at, and in all.
using VerifyProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Damage is in the report; an error means that it could not be looked for.
Result<VerifyReport> verify_journal(const std::string& path,
                                    const std::string& vfs = {},
                                    const VerifyProgress& progress = nullptr);

}  // namespace ballast
