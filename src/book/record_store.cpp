#include "book/record_store.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace ballast {

std::uint32_t RecordStore::append(const Record& record) {
  std::array<char, Record::max_size + Record::slack> buffer;
  const std::size_t size = record.encode(buffer.data());
  if (chunks_.empty() || chunks_.back().used + size > full)
    chunks_.push_back({std::shared_ptr<char[]>(new char[chunk_bytes]), 0, 0});
  Chunk& chunk = chunks_.back();
  std::memcpy(chunk.bytes.get() + chunk.used, buffer.data(), size);
  const auto offset =
      static_cast<std::uint32_t>(((chunks_.size() - 1) << chunk_bits) + chunk.used / unit);
  chunk.used += static_cast<std::uint32_t>(size);
  return offset;
}

void RecordStore::unshare(Chunk& chunk) {
  std::shared_ptr<char[]> own(new char[chunk_bytes]);
  std::memcpy(own.get(), chunk.bytes.get(), chunk.used);
  chunk.bytes = std::move(own);
  chunk.shared = 0;
}

}  // namespace ballast
