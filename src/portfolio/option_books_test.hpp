// Surfaces and books for the tests of options, and the slow, obvious way to value them.
#pragma once

#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/vol_surface.hpp"
#include "quant/pricing/black.hpp"

namespace ballast::test {

inline Timestamp day(std::int64_t n) {
  return Timestamp{1'767'225'600'000'000'000} + Duration::days(n);  // 2026-01-01
}

inline Surface flat_surface(Timestamp expiry, double vol) {
  Surface surface;
  surface.underlying = AssetId{0};
  surface.expiry = expiry;
  surface.vol = vol;
  return surface;
}

inline Surface svi_surface(Timestamp expiry, std::array<double, 5> svi) {
  Surface surface = flat_surface(expiry, 0.0);
  surface.vol.reset();
  surface.svi = svi;
  return surface;
}

inline Surface strike_surface(Timestamp expiry,
                              std::vector<double> strikes,
                              std::vector<double> vols) {
  Surface surface = flat_surface(expiry, 0.0);
  surface.vol.reset();
  surface.strikes = std::move(strikes);
  surface.vols = std::move(vols);
  return surface;
}

inline OptionTerms option(std::size_t id,
                          OptionRight right,
                          PaidIn paid_in,
                          double strike,
                          Timestamp expiry,
                          double contract_size = 1.0) {
  return {InstrumentId{id}, right, paid_in, strike, expiry, contract_size};
}

/// A smile of each kind at 7, 40 and 190 days, about a forward of 60,000, said on day 0.
inline VolSurface smiling_surface() {
  VolSurface surface;
  const Timestamp t = day(0);
  const auto taken = [](const Result<bool>& applied) {
    if (!applied || !*applied) std::abort();
  };
  taken(surface.apply(t, strike_surface(day(7), {50'000, 60'000, 75'000}, {0.8, 0.6, 0.7}),
                      60'000.0));
  taken(surface.apply(t, svi_surface(day(40), {0.02, 0.08, -0.3, 0.02, 0.2}), 60'500.0));
  taken(surface.apply(t, flat_surface(day(190), 0.55), 62'000.0));
  return surface;
}

struct RandomBook {
  OptionBook book;
  std::vector<double> forwards;  // by expiry
};

/// Calls and puts of both payments in four expiries, some at and some between the surface's.
inline RandomBook random_book(Rng& rng, std::size_t size, SmileDynamics dynamics) {
  constexpr std::array<std::int64_t, 4> expiries{7, 21, 40, 100};
  std::vector<OptionTerms> options;
  for (std::size_t i = 0; i < size; ++i) {
    const double strike = 1000.0 * static_cast<double>(rng.between(35, 95));
    options.push_back(option(i, rng.chance(0.5) ? OptionRight::call : OptionRight::put,
                             rng.chance(0.5) ? PaidIn::coin : PaidIn::quote, strike,
                             day(expiries[rng.below(4)]), rng.chance(0.5) ? 1.0 : 0.1));
  }
  RandomBook made{*OptionBook::create(options, dynamics), {}};
  for (std::size_t i = 0; i < size; ++i) {
    const double contracts = rng.chance(0.2) ? 0.0 : static_cast<double>(rng.between(-50, 50));
    if (!made.book.set_position(i, contracts, 0.01 * contracts)) std::abort();
  }
  for (std::size_t e = 0; e < made.book.expiries().size(); ++e) {
    made.forwards.push_back(60'000.0 * (1.0 + 0.02 * rng.uniform()));
    if (!made.book.set_forward(e, made.forwards.back())) std::abort();
  }
  return made;
}

/// One line by the scalar formula. `years` of 0 or less: the payoff, without greeks.
inline BlackGreeks oracle(const OptionTerms& terms, double forward, double years, double vol) {
  const bool call = terms.right == OptionRight::call;
  if (years <= 0.0) {
    BlackGreeks paid;
    paid.price = std::fmax(call ? forward - terms.strike : terms.strike - forward, 0.0);
    return paid;
  }
  return *black76({.right = terms.right,
                   .forward = forward,
                   .strike = terms.strike,
                   .years = years,
                   .vol = vol});
}

}  // namespace ballast::test
