#include "live/session.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>

#include "live/http.hpp"

namespace ballast::live_bench {
namespace {

constexpr std::string_view chunk_head = "00000000\r\n";

}  // namespace

Session::Session(std::uint16_t port, std::string_view token) : socket_(connect_loopback(port)) {
  send_all(socket_.get(), fmt::format("POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                      "Authorization: Bearer {}\r\n"
                                      "Content-Type: application/x-ndjson\r\n"
                                      "Transfer-Encoding: chunked\r\n\r\n",
                                      token));
  set_nonblocking(socket_.get());
}

std::string& Session::begin_batch() {
  if (!wants_to_write()) {
    out_.clear();
    sent_ = 0;
  }
  batch_begins_ = out_.size();
  out_ += chunk_head;
  return out_;
}

void Session::end_batch(std::uint64_t lines) {
  const std::size_t bytes = out_.size() - batch_begins_ - chunk_head.size();
  if (bytes == 0) return out_.resize(batch_begins_);  // an empty chunk would end the body
  const std::string size = fmt::format("{:08x}", bytes);
  out_.replace(batch_begins_, size.size(), size);
  out_ += "\r\n";
  lines_sent_ += lines;
  batches_.push_back({lines_sent_, steady_ns()});
  write();
}

void Session::finish() {
  out_ += "0\r\n\r\n";
  write();
}

void Session::write() {
  while (wants_to_write()) {
    const ssize_t count =
        ::send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) {
      read();  // it may have said why
      throw Failure(fmt::format("the service broke off a session: {}", std::strerror(errno)));
    }
    sent_ += static_cast<std::size_t>(count);
  }
}

void Session::read() {
  std::array<char, 64 * 1024> piece{};
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) {
      if (total_seen_) return;
      throw Failure(fmt::format("the service closed a session early{}{}", in_.empty() ? "" : ": ",
                                in_.substr(0, 2000)));
    }
    in_.append(piece.data(), static_cast<std::size_t>(count));
    if (count < static_cast<ssize_t>(piece.size())) break;
  }
  if (!head_seen_) {
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == in_.npos) return;
    if (status_of(in_) != 200)
      throw Failure(fmt::format("a session was refused: {}", in_.substr(0, 2000)));
    head_seen_ = true;
    in_.erase(0, end + 4);
  }
  // Sizes of chunks stand on lines of their own, and are no answers.
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = in_.find('\n', begin)) != in_.npos; begin = end + 1) {
    const std::string_view line = std::string_view(in_).substr(begin, end - begin);
    if (line.starts_with('{')) take_line(line);
  }
  in_.erase(0, begin);
}

void Session::take_line(std::string_view line) {
  if (!json_value(line, "accepted"))
    throw Failure(fmt::format("the service ended a session: {}", line));
  if (json_value(line, "total") == "true") {
    total_seen_ = true;
    return;
  }
  answered_.applied += json_count(line, "applied");
  answered_.duplicate += json_count(line, "duplicate");
  answered_.conflated += json_count(line, "conflated");
  const std::uint64_t refused = json_count(line, "refused");
  if (refused > 0 && answered_.refused == 0) answered_.first_refusal = line.substr(0, 2000);
  answered_.refused += refused;
  answered_.last_seq = std::max(answered_.last_seq, json_count(line, "last_seq"));
  const std::int64_t now = steady_ns();
  while (!batches_.empty() && batches_.front().last_line <= answered_.lines()) {
    times_.add(now - batches_.front().sent);
    batches_.pop_front();
  }
}

}  // namespace ballast::live_bench
