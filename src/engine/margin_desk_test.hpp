// A desk whose account is margined in coin and in quote, for the tests of margin.
#pragma once

#include <string_view>

#include "engine/engine_test_desk.hpp"

namespace ballast::test {

inline Timestamp end_of_january() { return *parse_timestamp("2026-01-30T08:00:00Z"); }

/// The plain desk with a call paid in coin, and margin of its account in coin and in quote.
inline Desk margined_desk(MarginKind kind) {
  Desk desk = plain_desk();
  Instrument call;
  call.name = "BTC-C9";
  call.kind = InstrumentKind::option_inverse;
  call.venue = VenueId{0};
  call.base = AssetId{1};
  call.quote = AssetId{0};
  call.expiry = end_of_january();
  call.strike = dec<Price>("9000");
  call.right = OptionRight::call;
  desk.instruments.push_back(call);
  desk.factors.push_back(delta(desk, "BTC", "1", "5"));
  for (const std::size_t currency : {1U, 0U}) {
    MarginConfig margin;
    margin.place = {VenueId{0}, AccountName("main")};
    margin.currency = AssetId{currency};
    margin.kind = kind;
    desk.margins.push_back(margin);
  }
  return desk;
}
inline constexpr std::size_t in_coin = 0, in_quote = 1;

inline Event coins(Timestamp t, std::string_view qty) {
  BalanceChange deposit;
  deposit.place = {VenueId{0}, AccountName("main")};
  deposit.asset = AssetId{1};
  deposit.qty = dec<Amount>(qty);
  return {t, deposit};
}

inline Event flat(Timestamp t, double vol) {
  Surface said;
  said.underlying = AssetId{1};
  said.expiry = end_of_january();
  said.vol = vol;
  return {t, said};
}

}  // namespace ballast::test
