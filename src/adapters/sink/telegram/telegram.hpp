// Telegram's bot API: a message in one chat. The bot's token stands in the URL's path.
#pragma once

#include <memory>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

Result<std::unique_ptr<AlertSink>> make_telegram_sink(SinkParts parts);

}  // namespace ballast
