// Cuts a body of events into the texts of its events, as they stand: numbers keep their digits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast::api {

/// Of a JSON body: one event, or an array of them. Line breaks between tokens become spaces, so
/// that each is a line. An error says at which byte the body stops being JSON in shape; what an
/// event says is for its reader to judge.
Result<std::vector<std::string>> split_events(std::string_view body);

/// Blank lines and those that begin with '#' hold no event.
bool holds_event(std::string_view line);

}  // namespace ballast::api
