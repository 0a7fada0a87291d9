// DemoMaker: makes the demonstration's day second by second: the market (demo_flow.cpp), the flow
// that the desk quotes into and hedges, and what goes wrong (demo_story.cpp). Every draw comes from
// the seed.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/event.hpp"
#include "sim/demo_desk.hpp"
#include "sim/demo_holdings.hpp"
#include "sim/price_path.hpp"
#include "sim/tape.hpp"

namespace ballast {

inline constexpr Timestamp demo_day_start{1'767'571'200'000'000'000};  // 2026-01-05T00:00:00Z
inline constexpr int demo_day_seconds = 86'400;

constexpr int clock_time(int hour, int minute, int second = 0) {
  return hour * 3600 + minute * 60 + second;
}

/// A number of steps of a size, exactly: prices in ticks, quantities in lots.
template <class To>
To steps(std::int64_t count, std::int64_t per_unit) {
  return To::from_raw(Int128{count} * (decimal_one / per_unit));
}
/// The nearest whole number of steps; values are positive and far below 2^53.
inline std::int64_t nearest(double value, std::int64_t per_unit) {
  return std::llround(value * static_cast<double>(per_unit));
}

struct InstrumentFacts {
  Coin coin;
  VenueId venue;
  std::int64_t ticks_per_unit;        // of price
  std::int64_t lots_per_unit;         // of quantity
  double basis;                       // of its price to spot
  std::int64_t maker_fee, taker_fee;  // hundredths of a basis point; negative: rebate
};

/// What is about to be hedged: decided, and waiting for the desk to react.
struct PendingHedge {
  int due = 0;
  int slices = 1;
};

class DemoMaker {
 public:
  explicit DemoMaker(std::uint64_t seed)
      : prices_(seed), rng_(seed ^ 0x666c6f77), tape_(demo_day_start) {}

  /// The whole day; call it once.
  std::vector<Event> make();

 private:
  // ---- the market ----
  void market();
  bool silent(VenueId venue) const {
    return venue == ids.deribit && second_ >= clock_time(10, 5) && second_ < clock_time(10, 26);
  }
  bool hedger_down() const { return second_ >= clock_time(3, 20) && second_ < clock_time(4, 15); }
  double price_of(InstrumentId instrument) const {
    const InstrumentFacts& facts = facts_[instrument.index()];
    return prices_.mid(facts.coin) * (1.0 + facts.basis + basis_noise_);
  }
  Price ticked(InstrumentId instrument, double price) const {
    const std::int64_t per_unit = facts_[instrument.index()].ticks_per_unit;
    return steps<Price>(nearest(price, per_unit), per_unit);
  }

  // ---- fills ----
  struct FillPlan {
    InstrumentId instrument;
    BookName book;
    Side side;
    double coins;  // how much, about: rounded to lots
    double worse;  // share of the price that we give up (negative: earn)
    Origin origin;
    Liquidity liquidity;
  };
  Fill fill(const FillPlan& plan);
  void trade(const FillPlan& plan) {
    const Fill made = fill(plan);
    holdings_.take(made, ids);
    const std::int64_t ms = rng_.between(0, 999);
    tape_.at(ms, made);
    last_trade_ = Event{tape_.now() + Duration::milliseconds(ms), made};
    if (plan.origin != Origin::hedge) {
      const double against = plan.origin == Origin::client ? 0.00008 : 0.00003;
      const Coin coin = facts_[plan.instrument.index()].coin;
      prices_.impact(coin, made.side == Side::buy ? -against : against);
    }
  }
  void flow();
  void quote(InstrumentId instrument, double rate, double size);
  void client_blocks();
  bool we_buy(InstrumentId instrument, double lean);
  bool short_of_cash() const { return holdings_.usdt_binance < Amount::whole(250'000); }

  // ---- the desk's own doing ----
  double target(Coin coin) const;
  double half_band(Coin coin) const { return coin == Coin::btc ? 1.2 : 30.0; }
  double deviation(Coin coin) const {
    return holdings_.delta(coin, prices_.mid(Coin::btc)) - target(coin);
  }
  void hedge(Coin coin);
  int reaction_seconds();
  void treasury();
  void move_cash(Amount qty, bool to_binance);

  // ---- what venues say, and what goes wrong ----
  void opening();
  void funding();
  void statements();
  void story();
  void misreported_fill();
  void missing_fill();
  void stress();

  Place place(VenueId venue) const { return {venue, AccountName("main")}; }
  TradeId next_id(std::string_view prefix) {
    return *TradeId::create(fmt::format("{}-{}", prefix, 4'100'000 + ++serial_));
  }

  static constexpr DemoIds ids{};
  std::array<InstrumentFacts, 5> facts_{{
      {Coin::btc, ids.binance, 100, 100'000, 0.0, -50, 250},
      {Coin::eth, ids.binance, 100, 10'000, 0.0, -50, 250},
      {Coin::btc, ids.bybit, 10, 1'000, 0.0003, -25, 300},
      {Coin::eth, ids.bybit, 100, 100, 0.0003, -25, 300},
      {Coin::btc, ids.deribit, 2, 1, 0.0004, 0, 300},
  }};
  PricePath prices_;
  Rng rng_;
  Tape tape_;
  DemoHoldings holdings_;
  std::array<std::optional<PendingHedge>, 2> pending_;
  int second_ = 0;
  double basis_noise_ = 0.0;
  std::uint64_t serial_ = 0;
  std::optional<Event> last_trade_;

  // The story's loose ends.
  std::optional<Event> delayed_fill_;  // 05:12
  std::optional<Fill> wrong_fill_;     // 05:36, as the venue has it
  std::optional<Event> missing_fill_;  // 19:31
  std::optional<FillKey> busted_;      // 20:39
  struct Moving {
    Transfer transfer;
    int arrives = 0;
  };
  std::optional<Moving> cash_moving_, coin_moving_;
  int cash_rest_until_ = clock_time(1, 0);
  bool cash_moved_ = false;
};

}  // namespace ballast
