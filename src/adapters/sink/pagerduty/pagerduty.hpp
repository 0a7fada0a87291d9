// PagerDuty, Events API v2: an incident for each alert, by its id as the dedup_key.
#pragma once

#include <memory>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

Result<std::unique_ptr<AlertSink>> make_pagerduty_sink(SinkParts parts);

}  // namespace ballast
