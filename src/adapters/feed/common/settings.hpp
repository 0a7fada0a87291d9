// Reading an importer's settings, and the names that they and the input hold. Each error names the
// setting or field. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "adapters/feed/common/importer.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// The setting's value; it must be in the kind's table of options.
std::string_view setting(const ImportSettings& settings, std::string_view name);
/// The value of a setting that may be absent (keys of a `*` option).
std::optional<std::string_view> find_setting(const ImportSettings& settings, std::string_view name);
/// The index of the setting's value in `choices`.
Result<std::size_t> choice_setting(const ImportSettings& settings,
                                   std::string_view name,
                                   std::span<const std::string_view> choices);
Result<bool> yes_no_setting(const ImportSettings& settings, std::string_view name);
Result<Duration> duration_setting(const ImportSettings& settings, std::string_view name);
Result<Origin> origin_setting(const ImportSettings& settings, std::string_view name);

/// The index of `value` in `choices`; `what` names the field in the error.
Result<std::size_t> choose(std::string_view what,
                           std::string_view value,
                           std::span<const std::string_view> choices);

/// `value` cut to a length that fits an error message, in quotes, control characters shown as '?'.
std::string shown(std::string_view value);

/// A name that fits an inline text of an event and has no control characters.
template <class T>
Result<T> read_text(std::string_view what, std::string_view value) {
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20) {
      return fail(Errc::bad_input,
                  fmt::format("{} {} holds a control character", what, shown(value)));
    }
  }
  if (const auto text = T::create(value)) return *text;
  return fail(Errc::bad_input,
              fmt::format("{} {} is longer than {} characters", what, shown(value), T::capacity));
}
/// The same, and not empty.
template <class T>
Result<T> read_name(std::string_view what, std::string_view value) {
  if (value.empty()) return fail(Errc::bad_input, fmt::format("{} is empty", what));
  return read_text<T>(what, value);
}

/// Ids of names, with the limits that a DeskBuilder asserts turned into errors.
Result<AssetId> asset_named(DeskBuilder& desk, std::string_view name);
Result<VenueId> venue_named(DeskBuilder& desk, std::string_view name);
Result<InstrumentId> instrument_named(DeskBuilder& desk, std::string_view name, VenueId venue);

}  // namespace ballast
