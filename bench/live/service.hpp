// The service under load: started on a fresh journal, watched from outside, stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "live/process.hpp"

namespace ballast::live_bench {

class Service {
 public:
  /// Runs `program` on the `desk.toml` of the folder, and waits until it listens.
  Service(std::string program, std::filesystem::path folder);

  std::uint16_t port() const { return port_; }
  const std::string& admin_token() const { return admin_token_; }
  /// Makes a token and returns it.
  std::string make_token(std::string_view name, std::string_view role) const;
  std::string get(std::string_view target, std::string_view token) const;

  bool running();
  std::uint64_t resident_bytes() const;
  double processor_seconds() const;

  struct Stopped {
    int code = -1;  // -1: it had to be killed
    double seconds = 0.0;
  };
  /// SIGTERM, and what becomes of it.
  Stopped stop();
  /// The last it said, without its token.
  std::string last_words() const;

 private:
  void await_address();
  std::string log() const;

  std::filesystem::path folder_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
  std::string admin_token_;
};

}  // namespace ballast::live_bench
