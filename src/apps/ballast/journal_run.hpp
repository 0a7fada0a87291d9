// A journal through a fresh engine, read-only, beside its writer if there is one. What needs
// neither a span nor the history begins with the latest snapshot.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/ballast/run.hpp"

namespace ballast {

struct JournalSpan {
  std::optional<Timestamp> from;  // the report's span, [from, to)
  std::optional<Timestamp> to;
  std::optional<Timestamp> until;  // leave out events after this time
  bool history = false;            // charts and excursions, which no snapshot holds
};

Result<std::unique_ptr<Run>> run_journal(const std::string& path, const JournalSpan& span);

}  // namespace ballast
