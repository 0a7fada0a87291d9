// Events from a file of JSON lines: plain or gzip (told by its content), or standard input as "-".
//
// Blank lines and lines that start with '#' are skipped. A line that cannot be read is refused with
// its file, line and column, and the next one is read.
#pragma once

#include <memory>
#include <string>

#include "model/desk.hpp"
#include "ports/event_source.hpp"

namespace ballast {

/// The desk must outlive the source. Errors: io when the file cannot be opened.
Result<std::unique_ptr<EventSource>> open_event_file(const std::string& path,
                                                     const Desk& desk,
                                                     Refusals refusals);

}  // namespace ballast
