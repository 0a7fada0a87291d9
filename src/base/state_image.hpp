// A state as bytes, kept so that saving it again costs what has changed.
//
//   bytes    what changes all the time
//   blocks   what is written once and hardly ever changes again. They are shared with the state
//            that the image was taken of, which copies one before it changes it.
//
// So a block whose memory is that of a block of an earlier image is still the same, and need not be
// looked at. Nobody changes a block while an image holds it; another thread may read it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ballast {

class Block {
 public:
  /// Readable zeros behind the bytes, for who reads whole words.
  static constexpr std::size_t padding = 16;

  Block() = default;
  /// `memory` holds `size` bytes and the padding.
  Block(std::shared_ptr<char[]> memory, std::size_t size)
      : memory_(std::move(memory)), size_(size) {}
  explicit Block(std::string_view bytes) : Block(allocate(bytes.size()), bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), memory_.get());
  }
  /// Memory for `size` bytes, to be written.
  static std::shared_ptr<char[]> allocate(std::size_t size) {
    std::shared_ptr<char[]> memory(new char[size + padding]);
    std::memset(memory.get() + size, 0, padding);
    return memory;
  }

  std::size_t size() const { return size_; }
  std::string_view bytes() const { return {memory_.get(), size_}; }
  const std::shared_ptr<char[]>& memory() const { return memory_; }
  /// Whether it is the other one itself, not only as long and alike.
  bool is(const Block& other) const { return memory_ == other.memory_ && size_ == other.size_; }
  friend bool operator==(const Block& a, const Block& b) {
    return a.is(b) || a.bytes() == b.bytes();
  }

 private:
  std::shared_ptr<char[]> memory_;
  std::size_t size_ = 0;
};

struct StateImage {
  std::string bytes;
  std::vector<Block> blocks;

  std::size_t size() const {
    std::size_t all = bytes.size();
    for (const Block& block : blocks)
      all += block.size();
    return all;
  }
  friend bool operator==(const StateImage&, const StateImage&) = default;
};

}  // namespace ballast
