// A journal through a fresh engine, read-only, beside its writer if there is one.
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
};

Result<std::unique_ptr<Run>> run_journal(const std::string& path, const JournalSpan& span);

}  // namespace ballast
