// Snapshots of state as bytes: one `archive(ar)` member per type describes saving and loading
// alike.
//
//   template <class Archive> void archive(Archive& ar) { ar(quantity_, cost_, fills_); }
//
// The layout is little-endian and the same for equal state, so equal engines write equal bytes.
// Loading never trusts its input: a short or oversized field sets failed() and leaves zeros behind.
// A type with much that hardly ever changes hands it to block(): an archive of a StateImage keeps
// it beside the other bytes, shared; one of a string among them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/int128.hpp"
#include "base/state_image.hpp"

namespace ballast {

static_assert(std::endian::native == std::endian::little, "the snapshot layout is little-endian");

namespace archive_detail {

template <class T, class Archive>
concept HasArchive = requires(T& value, Archive& ar) {
  value.archive(ar);
};

/// Plain values whose bytes have no padding are copied as they are.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> &&
    (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Int128> ||
     std::has_unique_object_representations_v<T>);

}  // namespace archive_detail

template <class Derived>
class ArchiveBase {
 public:
  template <class... Ts>
  void operator()(Ts&... values) {
    (self().one(values), ...);
  }

 protected:
  Derived& self() { return static_cast<Derived&>(*this); }

  template <class T>
  void one(T& value) {
    if constexpr (archive_detail::HasArchive<T, Derived>) {
      value.archive(self());
    } else {
      static_assert(archive_detail::Plain<T>, "give the type an archive(ar) member");
      self().bytes(&value, sizeof value);
    }
  }
  void one(bool& value) {  // any byte but 0 and 1 is damage
    auto byte = static_cast<std::uint8_t>(value);
    self().bytes(&byte, 1);
    if (byte > 1) self().fail();
    value = byte == 1;
  }
  template <class A, class B>
  void one(std::pair<A, B>& value) {
    self()(value.first, value.second);
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool present = value.has_value();
    self()(present);
    if (present && !value) value.emplace();
    if (!present) value.reset();
    if (present) self()(*value);
  }
  template <class T, class A>
  void one(std::vector<T, A>& values) {
    const std::size_t size = self().length(values.size(), sizeof(T));
    values.resize(size);
    if constexpr (archive_detail::Plain<T> && !archive_detail::HasArchive<T, Derived>) {
      self().bytes(values.data(), size * sizeof(T));
    } else {
      for (auto& value : values)
        self()(value);
    }
  }
  template <class T>
  void one(std::deque<T>& values) {
    values.resize(self().length(values.size(), sizeof(T)));
    for (auto& value : values)
      self()(value);
  }
  void one(std::string& text) {
    text.resize(self().length(text.size(), 1));
    self().bytes(text.data(), text.size());
  }
  template <class T, std::size_t N>
  void one(std::array<T, N>& values) {
    for (auto& value : values)
      self()(value);
  }
};

class SaveArchive : public ArchiveBase<SaveArchive> {
 public:
  static constexpr bool loading = false;
  explicit SaveArchive(std::string& out) : out_(out) {}
  explicit SaveArchive(StateImage& out) : out_(out.bytes), blocks_(&out.blocks) {}
  void bytes(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }
  std::size_t length(std::size_t size, std::size_t /*element_size*/) {
    std::uint64_t written = size;
    bytes(&written, sizeof written);
    return size;
  }
  /// True when it is kept as it is: then its bytes must not change any more.
  bool block(const Block& block) {
    if (blocks_ != nullptr) {
      blocks_->push_back(block);
      return true;
    }
    length(block.size(), 1);
    bytes(block.bytes().data(), block.size());
    return false;
  }
  bool failed() const { return false; }
  void fail() {}

 private:
  std::string& out_;
  std::vector<Block>* blocks_ = nullptr;
};

class LoadArchive : public ArchiveBase<LoadArchive> {
 public:
  static constexpr bool loading = true;
  explicit LoadArchive(std::string_view in) : in_(in) {}
  explicit LoadArchive(const StateImage& in) : in_(in.bytes), blocks_(&in.blocks) {}
  void bytes(void* data, std::size_t size) {
    if (failed_ || size > in_.size()) {
      failed_ = true;
      if (size > 0) std::memset(data, 0, size);
      return;
    }
    if (size > 0) std::memcpy(data, in_.data(), size);
    in_.remove_prefix(size);
  }
  std::size_t length(std::size_t /*size*/, std::size_t /*element_size*/) {
    std::uint64_t read = 0;
    bytes(&read, sizeof read);
    // Every element takes at least one byte, so a larger count is damage, not data.
    if (read > in_.size()) failed_ = true;
    return failed_ ? 0 : static_cast<std::size_t>(read);
  }
  /// The next block; an empty one when there is none. Its bytes may be shared.
  Block block() {
    if (blocks_ == nullptr) {
      const std::size_t size = length(0, 1);
      Block read(Block::allocate(size), size);
      bytes(read.memory().get(), size);
      return read;
    }
    if (next_block_ < blocks_->size()) return (*blocks_)[next_block_++];
    fail();
    return {};
  }
  bool failed() const { return failed_; }
  /// Says that what was read makes no sense: for archive() members that know more than sizes.
  void fail() { failed_ = true; }
  /// Whether all was read, and made sense.
  bool done() const {
    return !failed_ && in_.empty() && (blocks_ == nullptr || next_block_ == blocks_->size());
  }

 private:
  std::string_view in_;
  const std::vector<Block>* blocks_ = nullptr;
  std::size_t next_block_ = 0;
  bool failed_ = false;
};

}  // namespace ballast
