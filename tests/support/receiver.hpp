// A server on loopback that answers HTTP requests as a test tells it to, or misbehaves: it hangs,
// closes, resets, or takes a request and never says so.
//
// Plain sockets, one thread; with an identity, TLS. Any thread may call its functions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ballast::testing {

struct Answer {
  enum class Kind : std::uint8_t {
    reply,
    close,      // as soon as it is connected
    reset,      // takes the request, then resets the connection
    hang,       // reads nothing, says nothing
    take_only,  // takes the request, and never answers
    raw,        // takes the request, and writes `body` as it stands
  };
  Kind kind = Kind::reply;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct TakenRequest {
  std::string method, target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

/// A certificate of 127.0.0.1 and `localhost` that signed itself, as PEM.
struct TlsIdentity {
  std::string certificate, key;
};
TlsIdentity make_tls_identity(const std::string& host = "localhost");

class Receiver {
 public:
  /// `decide` answers each request that was taken, one at a time, on the receiver's thread.
  explicit Receiver(std::function<Answer(const TakenRequest&)> decide,
                    const TlsIdentity* identity = nullptr);
  /// Answers these one after another, the last for ever.
  explicit Receiver(std::vector<Answer> script, const TlsIdentity* identity = nullptr);
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver();

  std::string url(const std::string& target = "/") const;
  std::uint16_t port() const;
  /// All that were taken, also those that nobody was told of.
  std::vector<TakenRequest> taken() const;
  std::size_t connections() const;
  /// Until so many were taken; false after a generous time.
  bool wait_for(std::size_t count) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A port of loopback on which nobody listens.
std::uint16_t closed_port();

}  // namespace ballast::testing
