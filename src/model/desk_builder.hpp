// DeskBuilder: a desk that grows as names appear, for importers that have no configuration.
//
// Each call returns the id of a name and adds the name when it is new; ids are numbered in order of
// first appearance and never change. Venues take any account. The desk has names and no factors or
// rules: enough to print events (codec's EventWriter reads desk() as it grows), not to run an
// engine. Not thread-safe. A lookup of a known name does not allocate.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "model/desk.hpp"

namespace ballast {

class DeskBuilder {
 public:
  AssetId asset(std::string_view name);
  VenueId venue(std::string_view name);
  /// A known name keeps the venue that it was first seen on: instrument names are unique in a desk.
  InstrumentId instrument(std::string_view name, VenueId venue);

  /// Stays at one address and grows in place.
  const Desk& desk() const { return desk_; }

 private:
  template <class Id>
  using Names = std::map<std::string, Id, std::less<>>;

  Desk desk_;
  Names<AssetId> assets_;
  Names<VenueId> venues_;
  Names<InstrumentId> instruments_;
};

}  // namespace ballast
