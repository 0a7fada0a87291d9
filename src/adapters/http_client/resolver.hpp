// Looks a host's addresses up, and does not wait longer than it is told to.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace ballast {

/// A numeric address, IPv4 or IPv6.
using Addresses = std::vector<std::string>;

/// The system's resolver can neither be given a time nor be interrupted, so it runs on a thread
/// that is left behind when it takes longer.
Result<Addresses> resolve(const std::string& host,
                          std::chrono::steady_clock::time_point deadline,
                          const std::stop_token& stop);

}  // namespace ballast
