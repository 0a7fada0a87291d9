// A desk with options, and what happens to it, for the tests of the engine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "engine/engine_test_desk.hpp"

namespace ballast::test {

inline constexpr auto coin_call = "BTC-C70";
inline constexpr auto quote_put = "BTC-P55";

inline Timestamp expiry() { return *parse_timestamp("2026-02-04T12:00:00Z"); }

inline FactorConfig greek_factor(const Desk& desk, FactorKind kind, std::string_view name) {
  FactorConfig factor = delta(desk, "BTC", "1", "5");
  factor.name = name;
  factor.kind = kind;
  if (kind != FactorKind::gamma) factor.unit = desk.find_asset("USDT");
  return factor;
}

/// An option on BTC, paid in coin or in USDT.
inline void add_option(Desk& desk,
                       std::string_view name,
                       InstrumentKind kind,
                       OptionRight right,
                       std::string_view strike,
                       std::string_view size,
                       Timestamp expiry) {
  Instrument option;
  option.name = name;
  option.kind = kind;
  option.venue = VenueId{0};
  option.base = AssetId{1};
  option.quote = AssetId{0};
  option.contract_size = dec<Quantity>(size);
  option.expiry = expiry;
  option.strike = dec<Price>(strike);
  option.right = right;
  desk.instruments.push_back(option);
}

/// One volatility for all strikes on BTC.
inline Event flat_surface(Timestamp t, Timestamp expiry, double vol) {
  Surface said;
  said.underlying = AssetId{1};
  said.expiry = expiry;
  said.vol = vol;
  return {t, said};
}

/// The plain desk with a call paid in coin, a put paid in quote, and a factor of each kind.
inline Desk option_desk() {
  Desk desk = plain_desk();
  add_option(desk, coin_call, InstrumentKind::option_inverse, OptionRight::call, "70000", "1",
             expiry());
  add_option(desk, quote_put, InstrumentKind::option_linear, OptionRight::put, "55000", "0.1",
             expiry());
  FactorConfig delta = test::delta(desk, "BTC", "1", "5");
  desk.factors.push_back(delta);
  delta.convention = DeltaConvention::delta_net;
  delta.book = "mm";
  desk.factors.push_back(delta);
  delta.convention = DeltaConvention::delta_equity;
  delta.book = "other";
  desk.factors.push_back(delta);
  desk.factors.push_back(greek_factor(desk, FactorKind::gamma, "gamma:BTC"));
  desk.factors.push_back(greek_factor(desk, FactorKind::vega, "vega:BTC"));
  desk.factors.push_back(greek_factor(desk, FactorKind::theta, "theta:BTC"));
  desk.factors.push_back(greek_factor(desk, FactorKind::vega, "vega:BTC@..7d"));
  desk.factors.back().bucket.to = Duration::days(7);
  return desk;
}

inline constexpr FactorId delta_all{0}, delta_net{1}, delta_equity{2}, gamma_all{3}, vega_all{4},
    theta_all{5}, vega_short{6};

inline Event surface(Timestamp t, double vol) { return flat_surface(t, expiry(), vol); }

/// Marks, surfaces, fills and time, in any order.
inline std::vector<Event> random_events(const Desk& desk, std::uint64_t seed, std::size_t count) {
  Rng rng(seed);
  Trader mm{&desk};
  Trader other{&desk, "other", 100'000};
  Timestamp t = at("12:00:00");
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i) {
    t = t + Duration::milliseconds(rng.between(0, 90'000));
    Trader& trader = rng.chance(0.5) ? mm : other;
    const Origin origin = rng.chance(0.3) ? Origin::hedge : Origin::client;
    const Side side = rng.chance(0.5) ? Side::buy : Side::sell;
    switch (rng.below(5)) {
      case 0:
        events.push_back(surface(t, 0.3 + 0.5 * rng.uniform()));
        break;
      case 1:
        events.push_back(
            trader.fill(t, coin_call, side, std::to_string(rng.between(1, 9)), "0.03", origin));
        break;
      case 2:
        events.push_back(
            trader.fill(t, quote_put, side, std::to_string(rng.between(1, 9)), "900", origin));
        break;
      case 3:
        events.push_back({t, Tick{}});
        break;
      default:
        events.push_back(mm.mark(t, "BTC-USDT", std::to_string(rng.between(50'000, 70'000))));
    }
  }
  return events;
}

}  // namespace ballast::test
