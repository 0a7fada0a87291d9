// Text<N>: a short string held inline, so that events are plain values and the hot path never
// allocates. At most N characters, N <= 255; longer input is an error at the boundary that reads
// it.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace ballast {

template <std::size_t N>
class Text {
  static_assert(N <= 255);

 public:
  static constexpr std::size_t capacity = N;

  constexpr Text() = default;

  /// Nothing when the text is too long.
  static std::optional<Text> create(std::string_view text) {
    if (text.size() > N) return std::nullopt;
    Text result;
    std::copy_n(text.data(), text.size(), result.chars_.begin());
    result.size_ = static_cast<std::uint8_t>(text.size());
    return result;
  }
  /// For literals and tests: cuts what is too long at compile-known places only.
  template <std::size_t M>
  explicit constexpr Text(const char (&literal)[M]) : size_(M - 1) {
    static_assert(M - 1 <= N, "the literal does not fit");
    std::copy_n(literal, M - 1, chars_.begin());
  }

  constexpr std::string_view view() const { return {chars_.data(), size_}; }
  std::string str() const { return std::string(view()); }
  constexpr bool empty() const { return size_ == 0; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(size_);
    ar.bytes(chars_.data(), N);
    if (size_ <= N) return;
    size_ = 0;
    ar.fail();
  }

  friend constexpr bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
  friend constexpr std::strong_ordering operator<=>(const Text& a, const Text& b) {
    return a.view() <=> b.view();
  }

 private:
  std::uint8_t size_ = 0;
  std::array<char, N> chars_{};
};

}  // namespace ballast
