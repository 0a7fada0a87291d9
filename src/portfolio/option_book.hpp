// Positions in the options on one underlying, with their values and greeks.
//
//   book.set_position(line, contracts, premium)     what fills say
//   book.set_forward(expiry, forward)               what marks say
//   book.revalue(now, surface)                      what time and surfaces say
//   book.total()
//
// European options priced by Black (1976), undiscounted: rates are in the forward. Greeks are at
// the volatility of the option's strike, which does not move with the forward: what a smile adds
// when it does move, explain.hpp and scenario.hpp tell. An option is paid and settled in quote
// (linear) or in coin (inverse); inverse_option.hpp names the three deltas.
//
// Lines stand by expiry, strike, payment and right, whatever the order they were given in, each
// number of theirs in an array of its own. revalue() goes through an expiry only where its forward,
// the time, or a surface slice that it rests on changed, and set_position() adds up its expiry
// anew. Equal inputs give equal bits, by whatever way they came. Single-threaded; nothing is
// allocated after create().
// Tests: parity in coin; lines against black.hpp and inverse_option.hpp; sums; finite differences;
// what a change reprices; the same bits in one go and step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/option_right.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "portfolio/vol_surface.hpp"

namespace ballast {

/// What an option's premium and payoff are paid in.
enum class PaidIn : std::uint8_t {
  quote,  // option_linear
  coin,   // option_inverse: prices are in coins, the payoff is divided by the settlement price
};

struct OptionTerms {
  InstrumentId instrument;
  OptionRight right = OptionRight::call;
  PaidIn paid_in = PaidIn::quote;
  double strike = 0.0;  // quote per coin, > 0
  Timestamp expiry;
  double contract_size = 1.0;  // coins a contract, > 0
};

/// Of a position, so sums add up: quantities in coins, money in the quote currency. Derivatives are
/// of `value`, by the forward and by volatility in units of 1.00.
struct OptionExposure {
  double value = 0.0;         // quote
  double value_coin = 0.0;    // coins, of options paid in coin; no part of it is of the others
  double delta = 0.0;         // coins; Black's
  double delta_net = 0.0;     // coins: delta - value_coin
  double delta_equity = 0.0;  // coins: delta_net + value_coin - premium paid in coin
  double gamma = 0.0;         // coins per quote
  double vega = 0.0;          // quote per 1.00 of volatility
  double theta = 0.0;         // quote per year
  double vanna = 0.0;         // coins per 1.00
  double volga = 0.0;         // quote per 1.00 squared

  OptionExposure& operator+=(const OptionExposure& other);
  friend bool operator==(const OptionExposure&, const OptionExposure&) = default;
};

/// Of one unit: an option on one coin, in quote.
struct OptionUnit {
  double price = 0.0;  // quote; paid in coin, it costs price / forward coins
  double delta = 0.0;
  double gamma = 0.0;
  double vega = 0.0;
  double theta = 0.0;
  double vanna = 0.0;
  double volga = 0.0;
};

/// Why an expiry's options have a value, or none.
enum class PricingState : std::uint8_t {
  no_forward,    // nobody said one yet
  no_surface,    // no volatility: see VolSurface::smile
  out_of_range,  // a number is not finite: at the strike an instant before expiry
  unsettled,     // expired, and its settlement price has not come
  priced,
  settled,  // expired: worth its payoff, with no greeks
};
std::string_view to_string(PricingState state);
constexpr bool valued(PricingState state) {
  return state == PricingState::priced || state == PricingState::settled;
}

/// The lines of one expiry, and their sum.
struct OptionExpiry {
  Timestamp expiry;
  std::size_t begin = 0;  // its lines: [begin, end)
  std::size_t end = 0;
  std::size_t held = 0;  // lines with a position
  PricingState state = PricingState::no_forward;
  double forward = 0.0;     // quote per coin, once it is known; then the settlement price
  double settlement = 0.0;  // quote per coin; 0: not known
  double years = 0.0;       // left at the last revaluation
  OptionExposure sum;       // where valued(state)
  // What the last revaluation rests on.
  Timestamp valued_at{};
  double valued_forward = 0.0;
  std::uint64_t near_revision = 0;
  std::uint64_t far_revision = 0;
};

struct StrikeExposure {
  double strike = 0.0;
  OptionExposure sum;
};

/// Which expiries a revaluation goes through.
enum class Lines : std::uint8_t {
  all,
  held,  // those that hold a position: the others' states and units stay as they were
};

/// What a revaluation had to do.
struct Revaluation {
  std::size_t expiries = 0;
  std::size_t options = 0;
};

class OptionBook {
 public:
  /// Errors: bad_input, naming the option: a strike or size not above 0, or an instrument twice.
  static Result<OptionBook> create(std::vector<OptionTerms> options, SmileDynamics dynamics);

  std::size_t size() const { return terms_.size(); }
  const OptionTerms& terms(std::size_t line) const { return terms_[line]; }
  SmileDynamics dynamics() const { return dynamics_; }
  /// Nothing where the book does not know the instrument.
  std::optional<std::size_t> line(InstrumentId instrument) const;
  std::span<const OptionExpiry> expiries() const { return expiries_; }
  std::optional<std::size_t> expiry(Timestamp expiry) const;
  const OptionExpiry& expiry_of(std::size_t line) const { return expiries_[expiry_of_[line]]; }

  /// The position of a line: contracts held, short below 0, and for options paid in coin the coins
  /// paid for them, net of those received. Error: bad_input, where one is not finite.
  Result<void> set_position(std::size_t line, double contracts, double premium_coin = 0.0);
  double contracts(std::size_t line) const { return contracts_[line]; }
  /// Coins that the position is on: contracts times their size.
  double coins(std::size_t line) const { return coins_[line]; }
  /// As given with the position; 0 for options paid in quote.
  double premium_coin(std::size_t line) const { return premium_coin_[line]; }

  /// Errors: bad_input, where it is not above 0; conflict, where the expiry has its settlement
  /// price.
  Result<void> set_forward(std::size_t expiry, double forward);
  /// The price at which an expiry is delivered; it counts from the expiry on. Error: bad_input.
  Result<void> settle(std::size_t expiry, double price);

  /// Brings values to `now`.
  Revaluation revalue(Timestamp now, const VolSurface& surface, Lines lines = Lines::all);

  /// As of the last revaluation. Error: stale_data, naming the first expiry that holds a position
  /// and has no value.
  Result<OptionExposure> total() const;
  /// Of a line in an expiry with a value.
  OptionExposure exposure(std::size_t line) const;
  OptionUnit unit(std::size_t line) const;
  double vol(std::size_t line) const { return vol_[line]; }  // annual; 0 once expired
  /// The strikes of an expiry that hold a position, rising. Error: stale_data, without a value.
  Result<std::vector<StrikeExposure>> by_strike(std::size_t expiry) const;

  /// ln K of each line.
  std::span<const double> log_strikes() const { return log_strike_; }

 private:
  OptionBook() = default;
  bool current(const OptionExpiry& expiry, Timestamp now, const ExpirySmile& smile) const;
  void price(OptionExpiry& expiry, const ExpirySmile& smile);
  void pay_off(OptionExpiry& expiry);
  void add_up(OptionExpiry& expiry);

  SmileDynamics dynamics_ = SmileDynamics::sticky_strike;
  std::vector<OptionTerms> terms_;
  std::vector<std::pair<InstrumentId, std::size_t>> by_instrument_;
  std::vector<std::size_t> expiry_of_;  // by line
  std::vector<OptionExpiry> expiries_;
  // One entry a line.
  std::vector<OptionRight> right_;
  std::vector<double> strike_, log_strike_, forward_, years_, vol_;
  std::vector<double> contracts_, coins_, coins_paid_in_coin_, premium_coin_;
  std::vector<double> price_, delta_, gamma_, vega_, theta_, vanna_, volga_;
};

}  // namespace ballast
