// DemoWorld: everything around the demonstration's desk on one day, 24 hours from
// 2026-01-05T00:00:00Z, made from a seed: the market and its customers (demo_flow.cpp), options and
// who trades them (demo_option_flow.cpp), what goes wrong (demo_story.cpp), the venues, on paper,
// that take its quotes, orders and transfers, and the people who approve what it asks them. It is
// the recording and the execution of a closed loop at once. Its story (times UTC; what is random
// varies with the seed):
//
//   00:00  opening balances and options; funding is paid every 8 hours
//   03:20  the hedger's book is stopped for 55 minutes, and a client sells into it
//   05:12  a fill that is reported 40 s late
//   05:36  a fill reported ten times too large, corrected at 05:52
//   08:00  an option expires, and pays or not
//   09:03  one fill arrives twice
//   10:05  the inverse perpetual's venue is silent for 21 minutes: delta:BTC is unknown, and
//          nothing hedges; the alert is acknowledged
//   12:40  half a coin moves between venues for 25 minutes
//   14:10  the market falls 3 to 4 % in seconds and clients sell; the regime makes the target
//          smaller
//   19:31  a client's fill goes missing: the venue's statement opens a break, the late fill closes
//          it
//   20:39  a fill that the venue busts
//
// Endless, it goes on the next day: the market does not fall again, the rest happens daily.
//
// Equal seeds and equal requests give equal days. Events stand in the order in which they arrive,
// so only the late fills are out of order of time.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/event.hpp"
#include "ports/event_source.hpp"
#include "ports/execution.hpp"
#include "sim/demo_desk.hpp"
#include "sim/demo_holdings.hpp"
#include "sim/paper_venue.hpp"
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
  std::int64_t ticks_per_unit;  // of price
  std::int64_t lots_per_unit;   // of quantity
  double basis;                 // of its price to spot
};

enum class DemoDays : std::uint8_t { one, endless };

class DemoWorld final : public EventSource, public Execution {
 public:
  /// `desk` is demo_desk(), or one with the same instruments, and outlives it.
  DemoWorld(const Desk& desk, std::uint64_t seed, DemoDays days = DemoDays::one);

  // ---- the recording: to the end of the day, where it has one
  Result<bool> next(Event& out) override;
  std::string where() const override { return "the demonstration's day"; }
  std::uint64_t bytes_read() const override { return static_cast<std::uint64_t>(second_); }
  std::uint64_t bytes_total() const override { return demo_day_seconds; }

  // ---- the venues
  void send(Timestamp now, const OrderRequest& request) override { venues_.send(now, request); }
  void cancel(Timestamp now, const CancelRequest& request) override {
    venues_.cancel(now, request);
  }
  void quote(Timestamp now, const QuoteRequest& request) override { venues_.quote(now, request); }
  void transfer(Timestamp now, const TransferRequest& request) override {
    venues_.transfer(now, request);
  }
  void observe(const Event& event) override;
  std::optional<Timestamp> next_due() const override { return venues_.next_due(); }
  Event take() override;

 private:
  void make_second();
  int time_of_day() const { return second_ % demo_day_seconds; }

  // ---- the market and its customers
  void market();
  void prints(InstrumentId instrument, double rate, double size);
  void client_blocks();
  bool silent(VenueId venue) const {
    return venue == ids.deribit && time_of_day() >= clock_time(10, 5) &&
           time_of_day() < clock_time(10, 26);
  }
  double price_of(InstrumentId instrument) const {
    const InstrumentFacts& facts = facts_[instrument.index()];
    return prices_.mid(facts.coin) * (1.0 + facts.basis + basis_noise_);
  }
  Price ticked(InstrumentId instrument, double price) const {
    const std::int64_t per_unit = facts_[instrument.index()].ticks_per_unit;
    return steps<Price>(nearest(price, per_unit), per_unit);
  }
  /// Whoever traded with the desk knew a little more: the price goes on against it.
  void impact(const Fill& fill) {
    const double against = fill.origin == Origin::client ? 0.00008 : 0.00003;
    const Coin coin = facts_[fill.key.instrument.index()].coin;
    prices_.impact(coin, fill.side == Side::buy ? -against : against);
  }

  // ---- options
  void options();
  void option_marks(std::int64_t ms);
  void option_tops();
  void surfaces(std::int64_t ms);
  void opening_options();
  void client_option();
  void expiries();
  void expire(std::size_t place, double settlement);
  double index_price() const { return prices_.mid(Coin::btc); }
  double vol_at(double strike) const;
  double coin_price(const DemoOption& option) const;
  void option_fill(std::size_t place, Side side, std::int64_t tenths, std::int64_t ms);
  bool living(const DemoOption& option) const { return tape_.now() < expiry_of(option); }

  // ---- client fills
  struct Block {
    InstrumentId instrument;
    Side side;     // ours
    double coins;  // how much, about: rounded to lots
    double edge;   // share of the price that we earn
  };
  Fill block(const Block& plan);
  Fill trade(const Block& plan);
  bool short_of_cash() const { return holdings_.usdt_binance < Amount::whole(250'000); }

  // ---- what venues and people say, and what goes wrong
  void opening();
  void answer_proposals();
  std::vector<EventBody> statements();
  void story();
  void hedger_stopped();
  void misreported_fill();
  void missing_fill();
  void stress();

  Place place(VenueId venue) const { return {venue, AccountName("main")}; }
  TradeId next_id(std::string_view prefix) {
    return *TradeId::create(fmt::format("{}-{}", prefix, 4'100'000 + ++serial_));
  }

  static constexpr DemoIds ids{};
  std::array<InstrumentFacts, 5> facts_{{
      {Coin::btc, ids.binance, 100, 100'000, 0.0},
      {Coin::eth, ids.binance, 100, 10'000, 0.0},
      {Coin::btc, ids.bybit, 10, 1'000, 0.0003},
      {Coin::eth, ids.bybit, 100, 100, 0.0003},
      {Coin::btc, ids.deribit, 2, 1, 0.0004},
  }};
  PaperVenue venues_;
  PricePath prices_;
  Rng rng_;
  Tape tape_;
  DemoHoldings holdings_;
  DemoDays days_;
  int second_ = 0;
  double basis_noise_ = 0.0;
  Rng option_rng_;           // its own, so that options change nothing else of the market
  double vol_level_ = 0.42;  // annual, at the money
  double half_hour_ = 0.0;   // the index over the half hour before an expiry: sum, and of how many
  int half_hour_count_ = 0;
  std::uint64_t serial_ = 0;

  struct Waiting {  // a proposal, until somebody answers it
    int due = 0;
    TradeId proposal;
  };
  std::deque<Waiting> waiting_;

  // The story's loose ends.
  std::optional<Event> last_trade_;
  std::optional<Event> delayed_fill_;  // 05:12
  std::optional<Fill> wrong_fill_;     // 05:36, as the venue has it
  std::optional<Event> missing_fill_;  // 19:31
  std::optional<FillKey> busted_;      // 20:39
  struct Moving {
    Transfer transfer;
    int arrives = 0;
  };
  std::optional<Moving> coin_moving_;
};

}  // namespace ballast
