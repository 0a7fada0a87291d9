#include "live/http.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>

#include "live/basics.hpp"
#include "live/sockets.hpp"

namespace ballast::live_bench {
namespace {

std::string read_to_end(int fd) {
  std::string all;
  std::array<char, 64 * 1024> piece{};
  for (;;) {
    const ssize_t count = ::recv(fd, piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Failure(fmt::format("no answer came: {}", std::strerror(errno)));
    if (count == 0) return all;
    all.append(piece.data(), static_cast<std::size_t>(count));
  }
}

template <class Number>
Number parsed(std::optional<std::string_view> text) {
  Number value{};
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

}  // namespace

int status_of(std::string_view response) {
  constexpr std::string_view version = "HTTP/1.1 ";
  if (!response.starts_with(version)) return 0;
  return parsed<int>(response.substr(version.size(), 3));
}

std::string ask(std::uint16_t port, const HttpAsk& what) {
  const Descriptor socket = connect_loopback(port);
  send_all(socket.get(),
           fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       "Authorization: Bearer {}\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
                       "{}",
                       what.method, what.target, what.token, what.body.size(), what.body));
  const std::string response = read_to_end(socket.get());
  const std::size_t head = response.find("\r\n\r\n");
  const int status = status_of(response);
  if (head == response.npos || status < 200 || status > 299) {
    throw Failure(fmt::format("{} {} was answered with: {}", what.method, what.target,
                              response.substr(0, 2000)));
  }
  return response.substr(head + 4);
}

std::optional<std::string_view> json_value(std::string_view json,
                                           std::string_view key,
                                           std::size_t from) {
  const std::string quoted = fmt::format("\"{}\":", key);
  std::size_t at = json.find(quoted, from);
  if (at == json.npos) return std::nullopt;
  at = json.find_first_not_of(" \n", at + quoted.size());
  if (at == json.npos) return std::nullopt;
  if (json[at] == '"') return json.substr(at + 1, json.find('"', at + 1) - at - 1);
  return json.substr(at, json.find_first_of(",}]\n", at) - at);
}

std::uint64_t json_count(std::string_view json, std::string_view key) {
  return parsed<std::uint64_t>(json_value(json, key));
}

double json_number(std::string_view json, std::string_view key, std::size_t from) {
  return parsed<double>(json_value(json, key, from));
}

}  // namespace ballast::live_bench
