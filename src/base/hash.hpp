// Hashing for tables and for the running state digest: deterministic on every platform and
// compiler.
//
// Not cryptographic. The journal's chain, which must show tampering, uses BLAKE2b in the store.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/int128.hpp"

namespace ballast {

/// The 128-bit product folded to 64 bits (the mixing step of wyhash, Wang Yi 2019, public domain).
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const UInt128 p = static_cast<UInt128>(a ^ 0x2d358dccaa6c78a5ULL) * (b ^ 0x8bb84b93962eacc9ULL);
  return static_cast<std::uint64_t>(p) ^ static_cast<std::uint64_t>(p >> 64);
}

inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0) {
  std::uint64_t h = mix(seed, bytes.size());
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  while (left >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    h = mix(h, word);
    at += 8;
    left -= 8;
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    h = mix(h, word);
  }
  return mix(h, 0x4b33a62ed433d4a3ULL);
}

/// A running 128-bit digest of everything added, in order. Two words cost as much as one.
class Digest {
 public:
  constexpr void add(std::uint64_t first, std::uint64_t second) {
    a_ = mix(a_ ^ first, second);
    b_ = mix(b_ ^ second, first + 0x9e3779b97f4a7c15ULL);
  }
  constexpr void add(std::uint64_t word) { add(word, 0); }
  constexpr void add(std::int64_t word) { add(static_cast<std::uint64_t>(word)); }
  constexpr void add(Int128 wide) {
    add(static_cast<std::uint64_t>(static_cast<UInt128>(wide)),
        static_cast<std::uint64_t>(static_cast<UInt128>(wide) >> 64));
  }
  void add(double number) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof number);
    std::memcpy(&bits, &number, sizeof bits);
    add(bits);
  }
  void add(std::string_view text) { add(hash_bytes(text)); }

  std::string hex() const;
  friend constexpr bool operator==(const Digest&, const Digest&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(a_, b_);
  }

 private:
  std::uint64_t a_ = 0x243f6a8885a308d3ULL;  // the first digits of pi: nothing up the sleeve
  std::uint64_t b_ = 0x13198a2e03707344ULL;
};

}  // namespace ballast
