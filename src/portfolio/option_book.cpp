#include "portfolio/option_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/black_batch.hpp"
#include "quant/pricing/elementary.hpp"

namespace ballast {
namespace {

auto place(const OptionTerms& option) {
  return std::tuple(option.expiry, option.strike, option.paid_in, option.right, option.instrument);
}

Result<void> check_terms(const std::vector<OptionTerms>& options) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    BALLAST_CHECK(require_positive(fmt::format("strike of option {}", i), options[i].strike));
    BALLAST_CHECK(
        require_positive(fmt::format("contract_size of option {}", i), options[i].contract_size));
  }
  return {};
}

double intrinsic(OptionRight right, double strike, double settlement) {
  const double over = right == OptionRight::call ? settlement - strike : strike - settlement;
  return std::max(over, 0.0);
}

}  // namespace

std::string_view to_string(PricingState state) {
  constexpr std::array<std::string_view, 6> names{"no forward is known",
                                                  "no volatility is known",
                                                  "a number leaves the range",
                                                  "it expired, and its settlement price is missing",
                                                  "priced",
                                                  "settled"};
  return names[static_cast<std::size_t>(state)];
}

OptionExposure& OptionExposure::operator+=(const OptionExposure& other) {
  value += other.value;
  value_coin += other.value_coin;
  delta += other.delta;
  delta_net += other.delta_net;
  delta_equity += other.delta_equity;
  gamma += other.gamma;
  vega += other.vega;
  theta += other.theta;
  vanna += other.vanna;
  volga += other.volga;
  return *this;
}

Result<OptionBook> OptionBook::create(std::vector<OptionTerms> options, SmileDynamics dynamics) {
  BALLAST_CHECK(check_terms(options));
  std::sort(options.begin(), options.end(),
            [](const OptionTerms& a, const OptionTerms& b) { return place(a) < place(b); });
  OptionBook book;
  book.dynamics_ = dynamics;
  book.terms_ = std::move(options);
  const std::size_t size = book.size();
  for (auto* column : {&book.forward_, &book.years_, &book.vol_, &book.contracts_, &book.coins_,
                       &book.coins_paid_in_coin_, &book.premium_coin_, &book.price_, &book.delta_,
                       &book.gamma_, &book.vega_, &book.theta_, &book.vanna_, &book.volga_})
    column->assign(size, 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    const OptionTerms& option = book.terms_[i];
    book.right_.push_back(option.right);
    book.strike_.push_back(option.strike);
    book.log_strike_.push_back(kernel::log_ratio(option.strike, 1.0));
    if (book.expiries_.empty() || book.expiries_.back().expiry != option.expiry) {
      book.expiries_.emplace_back().expiry = option.expiry;
      book.expiries_.back().begin = i;
    }
    book.expiries_.back().end = i + 1;
    book.expiry_of_.push_back(book.expiries_.size() - 1);
    book.by_instrument_.emplace_back(option.instrument, i);
  }
  std::sort(book.by_instrument_.begin(), book.by_instrument_.end());
  for (std::size_t i = 1; i < size; ++i) {
    if (book.by_instrument_[i].first == book.by_instrument_[i - 1].first) {
      return fail(Errc::bad_input, fmt::format("instrument {} stands twice among the options",
                                               book.by_instrument_[i].first.value));
    }
  }
  return book;
}

std::optional<std::size_t> OptionBook::line(InstrumentId instrument) const {
  const auto at = std::lower_bound(by_instrument_.begin(), by_instrument_.end(),
                                   std::pair(instrument, std::size_t{0}));
  if (at == by_instrument_.end() || at->first != instrument) return std::nullopt;
  return at->second;
}

std::optional<std::size_t> OptionBook::expiry(Timestamp expiry) const {
  const auto at =
      std::lower_bound(expiries_.begin(), expiries_.end(), expiry,
                       [](const OptionExpiry& one, Timestamp t) { return one.expiry < t; });
  if (at == expiries_.end() || at->expiry != expiry) return std::nullopt;
  return static_cast<std::size_t>(at - expiries_.begin());
}

Result<void> OptionBook::set_position(std::size_t line, double contracts, double premium_coin) {
  BALLAST_ASSERT(line < size());
  BALLAST_CHECK(require_finite("contracts", contracts));
  BALLAST_CHECK(require_finite("premium_coin", premium_coin));
  const double coins = contracts * terms_[line].contract_size;
  BALLAST_CHECK(require_finite("contracts times their size", coins));
  OptionExpiry& expiry = expiries_[expiry_of_[line]];
  const bool coin = terms_[line].paid_in == PaidIn::coin;
  if (coins_[line] != 0.0) --expiry.held;
  if (coins != 0.0) ++expiry.held;
  contracts_[line] = contracts;
  coins_[line] = coins;
  coins_paid_in_coin_[line] = coin ? coins : 0.0;
  premium_coin_[line] = coin ? premium_coin : 0.0;
  if (valued(expiry.state)) add_up(expiry);
  return {};
}

Result<void> OptionBook::set_forward(std::size_t expiry, double forward) {
  BALLAST_ASSERT(expiry < expiries_.size());
  BALLAST_CHECK(require_positive("forward", forward));
  OptionExpiry& at = expiries_[expiry];
  if (at.state == PricingState::settled) {
    return fail(Errc::conflict, fmt::format("options of {} are settled at {}: no forward moves "
                                            "them any more",
                                            to_string(at.expiry), at.settlement));
  }
  at.forward = forward;
  return {};
}

Result<void> OptionBook::settle(std::size_t expiry, double price) {
  BALLAST_ASSERT(expiry < expiries_.size());
  BALLAST_CHECK(require_positive("settlement price", price));
  expiries_[expiry].settlement = price;
  return {};
}

bool OptionBook::current(const OptionExpiry& expiry,
                         Timestamp now,
                         const ExpirySmile& smile) const {
  return expiry.state == PricingState::priced && expiry.valued_at == now &&
         expiry.valued_forward == expiry.forward && expiry.near_revision == smile.near->revision &&
         expiry.far_revision == smile.far->revision;
}

Revaluation OptionBook::revalue(Timestamp now, const VolSurface& surface, Lines lines) {
  Revaluation done;
  for (OptionExpiry& expiry : expiries_) {
    if (lines == Lines::held && expiry.held == 0) continue;
    if (expiry.expiry <= now) {
      if (expiry.settlement == 0.0) {
        expiry.state = PricingState::unsettled;
      } else if (expiry.state != PricingState::settled ||
                 expiry.valued_forward != expiry.settlement) {
        pay_off(expiry);
        ++done.expiries;
        done.options += expiry.end - expiry.begin;
      }
      continue;
    }
    if (expiry.forward == 0.0) {
      expiry.state = PricingState::no_forward;
      continue;
    }
    const ExpirySmile smile = surface.find_smile(now, expiry.expiry);
    if (smile.near == nullptr) {
      expiry.state = PricingState::no_surface;
      continue;
    }
    if (current(expiry, now, smile)) continue;
    expiry.valued_at = now;
    price(expiry, smile);
    ++done.expiries;
    done.options += expiry.end - expiry.begin;
  }
  return done;
}

void OptionBook::price(OptionExpiry& expiry, const ExpirySmile& smile) {
  const std::size_t first = expiry.begin;
  const std::size_t count = expiry.end - expiry.begin;
  const auto part = [&](auto& column) { return std::span(column).subspan(first, count); };
  expiry.years = years_between(expiry.valued_at, expiry.expiry);
  expiry.valued_forward = expiry.forward;
  expiry.near_revision = smile.near->revision;
  expiry.far_revision = smile.far->revision;
  std::ranges::fill(part(forward_), expiry.forward);
  std::ranges::fill(part(years_), expiry.years);
  const double log_forward = kernel::log_ratio(expiry.forward, 1.0);
  smile.vols(part(log_strike_), smile.log_reference(log_forward, dynamics_), part(vol_));
  const auto priced = black76_batch({.right = part(right_),
                                     .forward = part(forward_),
                                     .strike = part(strike_),
                                     .years = part(years_),
                                     .vol = part(vol_)},
                                    {.price = part(price_),
                                     .delta = part(delta_),
                                     .gamma = part(gamma_),
                                     .vega = part(vega_),
                                     .theta = part(theta_),
                                     .vanna = part(vanna_),
                                     .volga = part(volga_)});
  expiry.state = priced ? PricingState::priced : PricingState::out_of_range;
  if (priced) add_up(expiry);
}

void OptionBook::pay_off(OptionExpiry& expiry) {
  expiry.state = PricingState::settled;
  expiry.years = 0.0;
  expiry.forward = expiry.valued_forward = expiry.settlement;
  for (std::size_t i = expiry.begin; i < expiry.end; ++i) {
    forward_[i] = expiry.settlement;
    price_[i] = intrinsic(right_[i], strike_[i], expiry.settlement);
    years_[i] = vol_[i] = 0.0;
    delta_[i] = gamma_[i] = vega_[i] = theta_[i] = vanna_[i] = volga_[i] = 0.0;
  }
  add_up(expiry);
}

/// Always all lines in their order, so that the sum does not depend on the way it came about.
void OptionBook::add_up(OptionExpiry& expiry) {
  OptionExposure sum;
  if (expiry.held > 0) {
    for (std::size_t i = expiry.begin; i < expiry.end; ++i) {
      if (coins_[i] != 0.0) sum += exposure(i);
    }
  }
  expiry.sum = sum;
}

OptionExposure OptionBook::exposure(std::size_t line) const {
  BALLAST_ASSERT(line < size());
  const double coins = coins_[line];
  OptionExposure of;
  of.value = coins * price_[line];
  of.delta = coins * delta_[line];
  of.gamma = coins * gamma_[line];
  of.vega = coins * vega_[line];
  of.theta = coins * theta_[line];
  of.vanna = coins * vanna_[line];
  of.volga = coins * volga_[line];
  const PricingState state = expiry_of(line).state;
  BALLAST_ASSERT(valued(state));
  const double in_coin = coins_paid_in_coin_[line] * (price_[line] / forward_[line]);
  of.value_coin = in_coin;
  // A payoff is a number of coins that no price moves any more.
  of.delta_net = state == PricingState::settled ? 0.0 : of.delta - in_coin;
  of.delta_equity = of.delta_net + (in_coin - premium_coin_[line]);
  return of;
}

OptionUnit OptionBook::unit(std::size_t line) const {
  BALLAST_ASSERT(line < size());
  return {price_[line], delta_[line], gamma_[line], vega_[line],
          theta_[line], vanna_[line], volga_[line]};
}

Result<OptionExposure> OptionBook::total() const {
  OptionExposure total;
  for (const OptionExpiry& expiry : expiries_) {
    if (expiry.held == 0) continue;
    if (!valued(expiry.state)) {
      return fail(Errc::stale_data, fmt::format("options of {} have no value: {}",
                                                to_string(expiry.expiry), to_string(expiry.state)));
    }
    total += expiry.sum;
  }
  return total;
}

Result<std::vector<StrikeExposure>> OptionBook::by_strike(std::size_t expiry) const {
  BALLAST_ASSERT(expiry < expiries_.size());
  const OptionExpiry& of = expiries_[expiry];
  if (!valued(of.state)) {
    return fail(Errc::stale_data, fmt::format("options of {} have no value: {}",
                                              to_string(of.expiry), to_string(of.state)));
  }
  std::vector<StrikeExposure> strikes;
  for (std::size_t i = of.begin; i < of.end; ++i) {
    if (coins_[i] == 0.0) continue;
    if (strikes.empty() || strikes.back().strike != strike_[i]) strikes.push_back({strike_[i], {}});
    strikes.back().sum += exposure(i);
  }
  return strikes;
}

}  // namespace ballast
