// The loops of black_batch.hpp, a block of options at a time, as black_batch_kernel.cpp compiles
// them with its own flags. They check nothing but say whether all options were inside their domains
// and all answers finite numbers.
#pragma once

#include <cstddef>

#include "quant/pricing/black_batch.hpp"

namespace ballast::kernel {

/// True when all is well. All spans that are not empty are of right.size().
using Batch76 = bool (*)(const Black76Batch&, const BlackColumns&);
using BatchScholes = bool (*)(const BlackScholesBatch&, const BlackColumns&);

/// Null where there is none for that path on this processor.
Batch76 black76_kernel(VectorPath path);
BatchScholes black_scholes_kernel(VectorPath path);

}  // namespace ballast::kernel
