// The stored hours of adherence, for reports that merge them instead of reading events again.
#pragma once

#include <functional>
#include <string>

#include "adherence/summary.hpp"
#include "base/result.hpp"

namespace ballast {

struct StoredHour {
  std::string factor;
  std::string book;
  Summary summary;  // of one UTC hour, or of a run of hours in which nothing happened
};

/// Every stored hour by factor, book and time. Errc::corrupt when a row is not what was written.
Result<void> visit_hours(const std::string& path, const std::function<void(const StoredHour&)>& fn);

}  // namespace ballast
