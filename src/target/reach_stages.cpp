#include "target/reach_stages.hpp"

#include "quant/control/aim_portfolio.hpp"

namespace ballast {

std::span<const std::string_view> input_names(const LiquidityCap& /*stage*/) {
  static constexpr std::array<std::string_view, 2> names{"traded_volume", "price"};
  return names;
}

std::optional<double> read(const AimSmoothing& stage,
                           const StageWorld& /*world*/,
                           const Draft& /*draft*/,
                           StageMemory& memory,
                           StageInputs& /*inputs*/) {
  if (memory.weight == 0.0) {  // the configuration's own number, worked out once
    const auto rate = trading_rate({stage.gamma, stage.lambda, stage.discount});
    memory.weight = rate ? *rate : 1.0;
  }
  return memory.weight;
}

std::span<const std::string_view> input_names(const AimSmoothing& /*stage*/) { return {}; }

}  // namespace ballast
