#include "quant/pricing/implied_vol_batch.hpp"

#include <string_view>

#include <fmt/format.h>

#include "quant/pricing/implied_vol_kernel.hpp"

namespace ballast {
namespace {

Result<void> check_size(std::string_view name, std::size_t holds, std::size_t size) {
  if (holds == size) return {};
  return fail(Errc::bad_input, fmt::format("{} holds {} numbers: {} are needed, one for each right",
                                           name, holds, size));
}

}  // namespace

Result<std::size_t> implied_vol_batch(const ImpliedVolBatch& batch,
                                      std::span<double> vol,
                                      std::span<ImpliedVolStatus> status,
                                      VectorPath path) {
  const std::size_t size = batch.right.size();
  BALLAST_CHECK(check_size("forward", batch.forward.size(), size));
  BALLAST_CHECK(check_size("strike", batch.strike.size(), size));
  BALLAST_CHECK(check_size("years", batch.years.size(), size));
  BALLAST_CHECK(check_size("price", batch.price.size(), size));
  BALLAST_CHECK(check_size("vol", vol.size(), size));
  BALLAST_CHECK(check_size("status", status.size(), size));
  const kernel::ImpliedVolLoop run = kernel::implied_vol_kernel(path);
  if (run == nullptr) {
    return fail(Errc::bad_input, fmt::format("path is {}: this processor has no such instructions",
                                             to_string(path)));
  }
  return run(batch, vol, status);
}

Result<std::size_t> implied_vol_batch(const ImpliedVolBatch& batch,
                                      std::span<double> vol,
                                      std::span<ImpliedVolStatus> status) {
  return implied_vol_batch(batch, vol, status, widest_vector_path());
}

}  // namespace ballast
