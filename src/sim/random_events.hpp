// Events drawn at random for any desk: for properties, fuzzing and soak, not for realism.
//
// Everything that can go wrong in the field is in them: late fills, repeats, other bodies under a
// known key, corrections and busts of known and unknown fills, transfers whose news comes in any
// order, statements that differ, marks that go back in time, overrides that are refused, orders
// whose news skip and repeat states, answers to proposals that were never made. Of what an engine
// asked for, where it is told, they bring answers of every kind. Three of four runs open with a
// market and balances.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/desk.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

class RandomEvents {
 public:
  /// A number in [0, bound), bound > 0: from a seeded generator, or from a fuzzer's bytes.
  using Entropy = std::function<std::uint64_t(std::uint64_t bound)>;

  /// The desk needs at least one venue, asset and instrument, and outlives this.
  RandomEvents(const Desk& desk, Entropy entropy);

  Event next();
  /// What an engine asked for: orders, transfers and decisions to come refer to it, mostly.
  void hear(std::span<const Effect> effects);

 private:
  static constexpr std::size_t unopened = SIZE_MAX;

  std::size_t opened() const;
  EventBody opening_event(std::size_t i);
  bool one_in(std::uint64_t count) { return entropy_(count) == 0; }
  Timestamp time_of_event();
  Price price_of(std::size_t instrument);
  Place place_at(VenueId venue);
  TradeId new_id();
  FillKey known_key();
  Fee fee();

  EventBody market();
  EventBody control();
  EventBody written_by_the_service();
  EventBody fill();
  EventBody correct();
  EventBody balance();
  EventBody transfer();
  EventBody funding();
  EventBody statement();
  EventBody mark();
  EventBody top();
  EventBody override_target();
  EventBody answer_to_alert();
  EventBody depth();
  EventBody drift();
  EventBody order();
  EventBody quote();
  EventBody decision();
  EventBody approve();
  Scope scope();
  TradeId proposal();

  const Desk* desk_;
  Entropy entropy_;
  Timestamp now_ = *parse_timestamp("2026-01-05T00:00:00Z");
  std::vector<std::int64_t> cents_;  // by instrument
  std::vector<Event> fills_;         // the last few, for repeats and corrections
  std::vector<Transfer> transfers_;  // likewise
  std::vector<Order> orders_;        // likewise, whoever sent them
  std::vector<Quote> quotes_;        // asked for and not told yet
  std::vector<Decision> decisions_;  // made
  std::vector<Scope> killed_;        // and not armed again, perhaps
  std::uint64_t ids_ = 0;
  std::size_t opening_ = unopened;  // events of the opening so far
};

}  // namespace ballast
