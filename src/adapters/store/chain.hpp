// The hash chain that makes damage and tampering show.
//
//   chain(0) = BLAKE2b-256("ballast journal 1")
//   chain(n) = BLAKE2b-256(chain(n-1) . seq n . t . body),  integers as 8 bytes little-endian
//
// so that one event's chain value vouches for every event up to it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"

namespace ballast {

using Chain = std::array<std::uint8_t, 32>;

Chain chain_start();
Chain chain_next(const Chain& previous, std::uint64_t seq, Timestamp t, std::string_view body);

/// Plain BLAKE2b-256, for snapshots and marks.
Chain blake2b(std::string_view bytes);

inline std::string_view bytes_of(const Chain& chain) {
  return {reinterpret_cast<const char*>(chain.data()), chain.size()};
}
std::string hex_of(const Chain& chain);

}  // namespace ballast
