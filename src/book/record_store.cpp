#include "book/record_store.hpp"

#include <array>
#include <cstring>

namespace ballast {

void RecordStore::add_chunk() {
  chunks_.push_back({std::make_unique_for_overwrite<char[]>(chunk_bytes), 0});
}

std::uint32_t RecordStore::append(const Record& record) {
  std::array<char, Record::max_size + Record::slack> buffer;
  const std::size_t size = record.encode(buffer.data());
  if (chunks_.empty() || chunks_.back().used + size > chunk_bytes - Record::slack) add_chunk();
  Chunk& chunk = chunks_.back();
  std::memcpy(chunk.bytes.get() + chunk.used, buffer.data(), size);
  const auto offset =
      static_cast<std::uint32_t>(((chunks_.size() - 1) << chunk_bits) + chunk.used / unit);
  chunk.used += static_cast<std::uint32_t>(size);
  return offset;
}

}  // namespace ballast
