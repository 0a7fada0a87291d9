#include "control/fill_units.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ballast {

tl::unexpected<Error> not_known(std::string_view name) {
  return fail(Errc::stale_data, fmt::format("{} is not known", name));
}

Result<SkewedQuote> quote_at(double bid_depth, double ask_depth) {
  if (!std::isfinite(bid_depth) || !std::isfinite(ask_depth)) {
    return fail(Errc::overflow,
                fmt::format("the depths {} and {} are more than a double holds: the skew's inputs "
                            "are out of all proportion",
                            bid_depth, ask_depth));
  }
  return SkewedQuote{bid_depth, ask_depth};
}

}  // namespace ballast
