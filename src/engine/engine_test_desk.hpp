// A small desk and short ways to say events, for the tests of the engine.
#pragma once

#include <string>

#include "base/decimal.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast::test {

template <class T>
T dec(std::string_view text) {
  return *parse_decimal<T>(text);
}

inline Timestamp at(std::string_view clock) {  // "12:00:20" on the day of the examples
  return *parse_timestamp("2026-01-05T" + std::string(clock) + "Z");
}

/// BTC and ETH on one venue: spot, linear and inverse perpetuals; currency USDT; no factors yet.
inline Desk plain_desk() {
  Desk desk;
  desk.name = "test";
  desk.assets = {{"USDT", {}}, {"BTC", {}}, {"ETH", {}}, {"BNB", {}}};
  desk.currency = AssetId{0};
  desk.venues = {{"binance", {"main", "other"}}, {"kraken", {"main"}}};
  const auto add = [&](const char* name, InstrumentKind kind, std::size_t base, const char* size) {
    Instrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.venue = VenueId{0};
    instrument.base = AssetId{base};
    instrument.quote = AssetId{0};
    instrument.contract_size = dec<Quantity>(size);
    desk.instruments.push_back(instrument);
  };
  add("BTC-USDT", InstrumentKind::spot, 1, "1");
  add("BTC-PERP", InstrumentKind::linear_perpetual, 1, "1");
  add("BTC-USD", InstrumentKind::inverse_perpetual, 1, "100");
  add("ETH-USDT", InstrumentKind::spot, 2, "1");
  return desk;
}

inline FactorConfig delta(const Desk& desk,
                          std::string_view asset,
                          std::string_view band,
                          std::string_view limit) {
  FactorConfig factor;
  factor.name = "delta:" + std::string(asset);
  factor.kind = FactorKind::delta;
  factor.asset = factor.unit = desk.find_asset(asset);
  factor.band = {-dec<Decimal>(band), dec<Decimal>(band)};
  factor.limit = Range{-dec<Decimal>(limit), dec<Decimal>(limit)};
  return factor;
}

struct Trader {  // one account and book, ids counted up
  const Desk* desk;
  std::string book = "mm";
  int next_id = 1;

  Event fill(Timestamp t,
             std::string_view instrument,
             Side side,
             std::string_view qty,
             std::string_view price,
             Origin origin = Origin::quote) {
    Fill fill;
    fill.key.place = {VenueId{0}, AccountName("main")};
    fill.key.instrument = desk->find_instrument(instrument);
    fill.key.id = *TradeId::create(std::to_string(next_id++));
    fill.book = *BookName::create(book);
    fill.side = side;
    fill.qty = dec<Quantity>(qty);
    fill.price = dec<Price>(price);
    fill.origin = origin;
    return {t, fill};
  }
  Event mark(Timestamp t, std::string_view instrument, std::string_view price) const {
    Mark mark;
    mark.instrument = desk->find_instrument(instrument);
    mark.price = dec<Price>(price);
    return {t, mark};
  }
};

inline Event target(Timestamp t,
                    FactorId factor,
                    std::string_view value,
                    std::string_view lower,
                    std::string_view upper) {
  TargetOverride change;
  change.factor = factor;
  change.target = dec<Decimal>(value);
  change.band = Range{dec<Decimal>(lower), dec<Decimal>(upper)};
  return {t, change};
}

}  // namespace ballast::test
