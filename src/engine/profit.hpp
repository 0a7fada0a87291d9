// Where each factor's profit came from, as its trackers add it up.
//
//   deviation  sum over price moves of d(before) * change of the factor's price
//   target     the same with the target
//   basis      what the factor's instruments earned beyond actual * change of the factor's price:
//   the
//              perpetual that moved unlike the coin, the convexity of an inverse contract
//   spread     fills against the mark at their time: flow + value of the quantity at the mark
//   funding    payments received
//   fees       paid, negative
//
// All in the reporting currency at the prices of their moment; their sum is the change in value of
// the spot holding and the derivatives that make the factor, under `delta_equity` with the coin
// that derivatives paid. Only delta factors have a profit. A fill, fee or payment that cannot be
// valued because a price is missing makes a factor's profit incomplete, as does trading an option:
// these parts are linear in the price, and portfolio/explain.hpp tells an option's.
#pragma once

#include <vector>

#include "adherence/tracker.hpp"
#include "book/books.hpp"
#include "exposure/exposures.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"

namespace ballast {

class ProfitAttribution {
 public:
  explicit ProfitAttribution(const Desk& desk);

  /// After market.apply() and before exposures.reprice(): the quantities held while prices moved.
  void priced(Timestamp now,
              const MarketChange& change,
              const Exposures& exposures,
              const Market& market,
              std::vector<Tracker>& trackers);
  /// After books.apply().
  void booked(Timestamp now,
              const Exposures& exposures,
              const Books& books,
              const Market& market,
              std::vector<Tracker>& trackers);

  /// Something in the factor's profit could not be valued.
  bool incomplete(FactorId id) const { return incomplete_[id.index()] != 0; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(incomplete_);
  }

 private:
  // Int256: in the reporting currency at 10^-36. Nothing without a price.
  static std::optional<Int256> worth(AssetId asset, Amount amount, const Market& market);
  static std::optional<Decimal> derivatives_delta(FactorId id,
                                                  const MarketChange& change,
                                                  const Exposures& exposures,
                                                  const Market& market);
  static std::optional<Int256> leg_profit(const Leg& leg,
                                          const MarketChange& change,
                                          const Market& market);
  static std::optional<Int256> spread(const Contract& contract,
                                      const PositionChange& change,
                                      const Market& market);
  void add(Timestamp now,
           FactorId id,
           PnlPart part,
           const std::optional<Int256>& amount,
           std::vector<Tracker>& trackers);

  std::vector<std::uint8_t> incomplete_;  // by factor
};

}  // namespace ballast
