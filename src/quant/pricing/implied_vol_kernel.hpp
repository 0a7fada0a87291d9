// The loops of implied_vol_batch.hpp, a block of options at a time, compiled for several processors
// as black_batch_kernel.cpp is.
#pragma once

#include <cstddef>
#include <span>

#include "quant/pricing/implied_vol_batch.hpp"

namespace ballast::kernel {

/// How many were found. All spans are of right.size().
using ImpliedVolLoop = std::size_t (*)(const ImpliedVolBatch&,
                                       std::span<double> vol,
                                       std::span<ImpliedVolStatus> status);

/// Null where there is none for that path on this processor.
ImpliedVolLoop implied_vol_kernel(VectorPath path);

}  // namespace ballast::kernel
