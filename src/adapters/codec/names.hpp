// Names to ids by hash: the desk's own linear look-ups are for configuration, these for every line.
#pragma once

#include <string_view>

#include "base/flat_map.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"

namespace ballast {

struct TextHash {
  std::uint64_t operator()(std::string_view text) const { return hash_bytes(text); }
};

/// Refers to the characters of the names it was given.
template <class Id>
using NameTable = FlatMap<std::string_view, Id, TextHash>;

/// A name within an owner: an account at a venue, a factor for a book.
struct OwnedName {
  std::string_view owner;
  std::string_view name;
  friend bool operator==(const OwnedName&, const OwnedName&) = default;
};
struct OwnedNameHash {
  std::uint64_t operator()(const OwnedName& key) const {
    return hash_bytes(key.name, hash_bytes(key.owner));
  }
};
template <class Id>
using OwnedNameTable = FlatMap<OwnedName, Id, OwnedNameHash>;

}  // namespace ballast
