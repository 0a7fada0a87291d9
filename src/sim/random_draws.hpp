// What the files of random events share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/decimal.hpp"

namespace ballast {

template <class T>
T thousandths(std::int64_t count) {
  return T{Int128{count} * (decimal_one / 1000)};
}

/// Puts it at the end of the last few.
template <class T>
void remember(std::vector<T>& list, const T& item) {
  constexpr std::size_t remembered = 32;
  if (list.size() == remembered) list.erase(list.begin());
  list.push_back(item);
}

}  // namespace ballast
