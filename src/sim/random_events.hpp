// Events drawn at random for any desk: for properties, fuzzing and soak, not for realism.
//
// Everything that can go wrong in the field is in them: late fills, repeats, other bodies under a
// known key, corrections and busts of known and unknown fills, transfers whose news comes in any
// order, statements that differ, marks that go back in time, overrides that are refused.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

class RandomEvents {
 public:
  /// A number in [0, bound), bound > 0: from a seeded generator, or from a fuzzer's bytes.
  using Entropy = std::function<std::uint64_t(std::uint64_t bound)>;

  /// The desk needs at least one venue, asset and instrument, and outlives this.
  RandomEvents(const Desk& desk, Entropy entropy);

  Event next();

 private:
  bool one_in(std::uint64_t count) { return entropy_(count) == 0; }
  Timestamp time_of_event();
  Price price_of(std::size_t instrument);
  Place place_at(VenueId venue);
  TradeId new_id();
  FillKey known_key();
  Fee fee();

  EventBody fill();
  EventBody correct();
  EventBody balance();
  EventBody transfer();
  EventBody funding();
  EventBody statement();
  EventBody mark();
  EventBody top();
  EventBody override_target();
  EventBody decision();

  const Desk* desk_;
  Entropy entropy_;
  Timestamp now_ = *parse_timestamp("2026-01-05T00:00:00Z");
  std::vector<std::int64_t> cents_;  // by instrument
  std::vector<Event> fills_;         // the last few, for repeats and corrections
  std::vector<Transfer> transfers_;  // likewise
  std::uint64_t ids_ = 0;
};

}  // namespace ballast
