// A small client for tests: HTTP/1.1 and WebSocket over a blocking socket, as rude as a test wants.
//
// Whatever it waits for, it waits for at most `patience`. Not thread-safe.
#pragma once

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/contract.hpp"

namespace ballast::api {

inline constexpr auto patience = std::chrono::seconds(60);

struct TestReply {
  int status = 0;                              // 0: the connection ended without a reply
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? "" : at->second;
  }
};

class TestClient {
 public:
  struct Options {
    const char* from = nullptr;  // another address of the loopback: another peer
    int receive_buffer = 0;      // bytes; small for one that shall fill up
  };
  explicit TestClient(std::uint16_t port) : TestClient(port, Options{}) {}
  TestClient(std::uint16_t port, Options options) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BALLAST_ASSERT(socket_ >= 0);
    if (options.receive_buffer > 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
    if (options.from != nullptr) {
      const sockaddr_in own = address(options.from, 0);
      BALLAST_ASSERT(::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    }
    const sockaddr_in to = address("127.0.0.1", port);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  TestClient(TestClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        buffer_(std::move(other.buffer_)) {}
  TestClient& operator=(TestClient&&) = delete;
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool connected() const { return connected_; }
  int socket() const { return socket_; }

  /// False when the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The next reply; `bodiless` for one to HEAD.
  TestReply reply(bool bodiless = false) {
    TestReply got;
    const auto head = until("\r\n\r\n");
    if (!head) return got;
    parse_head(*head, got);
    if (bodiless || got.status == 204 || got.status == 304 || got.status < 200) return got;
    if (got.header("transfer-encoding") == "chunked") {
      while (const auto chunk = read_chunk())
        got.body += *chunk;
    } else if (const std::string length = got.header("content-length"); !length.empty()) {
      got.body = exactly(number(length, 10)).value_or("");
    }
    return got;
  }
  /// One chunk of a chunked body; nothing at its end.
  std::optional<std::string> read_chunk() {
    const auto size = until("\r\n");
    if (!size) return std::nullopt;
    const std::size_t bytes = number(size->substr(0, size->find_first_of(";\r")), 16);
    auto chunk = exactly(bytes);
    exactly(2);
    return bytes == 0 ? std::nullopt : chunk;
  }

  TestReply ask(std::string_view method,
                std::string_view target,
                const std::string& token = "",
                const std::string& headers = "",
                const std::string& body = "") {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
    if (headers.find("Host:") == std::string::npos) text += "Host: localhost\r\n";
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty()) {
      if (headers.find("Content-Type:") == std::string::npos)
        text += "Content-Type: application/json\r\n";
      text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    send(text + headers + "\r\n" + body);
    return reply(method == "HEAD");
  }

  /// Whether the other side ends the connection; reads away what comes before.
  bool ends() {
    while (fill())
      buffer_.clear();
    return ended_;
  }

  // ---- WebSocket

  TestReply upgrade(std::string_view target,
                    const std::string& token = "",
                    const std::string& headers = "") {
    return ask("GET", target, token,
               "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   headers);
  }
  bool send_text(std::string_view text) { return send_frame(1, text); }
  bool send_frame(std::uint8_t opcode, std::string_view payload) {
    std::string frame(1, static_cast<char>(0x80U | opcode));
    const auto byte = [&](std::size_t value) { frame += static_cast<char>(value & 0xffU); };
    if (payload.size() < 126) {
      byte(0x80U | payload.size());
    } else {
      const int bytes = payload.size() < 65536 ? 2 : 8;
      byte(0x80U | (bytes == 2 ? 126U : 127U));
      for (int i = bytes - 1; i >= 0; --i)
        byte(payload.size() >> (8 * i));
    }
    frame.append(4, '\0');  // a mask of zeros
    return send(frame + std::string(payload));
  }

  struct Message {
    std::string text;
    int close_code = 0;  // not 0: the end, and `text` is the reason; -1: without a word
  };
  /// The next text message; answers pings on the way.
  Message message() {
    while (true) {
      const auto head = exactly(2);
      if (!head) return {"", -1};
      std::size_t size = static_cast<unsigned char>((*head)[1]) & 0x7fU;
      if (size >= 126) {
        const auto wide = exactly(size == 126 ? 2 : 8).value_or("");
        size = 0;
        for (const char c : wide)
          size = size << 8U | static_cast<unsigned char>(c);
      }
      const auto payload = exactly(size);
      if (!payload) return {"", -1};
      const int opcode = (*head)[0] & 0x0f;
      if (opcode == 1) return {*payload, 0};
      if (opcode == 9) send_frame(10, *payload);
      if (opcode == 8) send_frame(8, payload->substr(0, 2));
      if (opcode == 8)
        return payload->size() < 2
                   ? Message{"", 1005}
                   : Message{payload->substr(2), static_cast<unsigned char>((*payload)[0]) * 256 +
                                                     static_cast<unsigned char>((*payload)[1])};
    }
  }

 private:
  static sockaddr_in address(const char* text, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    BALLAST_ASSERT(::inet_pton(AF_INET, text, &out.sin_addr) == 1);
    return out;
  }
  static std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
  }
  static void parse_head(std::string_view head, TestReply& reply) {
    reply.status = static_cast<int>(number(head.substr(9, 3), 10));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.starts_with("\r\n")) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      std::string name(line.substr(0, line.find(':')));
      for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      reply.headers[name] = std::string(line.substr(line.find(':') + 2));
    }
  }

  /// False at the end of the connection.
  bool fill() {
    pollfd wait{socket_, POLLIN, 0};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (::poll(&wait, 1, static_cast<int>(ms)) <= 0) return false;
    std::array<char, 65536> piece{};
    const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
  }
  std::optional<std::string> until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = buffer_.find(mark)) == std::string::npos)
      if (!fill()) return std::nullopt;
    return exactly(at + mark.size());
  }
  std::optional<std::string> exactly(std::size_t count) {
    while (buffer_.size() < count)
      if (!fill()) return std::nullopt;
    std::string out = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return out;
  }

  int socket_ = -1;
  bool connected_ = false;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace ballast::api
