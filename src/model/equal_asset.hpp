// Assets that are worth the same: USD kept as USDT, say.
#pragma once

#include "model/desk.hpp"

namespace ballast {

/// What `id` equals in the end; itself, when it equals nothing. Assets with one answer are worth
/// the same.
inline AssetId equal_asset(const Desk& desk, AssetId id) {
  for (std::size_t hops = 0; id.valid() && hops <= desk.assets.size(); ++hops) {
    const AssetId next = desk.asset(id).equals;
    if (!next.valid()) return id;
    id = next;
  }
  return id;
}

}  // namespace ballast
