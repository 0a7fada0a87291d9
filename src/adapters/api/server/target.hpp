// The target of a request ("/api/v1/targets/delta%3ABTC?dry_run=true"), taken apart.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast::api {

struct Target {
  std::string path;                   // decoded
  std::vector<std::string> segments;  // of the path, each decoded alone: one may hold a '/'
  std::multimap<std::string, std::string> query;
};

/// An origin-form target. Errors: no leading '/', a wrong percent-encoding, a control character, a
/// segment "." or ".." (nothing here is relative), too many segments or parameters.
Result<Target> parse_target(std::string_view text);

}  // namespace ballast::api
