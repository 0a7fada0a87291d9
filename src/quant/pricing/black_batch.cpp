#include "quant/pricing/black_batch.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "quant/pricing/black_batch_kernel.hpp"

namespace ballast {
namespace {

template <class Column>
Result<void> check_length(std::string_view name, const Column& column, std::size_t size) {
  if (column.size() == size) return {};
  return fail(Errc::bad_input, fmt::format("{} holds {} numbers: {} are needed, one for each right",
                                           name, column.size(), size));
}

struct NamedColumn {
  std::string_view name;
  std::span<double> values;
};

std::array<NamedColumn, 13> named(const BlackColumns& columns) {
  return {{{"price", columns.price},
           {"delta", columns.delta},
           {"gamma", columns.gamma},
           {"vega", columns.vega},
           {"theta", columns.theta},
           {"rho", columns.rho},
           {"vanna", columns.vanna},
           {"volga", columns.volga},
           {"charm", columns.charm},
           {"speed", columns.speed},
           {"color", columns.color},
           {"zomma", columns.zomma},
           {"ultima", columns.ultima}}};
}

Result<void> check_columns(const BlackColumns& columns, std::size_t size) {
  for (const auto& [name, values] : named(columns)) {
    if (!values.empty()) BALLAST_CHECK(check_length(name, values, size));
  }
  return {};
}

Result<void> check_lengths(const Black76Batch& batch, const BlackColumns& columns) {
  const std::size_t size = batch.right.size();
  BALLAST_CHECK(check_length("forward", batch.forward, size));
  BALLAST_CHECK(check_length("strike", batch.strike, size));
  BALLAST_CHECK(check_length("years", batch.years, size));
  BALLAST_CHECK(check_length("vol", batch.vol, size));
  if (!batch.discount.empty()) BALLAST_CHECK(check_length("discount", batch.discount, size));
  return check_columns(columns, size);
}

Result<void> check_lengths(const BlackScholesBatch& batch, const BlackColumns& columns) {
  const std::size_t size = batch.right.size();
  BALLAST_CHECK(check_length("spot", batch.spot, size));
  BALLAST_CHECK(check_length("strike", batch.strike, size));
  BALLAST_CHECK(check_length("years", batch.years, size));
  BALLAST_CHECK(check_length("vol", batch.vol, size));
  BALLAST_CHECK(check_length("rate", batch.rate, size));
  BALLAST_CHECK(check_length("yield", batch.yield, size));
  return check_columns(columns, size);
}

Black76Input option(const Black76Batch& batch, std::size_t i) {
  return {.right = batch.right[i],
          .forward = batch.forward[i],
          .strike = batch.strike[i],
          .years = batch.years[i],
          .vol = batch.vol[i],
          .discount = batch.discount.empty() ? 1.0 : batch.discount[i]};
}

BlackScholesInput option(const BlackScholesBatch& batch, std::size_t i) {
  return {.right = batch.right[i],
          .spot = batch.spot[i],
          .strike = batch.strike[i],
          .years = batch.years[i],
          .vol = batch.vol[i],
          .rate = batch.rate[i],
          .yield = batch.yield[i]};
}

/// What the kernel suspects and does not tell: which option, and why. It looks at all columns of a
/// kind together, so there may be nothing wrong with those asked for.
template <class Batch>
Result<void> first_error(const Batch& batch, const BlackColumns& columns) {
  for (std::size_t i = 0; i < batch.right.size(); ++i) {
    if (const auto checked = check(option(batch, i)); !checked) {
      return fail(checked.error().code, fmt::format("option {}: {}", i, checked.error().what));
    }
    for (const auto& [name, values] : named(columns)) {
      if (!values.empty() && !std::isfinite(values[i])) {
        return fail(Errc::overflow,
                    fmt::format("option {}: {} is no finite number for these arguments", i, name));
      }
    }
  }
  return {};
}

}  // namespace

Result<void> black76_batch(const Black76Batch& batch,
                           const BlackColumns& columns,
                           VectorPath path) {
  BALLAST_CHECK(check_lengths(batch, columns));
  if (!has_vector_path(path)) {
    return fail(Errc::bad_input, fmt::format("path is {}: this processor has no such instructions",
                                             to_string(path)));
  }
  if (kernel::black76_batch(batch, columns, path)) [[likely]]
    return {};
  return first_error(batch, columns);
}

Result<void> black76_batch(const Black76Batch& batch, const BlackColumns& columns) {
  return black76_batch(batch, columns, widest_vector_path());
}

Result<void> black_scholes_batch(const BlackScholesBatch& batch, const BlackColumns& columns) {
  BALLAST_CHECK(check_lengths(batch, columns));
  if (kernel::black_scholes_batch(batch, columns, widest_vector_path())) [[likely]]
    return {};
  return first_error(batch, columns);
}

}  // namespace ballast
