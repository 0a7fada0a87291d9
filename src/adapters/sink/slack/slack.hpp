// Slack's incoming webhooks: a message in one channel. Their URL is the secret.
#pragma once

#include <memory>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

Result<std::unique_ptr<AlertSink>> make_slack_sink(SinkParts parts);

}  // namespace ballast
