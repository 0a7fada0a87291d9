#include "target/share_target.hpp"

#include <fmt/format.h>

namespace ballast {

std::optional<Aim> aim(const ShareTarget& model, const Inventory& inventory) {
  const auto& price = inventory.price;
  const auto& value = inventory.net_asset_value;
  if (!price || price->sign() <= 0 || !value || value->sign() < 0) return std::nullopt;
  const auto target = mul_div<Decimal>(model.fraction, *value, *price);
  if (!target) return std::nullopt;
  return Aim{*target};
}

std::string describe(const ShareTarget& model, const Inventory& inventory) {
  const auto text = [](const std::optional<Decimal>& number) {
    return number ? to_string(*number) : std::string("unknown");
  };
  const auto answer = aim(model, inventory);
  return fmt::format("{} of net asset value {} at price {} = {}", to_string(model.fraction),
                     text(inventory.net_asset_value), text(inventory.price),
                     answer ? to_string(answer->target) : "unknown");
}

}  // namespace ballast
