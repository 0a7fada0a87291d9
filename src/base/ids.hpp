// Strong ids: small integers that index a desk's tables and cannot be confused with each other.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ballast {

template <class Tag, class Int>
struct Id {
  static constexpr Int none_value = std::numeric_limits<Int>::max();
  Int value = none_value;

  constexpr Id() = default;
  constexpr explicit Id(std::size_t index) : value(static_cast<Int>(index)) {}
  constexpr std::size_t index() const { return value; }
  constexpr bool valid() const { return value != none_value; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using AssetId = Id<struct AssetIdTag, std::uint16_t>;
using VenueId = Id<struct VenueIdTag, std::uint16_t>;
using InstrumentId = Id<struct InstrumentIdTag, std::uint32_t>;
/// Accounts, books and positions are numbered by the engine in order of first appearance.
using AccountId = Id<struct AccountIdTag, std::uint32_t>;
using BookId = Id<struct BookIdTag, std::uint16_t>;
using PositionId = Id<struct PositionIdTag, std::uint32_t>;
/// Factors, rules, routes and channels are numbered as the desk lists them.
using FactorId = Id<struct FactorIdTag, std::uint32_t>;
using RuleId = Id<struct RuleIdTag, std::uint32_t>;
using RouteId = Id<struct RouteIdTag, std::uint16_t>;
using ChannelId = Id<struct ChannelIdTag, std::uint16_t>;

}  // namespace ballast
