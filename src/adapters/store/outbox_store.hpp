// OutboxStore in a SQLite file of its own, beside the journal: `<journal>.outbox`.
//
// Write-ahead log. What was put is synced before save() returns, how attempts went is not: a lost
// power may repeat a message, never lose one. Readable with any SQLite tool: docs/alerts.md. Mode
// 0600, since reasons may say what others should not read.
#pragma once

#include <memory>
#include <string>

#include "ports/outbox_store.hpp"

namespace ballast {

/// Opens or makes it. Errors: io, locked, corrupt (no outbox, or one of another version).
Result<std::unique_ptr<OutboxStore>> open_outbox_store(const std::string& path);

}  // namespace ballast
