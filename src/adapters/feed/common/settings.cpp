#include "adapters/feed/common/settings.hpp"

#include "base/contract.hpp"
#include "base/suggest.hpp"

namespace ballast {
namespace {

using Name = Text<63>;  // of an asset, a venue or an instrument

std::string in_setting(std::string_view name) { return fmt::format("setting {}=", name); }

}  // namespace

std::string shown(std::string_view value) {
  constexpr std::size_t most = 60;
  std::string text = "\"";
  for (const char c : value.substr(0, most))
    text += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  text += value.size() > most ? "...\"" : "\"";
  return text;
}

std::string_view setting(const ImportSettings& settings, std::string_view name) {
  const auto found = settings.find(name);
  BALLAST_ASSERT(found != settings.end());
  return found->second;
}

std::optional<std::string_view> find_setting(const ImportSettings& settings,
                                             std::string_view name) {
  const auto found = settings.find(name);
  if (found == settings.end()) return std::nullopt;
  return found->second;
}

Result<std::size_t> choose(std::string_view what,
                           std::string_view value,
                           std::span<const std::string_view> choices) {
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == value) return i;
  }
  Suggestion near(value);
  for (const std::string_view choice : choices)
    near.consider(choice);
  return fail(Errc::bad_input, fmt::format("{} {} is not one of {}{}", what, shown(value),
                                           fmt::join(choices, ", "), near.text()));
}

Result<std::size_t> choice_setting(const ImportSettings& settings,
                                   std::string_view name,
                                   std::span<const std::string_view> choices) {
  return choose(in_setting(name), setting(settings, name), choices);
}

Result<bool> yes_no_setting(const ImportSettings& settings, std::string_view name) {
  constexpr std::string_view choices[] = {"no", "yes"};
  BALLAST_TRY(index, choice_setting(settings, name, choices));
  return index == 1;
}

Result<Duration> duration_setting(const ImportSettings& settings, std::string_view name) {
  auto duration = parse_duration(setting(settings, name));
  if (!duration) {
    return fail(duration.error().code,
                fmt::format("{} {}", in_setting(name), duration.error().what));
  }
  return *duration;
}

Result<Origin> origin_setting(const ImportSettings& settings, std::string_view name) {
  BALLAST_TRY(index, choice_setting(settings, name, origin_names));
  return static_cast<Origin>(index);
}

Result<AssetId> asset_named(DeskBuilder& desk, std::string_view name) {
  BALLAST_TRY(checked, read_name<Name>("asset", name));
  if (desk.desk().assets.size() + 1 >= AssetId::none_value) {
    return fail(Errc::overflow, fmt::format("asset {} is one too many", shown(name)));
  }
  return desk.asset(checked.view());
}

Result<VenueId> venue_named(DeskBuilder& desk, std::string_view name) {
  BALLAST_TRY(checked, read_name<Name>("venue", name));
  if (desk.desk().venues.size() + 1 >= VenueId::none_value) {
    return fail(Errc::overflow, fmt::format("venue {} is one too many", shown(name)));
  }
  return desk.venue(checked.view());
}

Result<InstrumentId> instrument_named(DeskBuilder& desk, std::string_view name, VenueId venue) {
  BALLAST_TRY(checked, read_name<Name>("instrument", name));
  return desk.instrument(checked.view(), venue);
}

}  // namespace ballast
