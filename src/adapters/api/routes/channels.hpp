// Channels: tells the stream what changed, as docs/api.md lists it.
//
// Fed on the desk's thread after each group. What a group touches is only noted; at most every
// `interval` of the wall what somebody listens to is rendered, each thing once, however often it
// was touched. Figures that change by time alone (ages, windows, profit at the mark) are told anew
// in turn, everything at least about once `refresh`. So many factors that change all the time cost
// a bounded share of the desk's thread: bench/channels_bench.cpp measures it.
#pragma once

#include <functional>
#include <memory>

#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/live_paths.hpp"
#include "adapters/api/routes/services.hpp"
#include "adapters/api/stream.hpp"

namespace ballast::api {

class Channels {
 public:
  struct Options {
    Duration interval = Duration::milliseconds(50);
    Duration refresh = Duration::seconds(1);
    /// A clock of the wall that never goes back; the process's own when absent.
    std::function<Duration()> wall;
  };
  /// All outlive it.
  Channels(ChannelSink& sink, const LivePaths& paths, const Services& services);
  Channels(ChannelSink& sink, const LivePaths& paths, const Services& services, Options options);
  Channels(const Channels&) = delete;
  Channels& operator=(const Channels&) = delete;
  ~Channels();

  void follow(const DeskGroup& group);
  /// The desk was configured anew: everything is told as a whole again.
  void restart();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::api
