// Webhooks as standardwebhooks.com specifies them: a JSON document, signed with HMAC-SHA256.
//
// `webhook-id` is the same whenever the message is sent again, so that the receiver can drop what
// it has; `webhook-timestamp` is the attempt's; the signature is over "id.timestamp.body".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

Result<std::unique_ptr<AlertSink>> make_webhook_sink(SinkParts parts);

/// The key that "whsec_..." encodes.
Result<std::string> webhook_key(const Secret& secret);
/// "v1,BASE64".
std::string webhook_signature(std::string_view key,
                              std::string_view id,
                              std::int64_t timestamp,
                              std::string_view body);

}  // namespace ballast
