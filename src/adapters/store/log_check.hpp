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

/// Writes the log's bytes anew over themselves and syncs them. After a sync that failed, what it
/// was for can be read as long as the machine runs and is not on the disk, and Linux counts it as
/// written. A checkpoint would make it worse: the file would be ahead of what a power loss leaves
/// of the log, which SQLite then takes for the newer. The caller is the writer, with no connection.
Result<void> rewrite_log(const std::string& path, const std::string& vfs);

}  // namespace ballast
