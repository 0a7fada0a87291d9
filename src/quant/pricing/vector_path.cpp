#include "quant/pricing/vector_path.hpp"

#include <array>
#include <cstddef>

namespace ballast {

std::string_view to_string(VectorPath path) {
  constexpr std::array<std::string_view, 3> names{"baseline", "avx2", "avx512"};
  return names[static_cast<std::size_t>(path)];
}

bool has_vector_path(VectorPath path) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (path == VectorPath::avx2) return avx2;
  if (path == VectorPath::avx512)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#endif
  return path == VectorPath::baseline;
}

VectorPath widest_vector_path() {
  static const VectorPath widest = [] {
    for (const VectorPath path : {VectorPath::avx512, VectorPath::avx2})
      if (has_vector_path(path)) return path;
    return VectorPath::baseline;
  }();
  return widest;
}

}  // namespace ballast
