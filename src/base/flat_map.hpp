// FlatMap: an open-addressing table from small keys to small values, for the hot path.
//
// Linear probing over one array, capacity a power of two, load at most 3/4; no erase (the engine's
// keys live as long as the desk). Iteration is deliberately absent: its order would depend on
// history. Not thread-safe. A grow doubles the array; reserve() ahead keeps the hot path free of
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ballast {

template <class Key, class Value, class Hash>
class FlatMap {
 public:
  FlatMap() : slots_(16) {}

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

  void reserve(std::size_t count) {
    std::size_t capacity = slots_.size();
    while (capacity * 3 < count * 4)
      capacity *= 2;
    if (capacity > slots_.size()) rehash(capacity);
  }

  const Value* find(const Key& key) const { return find_in(slots_, mask(), key); }
  Value* find(const Key& key) { return find_in(slots_, mask(), key); }

  /// Hints the memory system that `key` is about to be looked up.
  void prefetch(const Key& key) const { __builtin_prefetch(&slots_[Hash{}(key)&mask()]); }

  /// The value of `key`, inserted as given when absent; second tells whether it was inserted.
  std::pair<Value*, bool> try_emplace(const Key& key, const Value& value) {
    if ((size_ + 1) * 4 > slots_.size() * 3) rehash(slots_.size() * 2);
    for (std::size_t i = Hash{}(key)&mask();; i = (i + 1) & mask()) {
      Slot& slot = slots_[i];
      if (!slot.used) {
        slot = {key, value, true};
        ++size_;
        return {&slot.value, true};
      }
      if (slot.key == key) return {&slot.value, false};
    }
  }

 private:
  struct Slot {
    Key key{};
    Value value{};
    bool used = false;
  };

  std::size_t mask() const { return slots_.size() - 1; }
  /// The value's address among slots that may be const.
  template <class Slots>
  static auto find_in(Slots& slots, std::size_t mask, const Key& key)
      -> decltype(&slots.front().value) {
    for (std::size_t i = Hash{}(key)&mask;; i = (i + 1) & mask) {
      if (!slots[i].used) return nullptr;
      if (slots[i].key == key) return &slots[i].value;
    }
  }
  void rehash(std::size_t capacity) {
    std::vector<Slot> old(capacity);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (!slot.used) continue;
      std::size_t i = Hash{}(slot.key) & mask();
      while (slots_[i].used)
        i = (i + 1) & mask();
      slots_[i] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace ballast
