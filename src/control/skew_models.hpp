// Every skew model, and the one place that calls them whichever it is.
#pragma once

#include <string_view>
#include <variant>

#include "control/avellaneda_stoikov_skew.hpp"
#include "control/glft_skew.hpp"
#include "control/linear_skew.hpp"
#include "control/multi_asset_skew.hpp"
#include "control/option_vega_skew.hpp"
#include "control/skew_model.hpp"

namespace ballast {

template <class... Ms>
constexpr bool all_are_skew_models(const std::variant<Ms...>* /*list*/) {
  return (IsSkewModel<Ms> && ...);
}
static_assert(all_are_skew_models(static_cast<const SkewModel*>(nullptr)),
              "a word in SkewModel lacks its function: see control/skew_model.hpp");

inline Result<SkewedQuote> skewed(const SkewModel& model, const SkewInput& input) {
  return std::visit([&](const auto& m) { return skewed(m, input); }, model);
}
inline std::string_view name_of(const SkewModel& model) { return skew_model_names[model.index()]; }

}  // namespace ballast
