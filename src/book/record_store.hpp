// Every record ever kept, append-only, in chunks that never move. A record is named by its offset
// in units of four bytes. Not thread-safe.
//
// Chunks are shared with the images that snapshots make of them. What an image holds does not
// change: edit() copies its chunk first. Appending needs no copy, since an image ends before it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/state_image.hpp"
#include "book/record.hpp"

namespace ballast {

class RecordStore {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  /// False when 16 GiB are in use: nothing more can be kept.
  bool has_room() const { return chunks_.size() < chunks_max; }
  /// Needs has_room().
  std::uint32_t append(const Record& record);

  Record read(std::uint32_t offset) const {
    Record record;
    record.decode(at(offset));
    return record;
  }
  const char* at(std::uint32_t offset) const {
    return chunks_[offset >> chunk_bits].bytes.get() + unit * (offset & offset_mask);
  }
  /// The record's bytes, to be changed.
  char* edit(std::uint32_t offset) {
    Chunk& chunk = chunks_[offset >> chunk_bits];
    const std::size_t in_chunk = unit * (offset & offset_mask);
    if (in_chunk < chunk.shared) unshare(chunk);
    return chunk.bytes.get() + in_chunk;
  }

  /// fn(offset, record) over all records in order of arrival; false when the bytes are no records
  /// (after loading damage) or fn says so. announce(record) comes some records earlier, so
  /// that what fn reads elsewhere can be on its way.
  template <class Announce, class Fn>
  bool visit(Announce&& announce, Fn&& fn) const {
    constexpr std::size_t ahead = 16;
    std::array<std::pair<std::uint32_t, Record>, ahead> ring;
    std::size_t read = 0;
    for (std::size_t c = 0; c < chunks_.size(); ++c) {
      for (std::size_t used = 0; used < chunks_[c].used;) {
        auto& [offset, record] = ring[read % ahead];
        if (read >= ahead && !fn(offset, record)) return false;
        const std::size_t size =
            record.decode_checked(chunks_[c].bytes.get() + used, chunks_[c].used - used);
        if (size == 0) return false;
        offset = static_cast<std::uint32_t>((c << chunk_bits) + used / unit);
        announce(record);
        used += size;
        ++read;
      }
    }
    for (std::size_t done = read - std::min(read, ahead); done < read; ++done) {
      const auto& [offset, record] = ring[done % ahead];
      if (!fn(offset, record)) return false;
    }
    return true;
  }

  /// One above the offset of the last record.
  std::uint64_t end() const {
    if (chunks_.empty()) return 0;
    return ((chunks_.size() - 1) << chunk_bits) + chunks_.back().used / unit;
  }
  std::size_t memory_bytes() const { return chunks_.size() * (sizeof(Chunk) + chunk_bytes); }

  template <class Archive>
  void archive(Archive& ar) {
    const std::size_t count = ar.length(chunks_.size(), sizeof(std::uint32_t));
    if constexpr (Archive::loading) chunks_.clear();
    for (std::size_t c = 0; c < count && !ar.failed(); ++c) {
      std::uint32_t used = Archive::loading ? 0 : chunks_[c].used;
      ar(used);
      if constexpr (Archive::loading) {
        const Block block = ar.block();
        if (block.size() != used || used == 0 || used > full || used % unit != 0) ar.fail();
        if (!ar.failed()) chunks_.push_back({block.memory(), used, used});
      } else if (ar.block(Block(chunks_[c].bytes, used))) {
        chunks_[c].shared = used;
      }
    }
    // The last one is appended to, and needs a chunk's room.
    if (Archive::loading && !chunks_.empty()) unshare(chunks_.back());
  }

 private:
  static constexpr std::size_t unit = 4;
  static constexpr unsigned chunk_bits =
      18;  // chunks of 1 MiB: small for one desk, few for ten million fills
  static constexpr std::uint32_t offset_mask = (1U << chunk_bits) - 1;
  static constexpr std::size_t chunk_bytes = unit << chunk_bits;
  static constexpr std::size_t chunks_max = (std::size_t{1} << (32 - chunk_bits)) - 1;
  static constexpr std::size_t full = chunk_bytes - Record::slack;  // bytes used at most
  static_assert(Record::slack <= Block::padding);

  struct Chunk {
    std::shared_ptr<char[]> bytes;  // not initialised: pages are touched as they fill
    std::uint32_t used = 0;         // bytes
    std::uint32_t shared = 0;       // of them with an image
  };
  static void unshare(Chunk& chunk);

  std::vector<Chunk> chunks_;
};

}  // namespace ballast
