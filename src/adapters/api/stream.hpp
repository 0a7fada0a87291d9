// What a channel of the stream is to the hub: items by key, told when they change.
//
// The hub (stream_hub.hpp) keeps the latest text of every item of every channel, numbers changes,
// and hands each client what changed since it was last told, conflated to its interval. Channels
// are fed from the desk's thread, as JSON text, once for all clients.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"

namespace ballast::api {

/// A change of one channel: `items` replace those of their keys, `removed` are gone.
struct ChannelChange {
  std::string channel;  // "exposures", "exposures:delta:BTC"
  std::vector<std::pair<std::string, std::string>> items = {};  // key, JSON object
  std::vector<std::string> removed = {};
  bool whole = false;  // these are all items: what is not among them is gone
};

class ChannelSink {
 public:
  virtual ~ChannelSink() = default;
  /// Any thread; quick. Channels come into being when first told of.
  virtual void publish(Timestamp now, std::vector<ChannelChange> changes) = 0;
  /// Whether anybody listens to it, so that what nobody hears need not be made. Any thread. After
  /// the answer false, the next change told of the channel must be `whole`: clients wait for it.
  virtual bool wanted(std::string_view channel) const = 0;
};

}  // namespace ballast::api
