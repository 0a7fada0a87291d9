#include "base/row_delta.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/contract.hpp"

namespace ballast {
namespace {

/// The word of a row, with zeros behind its end.
std::uint64_t word_at(const std::string& row, std::size_t at) {
  std::uint64_t value = 0;
  if (at < row.size())
    std::memcpy(&value, row.data() + at, std::min(sizeof value, row.size() - at));
  return value;
}

}  // namespace

void RowDelta::save(SaveArchive& ar) {
  BALLAST_ASSERT(row_.size() <= size_max);
  const std::size_t words = (row_.size() + word - 1) / word;
  sizes_.assign((words + 1) / 2, '\0');
  packed_.resize(words * word);
  std::size_t used = 0;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint64_t difference = word_at(row_, i * word) ^ word_at(before_, i * word);
    const auto size = static_cast<std::size_t>((std::bit_width(difference) + 7) / 8);
    sizes_[i / 2] =
        static_cast<char>(static_cast<unsigned char>(sizes_[i / 2]) | (size << (4 * (i % 2))));
    std::memcpy(packed_.data() + used, &difference, word);  // within, as used <= i * word
    used += size;
  }
  auto size = static_cast<std::uint16_t>(row_.size());
  ar(size);
  ar.bytes(sizes_.data(), sizes_.size());
  ar.bytes(packed_.data(), used);
}

void RowDelta::load(LoadArchive& ar) {
  std::uint16_t size = 0;
  ar(size);
  before_.swap(row_);
  row_.assign(size, '\0');
  const std::size_t words = (size + word - 1) / word;
  sizes_.resize((words + 1) / 2);
  ar.bytes(sizes_.data(), sizes_.size());
  for (std::size_t i = 0; i < words && !ar.failed(); ++i) {
    const std::size_t differing =
        (static_cast<unsigned char>(sizes_[i / 2]) >> (4 * (i % 2))) & 15U;
    std::uint64_t value = 0;
    if (differing > word) ar.fail();
    if (!ar.failed()) ar.bytes(&value, differing);
    value ^= word_at(before_, i * word);
    std::memcpy(row_.data() + i * word, &value, std::min(word, size - i * word));
  }
  if (ar.failed()) row_.clear();
}

}  // namespace ballast
