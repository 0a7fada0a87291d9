// The gate: every order and quote passes it last. It gathers what the guard rails look at, afresh
// and apart from whatever decided to trade, and counts what was let through. Not thread-safe.
#pragma once

#include <vector>

#include "control/kill_switches.hpp"
#include "control/open_orders.hpp"
#include "control/rails.hpp"
#include "control/situation.hpp"

namespace ballast {

/// What we quote in an instrument, as last asked for.
struct OwnQuote {
  Price bid;
  Quantity bid_qty;
  Price ask;
  Quantity ask_qty;
  bool known = true;  // false: quotes are kept in it and none was asked for yet
  Place place{};      // as configured, so no state

  friend bool operator==(const OwnQuote&, const OwnQuote&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(bid, bid_qty, ask, ask_qty, known);
  }
};

class Gate {
 public:
  /// @param own  our quotes in the order's instrument; nullptr when we keep none there.
  /// @return the rail that holds it back; nothing when it may pass.
  std::optional<RailBlock> check(const Situation& situation,
                                 const OpenOrders& orders,
                                 const KillSwitches& switches,
                                 const OwnQuote* own,
                                 const Order& order,
                                 bool rests) const;
  /// An order or a change of a quote was let through. `notional` in the reporting currency, 0 for
  /// quotes.
  void passed(Timestamp now, double notional);

  /// What was let through in `now`'s UTC day and in the second before it.
  double sent_today(Timestamp now) const;
  std::uint32_t messages(Timestamp now) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(sent_today_, day_, messages_);
  }

 private:
  double sent_today_ = 0.0;
  std::int64_t day_ = 0;             // days since the epoch that sent_today_ is of
  std::vector<Timestamp> messages_;  // of the last second
};

}  // namespace ballast
