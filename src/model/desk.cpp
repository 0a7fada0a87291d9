#include "model/desk.hpp"

namespace ballast {
namespace {

template <class Id, class Items>
Id find_named(const Items& items, std::string_view name) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].name == name) return Id{i};
  }
  return Id{};
}

}  // namespace

AssetId Desk::find_asset(std::string_view asset_name) const {
  return find_named<AssetId>(assets, asset_name);
}
VenueId Desk::find_venue(std::string_view venue_name) const {
  return find_named<VenueId>(venues, venue_name);
}
InstrumentId Desk::find_instrument(std::string_view instrument_name) const {
  return find_named<InstrumentId>(instruments, instrument_name);
}
RuleId Desk::find_rule(std::string_view wanted) const {
  if (const auto rule = find_named<RuleId>(rules, wanted); rule.valid()) return rule;
  const auto objective = find_named<RuleId>(objectives, wanted);
  return objective.valid() ? RuleId{rules.size() + objective.index()} : RuleId{};
}
std::string_view Desk::rule_name(RuleId id) const {
  if (id == breaker_rule) return breaker_rule_name;
  if (id == kill_switch_rule) return kill_switch_rule_name;
  const std::size_t index = id.index();
  return index < rules.size() ? rules[index].name : objectives[index - rules.size()].name;
}
RouteId Desk::find_route(std::string_view route_name) const {
  return find_named<RouteId>(routes, route_name);
}
ChannelId Desk::find_channel(std::string_view channel_name) const {
  return find_named<ChannelId>(channels, channel_name);
}
const ControlConfig* Desk::find_control(FactorId factor) const {
  for (const ControlConfig& control : controls) {
    if (control.factor == factor) return &control;
  }
  return nullptr;
}
FactorId Desk::find_factor(std::string_view factor_name, std::string_view book) const {
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].name == factor_name && factors[i].book == book) return FactorId{i};
  }
  return FactorId{};
}

}  // namespace ballast
