// Where each factor's profit came from, as its trackers add it up.
//
//   deviation  sum over price moves of d(before) * change of the factor's price
//   target     the same with the target
//   basis      what the factor's instruments earned beyond actual * change of the factor's price:
//              the perpetual that moved unlike the coin, the convexity of an inverse contract, and
//              of options all that their delta does not tell: gamma, vega, theta
//   spread     fills against the mark at their time: flow + value of the quantity at the mark
//   funding    payments received
//   fees       paid, negative
//
// All in the reporting currency at the prices of their moment; their sum is the change in value of
// the spot holding and the derivatives, options among them, that make the factor, each at its own
// mark, under `delta_equity` with the coin that derivatives paid. What an option pays at its expiry
// counts against its last mark as a fill does. Only delta factors have a profit. A fill, fee or
// payment that cannot be valued because a price is missing makes a factor's profit incomplete, as
// does a move of the coin while what options add is not known. What options earned, greek by greek,
// portfolio/explain.hpp tells.
#pragma once

#include <vector>

#include "adherence/tracker.hpp"
#include "book/books.hpp"
#include "exposure/exposures.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"
#include "portfolio/option_desk.hpp"

namespace ballast {

class ProfitAttribution {
 public:
  explicit ProfitAttribution(const Desk& desk);

  /// After market.apply() and before anything is priced anew: what was held while prices moved.
  void priced(Timestamp now,
              const MarketChange& change,
              const Exposures& exposures,
              const OptionDesk& options,
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
                                                  const OptionDesk& options,
                                                  const Market& market);
  static std::optional<Int256> profit_of(const Contract& contract,
                                         Quantity qty,
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

  const Desk* desk_;
  std::vector<std::uint8_t> incomplete_;  // by factor
};

}  // namespace ballast
