// RequestParser: one request's head and body, from the bytes of its connection to our own words.
// Beast parses; what of Beast does not listen stands in the .cpp. It reads nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/server/gate.hpp"

namespace boost {
namespace beast::http {
template <bool is_request, class Body, class Allocator>
class parser;
struct buffer_body;
}  // namespace beast::http
namespace system {
class error_code;
}
}  // namespace boost

namespace ballast::api {

class RequestParser {
 public:
  using Beast =
      boost::beast::http::parser<true, boost::beast::http::buffer_body, std::allocator<char>>;

  /// `header_bytes`: how much a head may be.
  explicit RequestParser(std::size_t header_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // ---- the head

  /// Takes from the front of `bytes` what it can parse, and says how much that was.
  std::size_t feed(std::string_view bytes);
  /// The head has not ended, and nothing is wrong with it yet.
  bool wants_more() const { return state_ == State::begun; }
  /// The answer to a head that is too large, or none.
  std::optional<Response> head_problem() const;
  /// Requires that it ended well. What only the connection knows is left out.
  RequestHead head() const;

  // ---- the body

  /// The next piece goes there.
  void read_into(std::string& piece);
  /// How much of it was not needed.
  std::size_t unfilled() const;
  /// The request has ended.
  bool done() const;
  /// The answer to a body whose framing is wrong; nothing for other errors, of the connection.
  static std::optional<Response> body_problem(const boost::system::error_code& error);

  /// For Beast to read the body by, and to accept a WebSocket.
  Beast& beast() { return *beast_; }

 private:
  enum class State : std::uint8_t { begun, ended, too_large, malformed };

  const std::size_t header_bytes_;
  std::unique_ptr<Beast> beast_;
  std::size_t head_bytes_ = 0;  // parsed
  State state_ = State::begun;
  std::string why_;  // it is malformed
};

}  // namespace ballast::api
