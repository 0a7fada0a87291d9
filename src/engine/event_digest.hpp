// What of an event enters the running digest: everything that the engine reads of it.
//
// Prices and fills, of which there are the most, pack several small fields into a word.
#pragma once

#include <cstdint>

#include "base/hash.hpp"
#include "model/event.hpp"

namespace ballast {

inline void add_body(Digest& digest, const Mark& mark) {
  digest.add(std::uint64_t{mark.instrument.value},
             std::uint64_t{mark.asset.value} << 16 | mark.quote.value);
  digest.add(mark.price.raw);
}

inline void add_body(Digest& digest, const Top& top) {
  digest.add(std::uint64_t{top.instrument.value});
  digest.add(top.bid.raw);
  digest.add(top.bid_qty.raw);
  digest.add(top.ask.raw);
  digest.add(top.ask_qty.raw);
}

inline void add_body(Digest& digest, const Fill& fill) {
  const AssetId fee_asset = fill.fee ? fill.fee->asset : AssetId{};
  digest.add(std::uint64_t{fill.key.instrument.value} << 32 |
                 std::uint64_t{fill.key.place.venue.value} << 16 | fill.key.leg,
             std::uint64_t{fee_asset.value} << 32 | static_cast<std::uint64_t>(fill.side) << 24 |
                 static_cast<std::uint64_t>(fill.origin) << 16 |
                 static_cast<std::uint64_t>(fill.liquidity) << 8 | (fill.fee ? 1U : 0U));
  digest.add(hash_bytes(fill.key.place.account.view()), hash_bytes(fill.key.id.view()));
  digest.add(hash_bytes(fill.book.view()), hash_bytes(fill.order.view()));
  digest.add(fill.qty.raw);
  digest.add(fill.price.raw);
  if (fill.fee) digest.add(fill.fee->amount.raw);
}

/// Any other body.
template <class Body>
void add_body(Digest& digest, const Body& body);

}  // namespace ballast
