// A desk that sells option premium by rule on recorded chains and hedges its delta: no randomness,
// every price the recording's.
//
//   options   At each moment, where the book's vega is further from its target than a band, it
//             trades the strangle whose options have Black deltas nearest to +-wing_delta, of the
//             first Friday at least `least_days` ahead, up to the target: sold at their bids,
//             bought at their asks, in lots of 0.1 coin. What it has it keeps until it expires.
//   expiry    Options are paid out at the index at their expiry, linear in time between the moments
//             before and after it: the recording has no delivery price.
//   hedge     At each moment, or each nth, the perpetual (inverse, 10 USD a contract) is traded at
//             its price to the whole contracts that take the delta of options to zero, counted by
//             one convention. The recording has no bid and ask of it. No fees, no funding: neither
//             has it those.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/desk.hpp"
#include "model/event.hpp"
#include "portfolio/explain.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/vol_surface.hpp"
#include "real_runs/option_market.hpp"

namespace ballast::option_run {

struct PremiumRules {
  double vega = -2000.0;  // target, USD per vol point
  double vega_band = 200.0;
  double wing_delta = 0.25;
  int least_days = 10;
  DeltaConvention hedged = DeltaConvention::delta;  // or delta_net
  std::size_t hedge_every = 1;                      // moments
};

/// What the desk did at one moment, and what it then held.
struct PremiumStep {
  Timestamp t;
  std::vector<Event> settled;       // fills at expiry, since the moment before
  std::vector<Event> traded;        // fills at the moment
  std::vector<OptionTrade> trades;  // of options, by both
  double hedge_coin = 0.0;          // what the perpetual earned since the moment before
  double hedge_quote = 0.0;         // the same at the perpetual's price of now
  double vega_before = 0.0;         // USD per vol point, before the moment's trades
  double delta_before = 0.0;        // coins, of options and perpetual before the hedge, as hedged
  OptionBook after;                 // after the moment's trades
};

class PremiumDesk {
 public:
  static constexpr double perpetual_size = 10.0;  // USD
  static constexpr double lot = 0.1;              // coins

  PremiumDesk(const Desk& desk, const PremiumRules& rules);

  /// Moments in the order of time.
  PremiumStep step(const OptionMoment& moment);
  std::int64_t perpetual() const { return perpetual_; }  // contracts held
  /// The same state of a book without a position: what there was before the first trade.
  static OptionBook nothing_held(OptionBook book);

 private:
  void settle(const OptionMoment& moment, PremiumStep& step);
  void trade_vega(const OptionMoment& moment, PremiumStep& step);
  void hedge(const OptionMoment& moment, PremiumStep& step);
  std::optional<std::size_t> nearest(std::size_t expiry,
                                     OptionRight right,
                                     const OptionMoment& moment) const;
  void trade(Timestamp t,
             std::size_t line,
             std::int64_t lots,
             double price,
             std::vector<Event>& fills,
             PremiumStep& step);
  Event fill(
      Timestamp t, InstrumentId instrument, Side side, Quantity qty, Price price, Origin origin);

  const Desk* desk_;
  PremiumRules rules_;
  InstrumentId perpetual_id_;
  VolSurface surface_;
  OptionBook book_;
  std::map<std::size_t, std::int64_t> lots_;  // by line
  std::int64_t perpetual_ = 0;
  std::optional<double> perpetual_price_;
  std::optional<std::pair<Timestamp, double>> index_;
  std::size_t moments_ = 0;
  std::size_t next_id_ = 1;
};

}  // namespace ballast::option_run
