// Who is told of alerts: [[sinks]], [[escalations]] and [notifications] of a configuration, and the
// secrets that it names but never holds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/alert_settings.hpp"

namespace ballast {

/// Of a configuration that load_desk() takes; errors as there.
Result<AlertSettings> load_alert_settings(std::string_view text, std::string_view file);

/// What an environment variable holds; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The sink's secret from its file (relative to `folder`) or its variable, without the line's end;
/// empty when it names neither. The error says where it was looked for and never what was found.
Result<Secret> read_secret(const SinkSettings& sink,
                           const std::string& folder,
                           const Environment& environment);

}  // namespace ballast
