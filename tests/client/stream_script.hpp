// A service's stream that plays a script: each connection is answered with texts and then closed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ballast::testing {

/// What one connection hears after its first message.
struct StreamTurn {
  std::vector<std::string> texts;
  /// After these, waits for another message and says these.
  std::vector<std::string> then = {};
  bool refuse = false;  // answers the handshake with 401
};

class StreamScript {
 public:
  /// One turn a connection; after the last, connections are refused.
  explicit StreamScript(std::vector<StreamTurn> turns);
  StreamScript(const StreamScript&) = delete;
  StreamScript& operator=(const StreamScript&) = delete;
  ~StreamScript();

  std::uint16_t port() const;
  /// Every message that came, in order; to be asked once the client has ended.
  std::vector<std::string> heard() const;
  std::vector<std::string> authorizations() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::testing
