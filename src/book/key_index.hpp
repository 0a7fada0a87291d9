// An exact index from the hash of a key to the record that holds it.
//
// Slots of eight bytes (a fingerprint and a record's offset) in open addressing; whoever asks
// checks the record itself, so a hash collision costs a look and never an answer. The table is
// split by the hash into shards that grow one at a time: no insertion moves more than a few
// thousand slots at ten million. No erase. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ballast {

class KeyIndex {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  KeyIndex() : shards_(shard_count) {}

  /// Hints the memory system that `hash` is about to be looked up.
  void prefetch(std::uint64_t hash) const {
    const Shard& shard = shards_[hash >> shard_shift];
    if (!shard.slots.empty()) __builtin_prefetch(&shard.slots[start(shard, hash)]);
  }

  /// The offset under `hash` for which same(offset) holds, or `none`.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same&& same) const {
    const Shard& shard = shards_[hash >> shard_shift];
    if (shard.slots.empty()) return none;
    const auto fingerprint = static_cast<std::uint32_t>(hash);
    for (std::size_t i = start(shard, hash);; i = (i + 1) & (shard.slots.size() - 1)) {
      const Slot& slot = shard.slots[i];
      if (slot.offset == none) return none;
      if (slot.fingerprint == fingerprint && same(slot.offset)) return slot.offset;
    }
  }

  /// Makes room for `count` keys in all, spread as hashes are.
  void reserve(std::uint64_t count) {
    const std::uint64_t each = count / shard_count;
    std::size_t slots = smallest;
    while (each * 4 > slots * 3)
      slots *= 2;
    for (Shard& shard : shards_)
      if (shard.slots.size() < slots) grow(shard, slots);
  }

  void insert(std::uint64_t hash, std::uint32_t offset) {
    Shard& shard = shards_[hash >> shard_shift];
    if ((shard.used + 1) * 4 > shard.slots.size() * 3)
      grow(shard, std::max(smallest, shard.slots.size() * 2));
    place(shard, {static_cast<std::uint32_t>(hash), offset});
    ++shard.used;
  }

  /// Many keys at once, as a start has them: sorted into a few heaps first, so that each part of
  /// the table is near while its keys are placed. One that waits for memory at each key takes
  /// several times as long.
  class Bulk {
   public:
    explicit Bulk(KeyIndex& index) : index_(index), heaps_(heap_count) {}
    void add(std::uint64_t hash, std::uint32_t offset) {
      heaps_[hash >> heap_shift].push_back({hash, offset});
      if (++count_ == count_max) place();
    }
    /// Needed after the last.
    void place() {
      for (std::vector<Key>& heap : heaps_) {
        for (const Key& key : heap)
          index_.insert(key.hash, key.offset);
        heap.clear();
      }
      count_ = 0;
    }

   private:
    struct Key {
      std::uint64_t hash;
      std::uint32_t offset;
    };
    static constexpr std::size_t heap_count = 256;  // of 16 shards: half a megabyte at ten million
    static constexpr unsigned heap_shift = 64 - 8;
    static constexpr std::size_t count_max = std::size_t{1} << 21U;  // 32 MiB

    KeyIndex& index_;
    std::vector<std::vector<Key>> heaps_;
    std::size_t count_ = 0;
  };

  std::size_t memory_bytes() const {
    std::size_t bytes = shards_.capacity() * sizeof(Shard);
    for (const Shard& shard : shards_)
      bytes += shard.slots.capacity() * sizeof(Slot);
    return bytes;
  }

 private:
  struct Slot {
    std::uint32_t fingerprint = 0;
    std::uint32_t offset = none;
  };
  struct Shard {
    std::vector<Slot> slots;  // a power of two, or none
    std::size_t used = 0;
  };
  static constexpr std::size_t shard_count = 4096;
  static constexpr unsigned shard_shift = 64 - 12;
  static constexpr std::size_t smallest = 4;  // slots of a shard

  static std::size_t start(const Shard& shard, std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash) & (shard.slots.size() - 1);
  }
  static void place(Shard& shard, Slot slot) {
    std::size_t i = start(shard, slot.fingerprint);
    while (shard.slots[i].offset != none)
      i = (i + 1) & (shard.slots.size() - 1);
    shard.slots[i] = slot;
  }
  static void grow(Shard& shard, std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(shard.slots);
    for (const Slot& slot : old) {
      if (slot.offset != none) place(shard, slot);
    }
  }

  std::vector<Shard> shards_;
};

}  // namespace ballast
