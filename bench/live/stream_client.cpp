#include "live/stream_client.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>

#include "live/http.hpp"

namespace ballast::live_bench {
namespace {

constexpr unsigned text_frame = 1;
constexpr unsigned close_frame = 8;
constexpr unsigned ping_frame = 9;
constexpr unsigned pong_frame = 10;

/// Channel, type and numbers stand within the first of a message; the rest is not looked at.
constexpr std::size_t head_bytes = 320;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t turn_bytes = 1024 * 1024;
constexpr std::array<char, 4> mask{'\x5a', '\x17', '\x33', '\x6c'};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes)
    value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

int two_digits(std::string_view text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

/// Since "2026-01-05T10:00:00.123Z", if that was less than half a day ago: hours to seconds
/// suffice.
std::optional<std::int64_t> delay_since(std::string_view time) {
  if (time.size() < 20) return std::nullopt;
  constexpr std::int64_t day_ns = 86'400 * ns_a_second;
  const std::int64_t seconds = two_digits(time.substr(11)) * 3600 +
                               two_digits(time.substr(14)) * 60 + two_digits(time.substr(17));
  std::int64_t fraction = 0;
  std::int64_t unit = ns_a_second;
  if (time[19] == '.') {
    for (const char c : time.substr(20)) {
      if (c < '0' || c > '9') break;
      fraction = fraction * 10 + (c - '0');
      unit /= 10;
    }
  }
  const std::int64_t then = seconds * ns_a_second + fraction * unit;
  const std::int64_t passed = (wall_ns() % day_ns - then + day_ns) % day_ns;
  return passed < day_ns / 2 ? std::optional(passed) : std::nullopt;
}

std::optional<std::uint64_t> number_of(std::optional<std::string_view> text) {
  std::uint64_t value = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

StreamClient::StreamClient(std::uint16_t port,
                           std::string_view token,
                           std::vector<std::string> channels,
                           int interval_ms,
                           bool measures)
    : measures_(measures) {
  for (std::string& name : channels)
    channels_.push_back({std::move(name), {}});
  handshake(port, token);
  std::string names;
  for (const Channel& channel : channels_)
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", channel.name);
  send_frame(text_frame, fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"private/subscribe",)"
                                     R"("params":{{"channels":[{}],"interval_ms":{}}}}})",
                                     names, interval_ms));
  set_nonblocking(socket_.get());
}

void StreamClient::handshake(std::uint16_t port, std::string_view token) {
  socket_ = connect_loopback(port);
  send_all(socket_.get(), fmt::format("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                      "Authorization: Bearer {}\r\nUpgrade: websocket\r\n"
                                      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                      "Sec-WebSocket-Key: YmFsbGFzdC1saXZlLWJlbg==\r\n\r\n",
                                      token));
  std::array<char, 4096> piece{};
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == in_.npos) {
    const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw Failure("a subscriber was not let in: " + in_);
    in_.append(piece.data(), static_cast<std::size_t>(count));
  }
  if (status_of(in_) != 101) throw Failure("a subscriber was not let in: " + in_);
  in_.erase(0, end + 4);
}

/// A client's frames are masked; ours are shorter than 64 KiB.
void StreamClient::send_frame(unsigned opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80U | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xffU);
  }
  frame.append(mask.data(), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  // It is a pong or a call: the socket has room for it, or its client is as good as gone.
  [[maybe_unused]] const ssize_t sent =
      ::send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
}

/// False when nothing more is there now, or ever.
bool StreamClient::fill() {
  static thread_local std::array<char, piece_bytes> piece;
  // What is skipped is not even copied: MSG_TRUNC discards it in the kernel.
  const bool skipping = skip_ > 0 && at_ == in_.size();
  const std::size_t wanted = skipping ? std::min<std::uint64_t>(skip_, turn_bytes) : piece.size();
  const ssize_t count = ::recv(socket_.get(), piece.data(), wanted,
                               skipping ? MSG_TRUNC | MSG_DONTWAIT : MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count <= 0) {
    end(count == 0 ? "closed without a word" : std::strerror(errno));
    return false;
  }
  if (skipping) {
    skip_ -= static_cast<std::uint64_t>(count);
  } else {
    in_.erase(0, at_);
    at_ = 0;
    in_.append(piece.data(), static_cast<std::size_t>(count));
  }
  return true;
}

void StreamClient::read(StreamCounts& counts) {
  const std::uint64_t before = counts.bytes;
  while (!ended_) {
    const std::uint64_t here = std::min<std::uint64_t>(skip_, in_.size() - at_);
    at_ += here;
    skip_ -= here;
    const bool taken = skip_ == 0 && (in_frame_ || take_header()) && take_payload(counts);
    if (!taken && (counts.bytes - before >= turn_bytes || !fill())) return;
  }
}

bool StreamClient::take_header() {
  const std::string_view left = std::string_view(in_).substr(at_);
  if (left.size() < 2) return false;
  const unsigned short_length = static_cast<unsigned char>(left[1]) & 0x7fU;
  const std::size_t longer = short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
  if (left.size() < 2 + longer) return false;
  opcode_ = static_cast<unsigned char>(left[0]) & 0x0fU;
  length_ = longer > 0 ? big_endian(left.substr(2, longer)) : short_length;
  at_ += 2 + longer;
  in_frame_ = true;
  return true;
}

bool StreamClient::take_payload(StreamCounts& counts) {
  const bool control = opcode_ >= close_frame;
  const std::uint64_t needed = control ? length_ : std::min<std::uint64_t>(length_, head_bytes);
  if (in_.size() - at_ < needed) return false;
  if (control) {
    take_control();
  } else if (opcode_ == text_frame) {
    take_text(std::string_view(in_).substr(at_, needed), counts);
  }
  counts.bytes += length_;
  at_ += needed;
  skip_ = length_ - needed;
  in_frame_ = false;
  return true;
}

void StreamClient::take_control() {
  const std::string payload = in_.substr(at_, length_);
  if (opcode_ == ping_frame) send_frame(pong_frame, payload);
  if (opcode_ != close_frame) return;
  send_frame(close_frame, std::string_view(payload).substr(0, 2));
  end(payload.size() < 2 ? "closed without a code"
                         : fmt::format("{} {}", big_endian(std::string_view(payload).substr(0, 2)),
                                       payload.substr(2)));
}

void StreamClient::take_text(std::string_view head, StreamCounts& counts) {
  const auto channel_name = json_value(head, "channel");
  const auto seq = number_of(json_value(head, "seq"));
  if (!channel_name || !seq) {
    if (!json_value(head, "result")) ++counts.strange;
    return;
  }
  const auto channel = std::find_if(channels_.begin(), channels_.end(),
                                    [&](const Channel& one) { return one.name == *channel_name; });
  if (channel == channels_.end()) {
    ++counts.strange;
    return;
  }
  ++messages_;
  ++counts.messages;
  const bool snapshot = json_value(head, "type") == "snapshot";
  if (snapshot) {
    ++counts.snapshots;
  } else if (number_of(json_value(head, "prev_seq")) != channel->seq) {
    ++counts.gaps;
  }
  channel->seq = seq;
  if (!measures_ || snapshot) return;  // a snapshot's time is that of the last change
  const auto time = json_value(head, "t");
  if (const auto delay = time ? delay_since(*time) : std::nullopt) counts.delays.add(*delay);
}

void StreamClient::end(std::string why) {
  if (!ended_) ended_ = std::move(why);
}

void StreamClient::close() {
  if (!ended_) send_frame(close_frame, "\x03\xe8");  // 1000: all is well
  socket_.close();
}

}  // namespace ballast::live_bench
