// A notification in words, for people.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ports/alert_sink.hpp"

namespace ballast {

/// "CRITICAL firing: btc-out-of-band, delta:BTC@mm", one line.
std::string headline(const Notification& notification);
/// What else there is to say, as (what, text): "value", "since", "desk", ...
std::vector<std::pair<std::string, std::string>> details(const Notification& notification);
/// The headline, then a line for each detail, then the link; not longer than `longest` bytes.
std::string plain_text(const Notification& notification, std::size_t longest);
/// At most so many bytes, cut between characters.
std::string shortened(std::string text, std::size_t longest);

}  // namespace ballast
