// Every record ever kept, append-only, in chunks that never move. A record is named by its offset
// in units of four bytes. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

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
  char* at(std::uint32_t offset) {
    return chunks_[offset >> chunk_bits].bytes.get() + unit * (offset & offset_mask);
  }

  /// fn(offset, record) over all records in order of arrival; false when the bytes are no records
  /// (after loading damage) or fn says so.
  template <class Fn>
  bool visit(Fn&& fn) const {
    Record record;
    for (std::size_t c = 0; c < chunks_.size(); ++c) {
      for (std::size_t used = 0; used < chunks_[c].used;) {
        const std::size_t size =
            record.decode_checked(chunks_[c].bytes.get() + used, chunks_[c].used - used);
        const auto offset = static_cast<std::uint32_t>((c << chunk_bits) + used / unit);
        if (size == 0 || !fn(offset, record)) return false;
        used += size;
      }
    }
    return true;
  }

  std::size_t memory_bytes() const { return chunks_.size() * (sizeof(Chunk) + chunk_bytes); }

  template <class Archive>
  void archive(Archive& ar) {
    const std::size_t count = ar.length(chunks_.size(), sizeof(std::uint32_t));
    if constexpr (Archive::loading) chunks_.clear();
    for (std::size_t c = 0; c < count && !ar.failed(); ++c) {
      if constexpr (Archive::loading) add_chunk();
      Chunk& chunk = chunks_[c];
      ar(chunk.used);
      if (chunk.used > chunk_bytes - Record::slack || chunk.used % unit != 0) {
        chunk.used = 0;
        ar.fail();
      }
      ar.bytes(chunk.bytes.get(), chunk.used);
    }
  }

 private:
  static constexpr std::size_t unit = 4;
  static constexpr unsigned chunk_bits =
      18;  // chunks of 1 MiB: small for one desk, few for ten million fills
  static constexpr std::uint32_t offset_mask = (1U << chunk_bits) - 1;
  static constexpr std::size_t chunk_bytes = unit << chunk_bits;
  static constexpr std::size_t chunks_max = (std::size_t{1} << (32 - chunk_bits)) - 1;

  struct Chunk {
    std::unique_ptr<char[]> bytes;  // not initialised: pages are touched as they fill
    std::uint32_t used = 0;         // bytes
  };
  void add_chunk();

  std::vector<Chunk> chunks_;
};

}  // namespace ballast
