// Grouped: the items of many small groups in one array, group after group.
//
// For what a desk fixes once and the hot path walks often: no group costs an allocation or a line
// of memory of its own. Immutable after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ballast {

template <class T>
class Grouped {
 public:
  Grouped() = default;
  explicit Grouped(const std::vector<std::vector<T>>& groups) {
    first_.reserve(groups.size() + 1);
    for (const auto& group : groups) {
      items_.insert(items_.end(), group.begin(), group.end());
      first_.push_back(static_cast<std::uint32_t>(items_.size()));
    }
  }

  std::size_t size() const { return first_.size() - 1; }
  std::span<const T> operator[](std::size_t group) const {
    return {items_.data() + first_[group], items_.data() + first_[group + 1]};
  }
  std::span<T> operator[](std::size_t group) {
    return {items_.data() + first_[group], items_.data() + first_[group + 1]};
  }

 private:
  std::vector<std::uint32_t> first_{0};  // by group, and one past
  std::vector<T> items_;
};

}  // namespace ballast
