// The loops of black_batch.hpp, a block of options at a time, as black_batch_kernel.cpp compiles
// them with its own flags.
#pragma once

#include "quant/pricing/black_batch.hpp"

namespace ballast::kernel {

/// All spans that are not empty are of right.size(), and the processor has the path. True when all
/// options are inside their domains and all answers finite numbers; false when some may not be.
bool black76_batch(const Black76Batch& batch, const BlackColumns& columns, VectorPath path);
bool black_scholes_batch(const BlackScholesBatch& batch,
                         const BlackColumns& columns,
                         VectorPath path);

}  // namespace ballast::kernel
