// Descriptors, and TCP on loopback, as the benchmark's clients and its receiver need them. Errors
// throw Failure.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace ballast::live_bench {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// Blocking, without delay for small writes, and patient for so many seconds with each read.
Descriptor connect_loopback(std::uint16_t port, int patience_seconds = 30);

struct Listener {
  Descriptor fd;
  std::uint16_t port = 0;
};
Listener listen_loopback();

/// Of a blocking socket.
void send_all(int fd, std::string_view bytes);
void set_nonblocking(int fd);

}  // namespace ballast::live_bench
