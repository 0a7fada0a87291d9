#include "quant/pricing/futures.hpp"

#include <initializer_list>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

Result<void> check(const FutureInput& input) {
  BALLAST_CHECK(require_finite("contracts", input.contracts));
  BALLAST_CHECK(require_positive("contract_size", input.contract_size));
  BALLAST_CHECK(require_positive("entry", input.entry));
  return require_positive("mark", input.mark);
}

Result<void> check_finite(std::initializer_list<double> answers) {
  for (const double answer : answers) {
    if (!std::isfinite(answer))
      return fail(Errc::overflow, "the position is no finite number for these arguments");
  }
  return {};
}

}  // namespace

Result<InverseFuture> inverse_future(const FutureInput& input) {
  BALLAST_CHECK(check(input));
  const double notional = input.contracts * input.contract_size;
  InverseFuture future;
  // Of the difference first: 1/entry - 1/mark would lose the digits of a small move.
  future.pnl_coin = notional / input.entry * ((input.mark - input.entry) / input.mark);
  future.delta_coin = notional / input.mark;
  future.delta_equity = future.delta_coin + future.pnl_coin;
  future.slope_coin = future.delta_coin / input.mark;
  future.gamma_coin = -2.0 * future.slope_coin / input.mark;
  BALLAST_CHECK(check_finite({future.pnl_coin, future.delta_coin, future.delta_equity,
                              future.slope_coin, future.gamma_coin}));
  return future;
}

Result<LinearFuture> linear_future(const FutureInput& input) {
  BALLAST_CHECK(check(input));
  LinearFuture future;
  future.delta_coin = input.contracts * input.contract_size;
  future.pnl = future.delta_coin * (input.mark - input.entry);
  future.pnl_coin = future.pnl / input.mark;
  BALLAST_CHECK(check_finite({future.pnl, future.pnl_coin, future.delta_coin}));
  return future;
}

}  // namespace ballast
