// Accounts and books, numbered in order of first appearance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "book/text_hash.hpp"
#include "model/event.hpp"

namespace ballast {

template <class Name, class Id>
class Names {
 public:
  /// An invalid id when it never appeared.
  Id find(const Name& name) const {
    // Most events name what the one before them named.
    if (last_.valid() && names_[last_.index()] == name) return last_;
    const Id* id = ids_.find(name);
    if (id != nullptr) last_ = *id;
    return id == nullptr ? Id{} : *id;
  }
  /// The id it has, or would be given next.
  Id find_or_next(const Name& name) const {
    const Id id = find(name);
    return id.valid() ? id : Id(names_.size());
  }
  Id intern(const Name& name) {
    const auto [id, added] = ids_.try_emplace(name, Id(names_.size()));
    if (added) names_.push_back(name);
    return *id;
  }
  const Name& name(Id id) const { return names_[id.index()]; }
  std::size_t size() const { return names_.size(); }
  /// Ids end below the value that means none.
  bool full() const { return names_.size() >= Id::none_value; }
  std::size_t memory_bytes() const {
    return names_.capacity() * sizeof(Name) + ids_.memory_bytes();
  }

  /// After loading: rebuilds the table; false when a name stands twice.
  bool restore() {
    ids_ = {};
    last_ = {};
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!ids_.try_emplace(names_[i], Id(i)).second) return false;
    }
    return names_.size() <= Id::none_value;
  }
  template <class Archive>
  void archive(Archive& ar) {
    names_.resize(ar.length(names_.size(), sizeof(Name)));
    for (Name& name : names_)
      archive_name(ar, name);
  }

 private:
  template <class Archive>
  static void archive_name(Archive& ar, Place& place) {
    ar(place.venue, place.account);
  }
  template <class Archive>
  static void archive_name(Archive& ar, BookName& name) {
    ar(name);
  }

  std::vector<Name> names_;
  FlatMap<Name, Id, TextHash> ids_;
  mutable Id last_;  // the last that find() found: no state, only speed
};

}  // namespace ballast
