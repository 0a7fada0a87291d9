// A scripted desk of options: BTC options of two expiries, one of them without a volatility at
// first; a delta, gamma and vega factor of the desk, and a vega factor of the book "vol".
#pragma once

#include "adapters/api/routes/scripted_desk_test.hpp"

namespace ballast::api::test {

inline Timestamp near_expiry() { return *parse_timestamp("2026-01-09T08:00:00Z"); }
inline Timestamp far_expiry() { return *parse_timestamp("2026-01-30T08:00:00Z"); }

inline Desk option_desk() {
  Desk desk = ballast::test::plain_desk();
  const auto add = [&](std::string_view name, InstrumentKind kind, Timestamp expiry,
                       OptionRight right, std::string_view strike) {
    Instrument option;
    option.name = name;
    option.kind = kind;
    option.venue = VenueId{0};
    option.base = AssetId{1};
    option.quote = AssetId{0};
    option.expiry = expiry;
    option.strike = dec<Price>(strike);
    option.right = right;
    desk.instruments.push_back(option);
  };
  add("BTC-9JAN-60000-C", InstrumentKind::option_inverse, near_expiry(), OptionRight::call,
      "60000");
  add("BTC-9JAN-60000-P", InstrumentKind::option_inverse, near_expiry(), OptionRight::put, "60000");
  add("BTC-30JAN-65000-C", InstrumentKind::option_linear, far_expiry(), OptionRight::call, "65000");
  const auto factor = [&](FactorKind kind, std::string_view name, std::string_view band) {
    FactorConfig one = ballast::test::delta(desk, "BTC", band, "1000000");
    one.kind = kind;
    one.name = name;
    if (kind == FactorKind::vega) one.unit = AssetId{0};
    desk.factors.push_back(one);
  };
  factor(FactorKind::delta, "delta:BTC", "2");
  factor(FactorKind::gamma, "gamma:BTC", "1");
  factor(FactorKind::vega, "vega:BTC", "300");
  factor(FactorKind::vega, "vega:BTC", "100");
  desk.factors.back().book = "vol";
  return desk;
}

/// With margin of its account in coin and in quote.
inline Desk margined_option_desk(MarginKind kind) {
  Desk desk = option_desk();
  for (const std::size_t currency : {1U, 0U}) {
    MarginConfig margin;
    margin.place = {VenueId{0}, AccountName("main")};
    margin.currency = AssetId{currency};
    margin.kind = kind;
    desk.margins.push_back(margin);
  }
  return desk;
}

inline Event said_vol(Timestamp t, Timestamp expiry, double vol) {
  Surface said;
  said.underlying = AssetId{1};
  said.expiry = expiry;
  said.vol = vol;
  return {t, said};
}

/// Two books trade; the market quotes one option; an hour and a half passes.
inline Timestamp an_optional_morning(ScriptedDesk& desk) {
  ballast::test::Trader vol{&desk.desk(), "vol"};
  ballast::test::Trader mm{&desk.desk(), "mm", 100};
  desk.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  desk.step(mm.mark(at("12:00:00"), "BTC-PERP", "60010"));
  desk.step(said_vol(at("12:00:00"), near_expiry(), 0.5));
  desk.step(said_vol(at("12:00:00"), far_expiry(), 0.55));
  desk.step(vol.fill(at("12:01:00"), "BTC-9JAN-60000-P", Side::buy, "5", "0.021"));
  desk.step(mm.fill(at("12:02:00"), "BTC-9JAN-60000-C", Side::sell, "2", "0.022"));
  desk.step(vol.fill(at("12:03:00"), "BTC-30JAN-65000-C", Side::buy, "4", "1700"));
  desk.step(mm.fill(at("12:04:00"), "BTC-PERP", Side::buy, "1.5", "60010"));
  desk.step(
      {at("12:05:00"), Top{desk.desk().find_instrument("BTC-9JAN-60000-C"), dec<Price>("0.020"),
                           Quantity::whole(3), dec<Price>("0.022"), Quantity::whole(3)}});
  desk.step(mm.mark(at("12:40:00"), "BTC-USDT", "60500"));
  desk.step({at("13:30:00"), Tick{}});
  return at("13:30:00");
}

}  // namespace ballast::api::test
