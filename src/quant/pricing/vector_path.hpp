// Which vector instructions loops over arrays are done by: those of kernels compiled for several
// processors, chosen when the program runs. All give the same bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace ballast {

/// Those beyond the baseline also fuse products and sums.
enum class VectorPath : std::uint8_t { baseline, avx2, avx512 };
std::string_view to_string(VectorPath path);
/// Whether this processor has them, and the kernels are compiled for it.
bool has_vector_path(VectorPath path);
VectorPath widest_vector_path();

}  // namespace ballast

// What a kernel's function is compiled for. g++ would halve the vectors to spare older processors'
// clocks; those of this decade lose nothing.
#define BALLAST_AVX2 "avx2,fma"
#if defined(__clang__)
#define BALLAST_AVX512 "avx512f,avx512dq,fma"
#else
#define BALLAST_AVX512 "avx512f,avx512dq,fma,prefer-vector-width=512"
#endif
