// What a paper venue pays and takes for holding perpetuals.
//
//   payment = -rate * quantity * contract_size * price      linear, in the quote asset
//             -rate * quantity * contract_size / price      inverse, in the coin
//
// A long pays a positive rate. The price is the instrument's last mark, and until it has had one,
// the middle of its top. A recording states a rate when it is settled: the first one in each
// interval is paid at once, whatever else is said of it until the next. A stamp may be up to a
// minute early.
//
// Positions are those that the venue's own fills made, account by account and book by book. What
// the recording brought along is not among them: its payments are in the recording too.
//
// Exact: rounded half-even at 10^-18. A payment that leaves the decimal range is left out.
#pragma once

#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

class PaperFunding {
 public:
  /// The desk outlives it.
  explicit PaperFunding(const Desk& desk);

  void filled(const Fill& fill);
  void hear(const Mark& mark);
  void hear(const Top& top);
  /// What is paid for it now; nothing when it only says again what is in force.
  std::vector<FundingPayment> settle(Timestamp t, const FundingRate& rate);

 private:
  struct Terms {
    std::optional<Price> mark;
    std::optional<Price> middle;
    std::optional<Timestamp> settled;  // where the last interval that was paid for began
  };
  struct Holding {
    Place place;
    BookName book;
    Quantity qty;
  };

  const Desk* desk_;
  std::vector<Terms> terms_;                    // by instrument
  std::vector<std::vector<Holding>> holdings_;  // by instrument, in the order of their first fills
};

}  // namespace ballast
