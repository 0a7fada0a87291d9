// The desk's net asset value in its reporting currency: from the whole books at once, or kept by
// differences while events come, of which what they do not touch costs nothing.
//
// NAV = sum over assets of price * (balances + in flight + value of derivatives settled in the
// asset), where a derivative's part is its whole profit, realised or not: flow + value at its mark.
// An option's premium is paid from the balances, so its part is its value at its mark alone.
// An asset that is held but has no price, or a position without a mark, makes the NAV unknown.
#pragma once

#include <optional>
#include <vector>

#include "book/books.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"

namespace ballast {

class NetAssetValue {
 public:
  explicit NetAssetValue(const Desk& desk);
  /// Of all that the books hold.
  static std::optional<Decimal> of(const Desk& desk, const Books& books, const Market& market);

  /// After books.apply(), and after a price changed: value() follows.
  void apply(const Books& books, const Market& market);
  void reprice(InstrumentId instrument, const Market& market);
  void reprice(AssetId asset, const Market& market);

  std::optional<Decimal> value() const {
    return missing_ == 0 && !overflowed_ ? std::optional(value_) : std::nullopt;
  }

  template <class Archive>
  void archive(Archive& ar);

 private:
  struct Derivative {
    Quantity qty;
    Amount worth;          // at the mark, in the settlement asset; not the flow
    bool missing = false;  // held without a mark
  };
  struct Held {
    Amount qty;            // balances, flight and derivatives' flow and worth
    Decimal worth;         // in the reporting currency
    bool missing = false;  // held without a price
  };

  template <class Tag>
  void accumulate(Fixed<Tag>& sum, Fixed<Tag> change);
  void add(AssetId asset, Amount change);

  const Desk* desk_;
  std::vector<Derivative> derivatives_;  // by instrument
  std::vector<Held> held_;               // by asset
  Decimal value_;
  std::uint32_t missing_ = 0;
  bool overflowed_ = false;  // a sum left the decimal range: unknown from then on
};

}  // namespace ballast
