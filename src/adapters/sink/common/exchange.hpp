// A notification as one HTTP request, and what its answer means for the outbox.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ports/alert_sink.hpp"
#include "ports/http_client.hpp"

namespace ballast {

struct PostTo {
  HttpClient& http;
  std::string url;
  std::string_view secret;  // is put out of whatever is said of the answer
};

/// The answer to a request, or why there is none that counts as delivered:
///
///   no answer; 408, 425, 429, 502, 503, 504   unavailable (with the answer's Retry-After)
///   400, 410, 413, 415, 422                   refused: about this message, or for good
///   any other but 2xx                         failed: about us, or theirs; it may change
tl::expected<Delivered, DeliveryFailure> post(
    const PostTo& to,
    std::vector<std::pair<std::string, std::string>> headers,
    std::string body,
    Timestamp now,
    Duration at_most,
    std::stop_token stop);

/// "120", or an HTTP date; nothing when it is neither, or has passed.
std::optional<Duration> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace ballast
