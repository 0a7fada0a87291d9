#include "book/contract_value.hpp"

#include <fmt/format.h>

#include "base/int128.hpp"

namespace ballast {
namespace {

std::optional<Int128> product_over(Int128 x, Int128 y, Int128 divisor) {
  return divide_half_even(Int256::product(x, y), magnitude(divisor));
}

/// x * y * z / 10^36, rounded once. The first product is split at 10^18 into a whole and a small
/// signed rest, whose own product leaves less than half a unit over: enough to know for which side
/// of a tie.
std::optional<Int128> product_of_three(Int128 x, Int128 y, Int128 z) {
  const Int256 xy = Int256::product(x, y);
  const auto whole = divide_half_even(xy, magnitude(decimal_one));
  if (!whole) return std::nullopt;
  const Int256 rest = xy - Int256::product(*whole, decimal_one);  // |rest| <= 10^18 / 2
  const Int256 rest_z = Int256::product(static_cast<Int128>(rest.lo), z);
  const auto carry = divide_half_even(rest_z, magnitude(decimal_one));
  if (!carry) return std::nullopt;
  const Int256 left_over = rest_z - Int256::product(*carry, decimal_one);

  const Int256 sum = Int256::product(*whole, z) + Int256::from(*carry);
  Int256 doubled = sum + sum;
  if (left_over != Int256{}) doubled += Int256::from(left_over.negative() ? -1 : 1);
  return divide_half_even(doubled, magnitude(2 * decimal_one));
}

}  // namespace

std::optional<Amount> value(const Contract& contract, Quantity qty, Price price) {
  if (!contract.trades_at(price)) return std::nullopt;
  std::optional<Int128> raw;
  if (contract.inverse) {
    raw = product_over(-qty.raw, contract.size.raw, price.raw);
  } else if (contract.size.raw == decimal_one) {
    raw = product_over(qty.raw, price.raw, decimal_one);
  } else {
    raw = product_of_three(qty.raw, contract.size.raw, price.raw);
  }
  if (!raw) return std::nullopt;
  return Amount{*raw};
}

Result<Amount> value(const Instrument& instrument, Quantity qty, Price price) {
  if (const auto amount = value(Contract::of(instrument), qty, price)) return *amount;
  return fail(Errc::overflow,
              fmt::format("the value of {} {} at {} leaves the decimal range of +-1.7e20",
                          to_string(qty), instrument.name, to_string(price)));
}

std::optional<Price> average_price(const Contract& contract, Quantity qty, Amount cost) {
  std::optional<Int128> raw;
  if (contract.inverse) {
    if (cost.zero()) return std::nullopt;
    raw = divide_half_even(Int256::product(qty.abs().raw, contract.size.raw), magnitude(cost.raw));
  } else if (contract.size.raw == decimal_one) {
    if (qty.zero()) return std::nullopt;
    raw = product_over(cost.abs().raw, decimal_one, qty.raw);
  } else {
    const auto units = product_over(qty.abs().raw, contract.size.raw, decimal_one);
    if (!units || *units == 0) return std::nullopt;
    raw = product_over(cost.abs().raw, decimal_one, *units);
  }
  if (!raw) return std::nullopt;
  return Price{*raw};
}

}  // namespace ballast
