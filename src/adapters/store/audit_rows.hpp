// The audit table of a journal, read beside its writer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "adapters/store/projections.hpp"
#include "base/result.hpp"

namespace ballast {

/// Newest first, those of smaller numbers than `before`, until `fn` returns false. A row's texts
/// live during the call only. Errc::corrupt when a row is not what was written.
Result<void> visit_audit(const std::string& path,
                         std::optional<std::uint64_t> before,
                         const std::function<bool(const AuditRow&)>& fn);

}  // namespace ballast
