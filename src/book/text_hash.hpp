// Hashes of the names and places that arrive on events.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "model/event.hpp"

namespace ballast {

struct TextHash {
  template <std::size_t N>
  std::size_t operator()(const Text<N>& text) const {
    return hash_bytes(text.view());
  }
  std::size_t operator()(const Place& place) const {
    return hash_bytes(place.account.view(), place.venue.value);
  }
};

}  // namespace ballast
