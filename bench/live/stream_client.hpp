// One subscriber of the stream: a WebSocket (RFC 6455) that reads the heads of what it is told, and
// throws the rest away unread. Of one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "live/basics.hpp"
#include "live/sockets.hpp"

namespace ballast::live_bench {

/// What subscribers have seen together.
struct StreamCounts {
  std::uint64_t messages = 0;  // notifications
  std::uint64_t bytes = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t gaps = 0;     // changes whose prev_seq was not the seq before
  std::uint64_t strange = 0;  // neither a notification nor the answer to a call
  Samples delays;             // from a change's time to its coming, of some
};

class StreamClient {
 public:
  /// Connects and subscribes; blocking. @param measures  whether its delays are counted.
  StreamClient(std::uint16_t port,
               std::string_view token,
               std::vector<std::string> channels,
               int interval_ms,
               bool measures);

  int fd() const { return socket_.get(); }
  /// Reads what there is, up to a bound, so that no client starves the others.
  void read(StreamCounts& counts);
  bool heard_anything() const { return messages_ > 0; }
  /// Why the connection ended: "1013 the client reads too slowly"; nothing while it is open.
  const std::optional<std::string>& ended() const { return ended_; }
  /// Says goodbye and closes.
  void close();

 private:
  struct Channel {
    std::string name;
    std::optional<std::uint64_t> seq;
  };
  void handshake(std::uint16_t port, std::string_view token);
  void send_frame(unsigned opcode, std::string_view payload);
  bool fill();
  /// False when more has to come first.
  bool take_header();
  bool take_payload(StreamCounts& counts);
  void take_control();
  void take_text(std::string_view head, StreamCounts& counts);
  void end(std::string why);

  Descriptor socket_;
  std::vector<Channel> channels_;
  const bool measures_;
  std::string in_;
  std::size_t at_ = 0;  // what of `in_` has been taken
  bool in_frame_ = false;
  unsigned opcode_ = 0;
  std::uint64_t length_ = 0;  // of the frame's payload
  std::uint64_t skip_ = 0;    // of it, behind its head, still to come
  std::uint64_t messages_ = 0;
  std::optional<std::string> ended_;
};

}  // namespace ballast::live_bench
