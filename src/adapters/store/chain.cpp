#include "adapters/store/chain.hpp"

#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include "base/contract.hpp"

namespace ballast {

static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(Chain) == crypto_generichash_BYTES);

namespace {

/// libsodium picks its fastest code for this machine once, here.
void prepare_sodium() {
  static const bool ready = sodium_init() >= 0;
  BALLAST_ASSERT(ready);
}

const unsigned char* unsigned_bytes(const char* data) {
  return reinterpret_cast<const unsigned char*>(data);
}

}  // namespace

Chain blake2b(std::string_view bytes) {
  prepare_sodium();
  Chain result;
  crypto_generichash(result.data(), result.size(), unsigned_bytes(bytes.data()), bytes.size(),
                     nullptr, 0);
  return result;
}

Chain chain_start() { return blake2b("ballast journal 1"); }

Chain chain_next(const Chain& previous, std::uint64_t seq, Timestamp t, std::string_view body) {
  prepare_sodium();
  std::array<unsigned char, sizeof(Chain) + 16> head;
  std::memcpy(head.data(), previous.data(), sizeof(Chain));
  std::memcpy(head.data() + sizeof(Chain), &seq, 8);
  std::memcpy(head.data() + sizeof(Chain) + 8, &t.ns, 8);
  crypto_generichash_state state;
  Chain result;
  crypto_generichash_init(&state, nullptr, 0, result.size());
  crypto_generichash_update(&state, head.data(), head.size());
  crypto_generichash_update(&state, unsigned_bytes(body.data()), body.size());
  crypto_generichash_final(&state, result.data(), result.size());
  return result;
}

std::string hex_of(const Chain& chain) { return fmt::format("{:02x}", fmt::join(chain, "")); }

}  // namespace ballast
