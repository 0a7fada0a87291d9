// Looks for damage in the write-ahead log (FILE-wal) before SQLite opens it.
//
// SQLite ends the log silently at the first frame whose checksum is wrong. That is right for a
// commit that a crash tore, which was never acknowledged, and wrong for damage of older commits.
// The two can be told apart: each commit is synced before the next begins, so when frames of a
// later commit stand behind the bad one, the bad one was durable.
#pragma once

#include <string>

#include "base/result.hpp"

namespace ballast {

/// Errc::corrupt when the log of the journal at `path` holds damage that no crash explains. The
/// caller is the writer, or knows that there is none.
Result<void> check_log(const std::string& path, const std::string& vfs);

}  // namespace ballast
