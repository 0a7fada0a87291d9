// ClientStream: follows channels of a service's stream (docs/api.md) and stays connected: after a
// lost connection it comes back and asks for what it missed, after a gap it subscribes anew.
//
// Blocking; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/ballast/client.hpp"
#include "base/result.hpp"

namespace ballast {

struct StreamWish {
  std::string url;  // of the service, as for the other verbs
  Token token;
  std::vector<std::string> channels;
  Duration interval = Duration::milliseconds(100);
};

struct StreamListener {
  /// A notification's `params`, as JSON text; false ends it.
  std::function<bool(std::string_view params)> notification;
  /// A connection was lost, or missed something: one sentence for the person.
  std::function<void(std::string_view what)> trouble;
};

/// Returns when the listener has enough. An error when the service cannot be reached at first, or
/// refuses: only a connection that once worked is tried again.
Result<void> follow_stream(const StreamWish& wish, const StreamListener& listener);

}  // namespace ballast
