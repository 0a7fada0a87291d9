// The volatilities of many prices at once: implied_vol.hpp as black_batch.hpp does black.hpp.
//
// The same bits as implied_vol() on every path. Nothing is allocated; safe to call from several
// threads. Tests: against the scalar form bit for bit, over the whole plane of distances and
// deviations, at every length and on every path.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "quant/pricing/implied_vol.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast {

/// Option i is the i-th of every span; all are of one length. As in ImpliedVolInput.
struct ImpliedVolBatch {
  std::span<const OptionRight> right = {};
  std::span<const double> forward = {};
  std::span<const double> strike = {};
  std::span<const double> years = {};
  std::span<const double> price = {};
};

/// Why a price has no volatility; where implied_vol() would fail.
enum class ImpliedVolStatus : std::uint8_t {
  found,
  outside_domain,   // an argument that is not finite or of the wrong sign
  below_intrinsic,  // no volatility gives so little
  above_most,       // every volatility gives less
};

/// The volatility of option i in vol[i] where status[i] is `found`; elsewhere vol[i] is 0 and says
/// nothing. Returns how many were found. Error: bad_input, for spans of other lengths, and for a
/// path that the processor does not have.
Result<std::size_t> implied_vol_batch(const ImpliedVolBatch& batch,
                                      std::span<double> vol,
                                      std::span<ImpliedVolStatus> status);
Result<std::size_t> implied_vol_batch(const ImpliedVolBatch& batch,
                                      std::span<double> vol,
                                      std::span<ImpliedVolStatus> status,
                                      VectorPath path);

}  // namespace ballast
