#include "adapters/http_client/resolver.hpp"

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

namespace ballast {
namespace {

Result<Addresses> look_up(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_flags = flags;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0) {
    return fail(Errc::io, fmt::format("cannot look up the host: {}", ::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.empty()) return fail(Errc::io, "the host has no address");
  return addresses;
}

/// Shared with the thread that looks up, which may outlive whoever asked.
struct Lookup {
  std::mutex mutex;
  std::condition_variable_any answered;
  std::optional<Result<Addresses>> answer;
};

}  // namespace

Result<Addresses> resolve(const std::string& host,
                          std::chrono::steady_clock::time_point deadline,
                          const std::stop_token& stop) {
  if (auto numeric = look_up(host, AI_NUMERICHOST)) return numeric;  // asks nobody
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host] {
    auto answer = look_up(host, 0);
    const std::lock_guard lock(lookup->mutex);
    lookup->answer = std::move(answer);
    lookup->answered.notify_all();
  }).detach();

  std::unique_lock lock(lookup->mutex);
  lookup->answered.wait_until(lock, stop, deadline, [&] { return lookup->answer.has_value(); });
  if (lookup->answer) return *lookup->answer;
  if (stop.stop_requested()) return fail(Errc::io, "stopped while looking up the host");
  return fail(Errc::io, "timed out looking up the host");
}

}  // namespace ballast
