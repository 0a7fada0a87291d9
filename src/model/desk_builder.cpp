#include "model/desk_builder.hpp"

#include "base/contract.hpp"

namespace ballast {
namespace {

/// The id of `name` in `names`, which is new when it would be the next of `items`.
template <class Id, class Names, class Items>
Id intern(Names& names, const Items& items, std::string_view name) {
  if (const auto known = names.find(name); known != names.end()) return known->second;
  BALLAST_ASSERT(items.size() < Id::none_value);
  return names.emplace(name, Id{items.size()}).first->second;
}

}  // namespace

AssetId DeskBuilder::asset(std::string_view name) {
  const auto id = intern<AssetId>(assets_, desk_.assets, name);
  if (id.index() == desk_.assets.size()) desk_.assets.push_back({std::string(name), AssetId{}});
  return id;
}

VenueId DeskBuilder::venue(std::string_view name) {
  const auto id = intern<VenueId>(venues_, desk_.venues, name);
  if (id.index() == desk_.venues.size()) desk_.venues.push_back({std::string(name), {"*"}});
  return id;
}

InstrumentId DeskBuilder::instrument(std::string_view name, VenueId venue) {
  const auto id = intern<InstrumentId>(instruments_, desk_.instruments, name);
  if (id.index() == desk_.instruments.size()) {
    Instrument& added = desk_.instruments.emplace_back();
    added.name = std::string(name);
    added.venue = venue;
  }
  return id;
}

}  // namespace ballast
