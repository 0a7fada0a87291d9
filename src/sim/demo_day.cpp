#include "sim/demo_day.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "sim/demo_desk.hpp"
#include "sim/demo_desk_state.hpp"
#include "sim/price_path.hpp"
#include "sim/tape.hpp"

namespace ballast {
namespace {

constexpr Timestamp day_start{1'767'571'200'000'000'000};  // 2026-01-05T00:00:00Z
constexpr int day_seconds = 86'400;

constexpr int clock_time(int hour, int minute, int second = 0) {
  return hour * 3600 + minute * 60 + second;
}

/// A number of steps of a size, exactly: prices in ticks, quantities in lots.
template <class To>
To steps(std::int64_t count, std::int64_t per_unit) {
  return To::from_raw(Int128{count} * (decimal_one / per_unit));
}
/// The nearest whole number of steps; values are positive and far below 2^53.
std::int64_t nearest(double value, std::int64_t per_unit) {
  return static_cast<std::int64_t>(value * static_cast<double>(per_unit) + 0.5);
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
      : prices_(seed), rng_(seed ^ 0x666c6f77), tape_(day_start) {}

  std::vector<Event> make() {
    opening();
    for (second_ = 0; second_ < day_seconds; ++second_) {
      prices_.step();
      market();
      flow();
      hedge(Coin::btc);
      hedge(Coin::eth);
      treasury();
      story();
      if (second_ % 3600 == 1800) statements();
      if (second_ % (8 * 3600) == 0 && second_ > 0) funding();
      tape_.end_second();
    }
    return tape_.take();
  }

 private:
  // ---- the market ----
  void market();
  bool silent(VenueId venue) const {
    return venue == id_.deribit && second_ >= clock_time(10, 5) && second_ < clock_time(10, 26);
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
    holdings_.take(made, id_);
    const std::int64_t ms = rng_.between(0, 999);
    tape_.at(ms, made);
    last_trade_ = Event{tape_.now() + Duration::milliseconds(ms), made};
    if (plan.origin != Origin::hedge) {
      const double against = plan.origin == Origin::client ? 0.00003 : 0.00002;
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

  static constexpr DemoIds id_{};
  std::array<InstrumentFacts, 5> facts_{{
      {Coin::btc, id_.binance, 100, 100'000, 0.0, -50, 250},
      {Coin::eth, id_.binance, 100, 10'000, 0.0, -50, 250},
      {Coin::btc, id_.bybit, 10, 1'000, 0.0003, -25, 300},
      {Coin::eth, id_.bybit, 100, 100, 0.0003, -25, 300},
      {Coin::btc, id_.deribit, 2, 1, 0.0004, 0, 300},
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

void DemoMaker::market() {
  // The perpetuals' premium wanders by a basis point or so.
  basis_noise_ = 0.999 * basis_noise_ + 0.000004 * rng_.normal();
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    const InstrumentId instrument{i};
    const double mid = price_of(instrument);
    // Drawn whether it is heard or not, so that an outage changes nothing else of the day.
    const bool marked = second_ == 0 || rng_.chance(0.55);
    const bool topped = rng_.chance(0.25);
    const std::int64_t ms = rng_.between(0, 999);
    const double depth = 0.5 + 4.0 * rng_.uniform();
    if (silent(facts_[i].venue)) continue;
    if (marked) tape_.at(ms, Mark{instrument, {}, {}, ticked(instrument, mid)});
    if (topped) {
      const double half = 0.00001 * prices_.activity();
      const bool inverse = instrument == id_.btc_inverse;
      const double size = facts_[i].coin == Coin::eth ? depth * 20.0
                          : inverse                   ? depth * 9000.0
                                                      : depth;
      const std::int64_t lots = facts_[i].lots_per_unit;
      tape_.at(ms, Top{instrument, ticked(instrument, mid * (1.0 - half)),
                       steps<Quantity>(nearest(size, lots), lots),
                       ticked(instrument, mid * (1.0 + half)),
                       steps<Quantity>(nearest(size * 0.8, lots), lots)});
    }
  }
  if (second_ % 3600 != 0) return;
  for (const InstrumentId perpetual : {id_.btc_linear, id_.eth_linear, id_.btc_inverse}) {
    if (silent(facts_[perpetual.index()].venue)) continue;
    tape_.at(2, FundingRate{perpetual, steps<Decimal>(rng_.between(60, 130), 1'000'000),
                            Decimal::whole(8)});
  }
}

Fill DemoMaker::fill(const FillPlan& plan) {
  const InstrumentFacts& facts = facts_[plan.instrument.index()];
  const bool inverse = plan.instrument == id_.btc_inverse;
  const double sign = plan.side == Side::buy ? 1.0 : -1.0;
  Fill made;
  made.price = ticked(plan.instrument, price_of(plan.instrument) * (1.0 + sign * plan.worse));
  const double units = inverse ? plan.coins * to_double(made.price) / 10.0 : plan.coins;
  made.qty = steps<Quantity>(std::max<std::int64_t>(1, nearest(units, facts.lots_per_unit)),
                             facts.lots_per_unit);
  made.side = plan.side;
  made.book = plan.book;
  made.origin = plan.origin;
  made.liquidity = plan.liquidity;
  constexpr std::array<std::string_view, 3> prefixes{"bn", "by", "db"};
  made.key = {place(facts.venue), plan.instrument, next_id(prefixes[facts.venue.index()]), 0};
  made.order = *OrderId::create(fmt::format("{}-{}", to_string(plan.origin), serial_));
  if (plan.origin == Origin::client) return made;  // blocks are agreed net of fees

  // Fees to eight digits, as venues state them.
  const double value = inverse ? to_double(made.qty) * 10.0 / to_double(made.price)
                               : to_double(made.qty) * to_double(made.price);
  const std::int64_t rate = plan.liquidity == Liquidity::maker ? facts.maker_fee : facts.taker_fee;
  const auto amount = decimal_from_double<Amount>(value * static_cast<double>(rate) * 1e-6, 8);
  BALLAST_ASSERT(amount.has_value());
  made.fee = Fee{*amount, inverse ? id_.btc : id_.usdt};
  return made;
}

bool DemoMaker::we_buy(InstrumentId instrument, double lean) {
  const Coin coin = facts_[instrument.index()].coin;
  // Others sell to us as the price falls; our quotes lean against what we hold too much of.
  double share = 0.5 - lean * prices_.momentum(coin);
  share -= 0.10 * std::clamp(deviation(coin) / half_band(coin), -1.5, 1.5);
  const double spare = coin == Coin::btc ? (to_double(holdings_.btc_spot) - 4.5) / 3.0
                                         : (to_double(holdings_.eth_spot) - 180.0) / 90.0;
  if (facts_[instrument.index()].venue == id_.binance) share -= 0.10 * std::clamp(spare, -2.0, 2.0);
  return rng_.chance(std::clamp(share, 0.08, 0.92));
}

void DemoMaker::quote(InstrumentId instrument, double rate, double size) {
  if (!rng_.chance(rate * prices_.activity())) return;
  const double draw = rng_.uniform();
  const bool buy = we_buy(instrument, 0.03);
  if (buy && short_of_cash()) return;
  trade({instrument, BookName("mm"), buy ? Side::buy : Side::sell,
         size * (0.05 + 2.5 * draw * draw * draw), -0.00013 * prices_.activity(), Origin::quote,
         Liquidity::maker});
}

void DemoMaker::client_blocks() {
  const bool falling = prices_.stressed() && second_ < prices_.crash_second() + 300;
  // After the fall the same few clients want out at once.
  for (const InstrumentId instrument : {id_.btc_spot, id_.eth_spot}) {
    const double hurry = instrument == id_.btc_spot ? 1.0 / 21.0 : 1.0 / 60.0;
    if (!rng_.chance(falling ? hurry : 1.0 / 1300.0)) continue;
    const bool buy = falling ? rng_.chance(0.97) : we_buy(instrument, 0.08);
    if (buy && short_of_cash()) continue;
    const double size =
        instrument == id_.btc_spot ? 0.35 + 0.75 * rng_.uniform() : 5.0 + 16.0 * rng_.uniform();
    trade({instrument, BookName("mm"), buy ? Side::buy : Side::sell, size,
           -0.0003 * prices_.activity(), Origin::client, Liquidity::unknown});
  }
}

void DemoMaker::flow() {
  quote(id_.btc_spot, 1.0 / 26.0, 0.11);
  quote(id_.eth_spot, 1.0 / 30.0, 2.2);
  quote(id_.btc_linear, 1.0 / 48.0, 0.10);
  client_blocks();
}

double DemoMaker::target(Coin coin) const {
  const double btc = prices_.mid(Coin::btc);
  const double eth = prices_.mid(Coin::eth);
  if (coin == Coin::eth) return 0.15 * holdings_.net_asset_value(btc, eth) / eth;
  const int from_crash = second_ - prices_.crash_second();
  if (from_crash >= 900 && second_ < clock_time(15, 30)) return 6.0;
  const int of_stamp = (second_ + 900) % (8 * 3600);
  return of_stamp < 1800 ? 6.0 : 8.0;
}

int DemoMaker::reaction_seconds() {
  if (prices_.stressed() && second_ < prices_.crash_second() + 1200) {
    return static_cast<int>(rng_.between(45, 100));
  }
  const bool distracted = rng_.chance(0.25);
  return static_cast<int>(distracted ? rng_.between(240, 900) : rng_.between(30, 150));
}

void DemoMaker::hedge(Coin coin) {
  auto& pending = pending_[static_cast<std::size_t>(coin)];
  const double d = deviation(coin);
  if (!pending) {
    if (std::abs(d) < 0.85 * half_band(coin)) return;
    pending = PendingHedge{second_ + reaction_seconds(), static_cast<int>(rng_.between(2, 4))};
    return;
  }
  const InstrumentId instrument = coin == Coin::btc ? id_.btc_inverse : id_.eth_linear;
  if (second_ < pending->due || hedger_down() || silent(facts_[instrument.index()].venue)) return;
  if (std::abs(d) < 0.2 * half_band(coin)) {
    pending.reset();
    return;
  }
  // In a fallen market the book is thin: small slices, far apart.
  const bool thin = prices_.stressed() && second_ < prices_.crash_second() + 1200;
  const double most = (thin ? 0.3 : 1.2) * half_band(coin);
  const double size = std::min(most, std::abs(d) / pending->slices);
  trade({instrument, BookName("hedger"), d > 0 ? Side::sell : Side::buy, size,
         0.00002 * prices_.activity(), Origin::hedge, Liquidity::taker});
  if (pending->slices > 1) --pending->slices;
  pending->due = second_ + static_cast<int>(thin ? rng_.between(18, 34) : rng_.between(1, 4));
  if (std::abs(deviation(coin)) < 0.2 * half_band(coin)) pending.reset();
}

void DemoMaker::move_cash(Amount qty, bool to_binance) {
  const Place here = place(id_.binance);
  const Place there = place(id_.bybit);
  const Transfer transfer{
      next_id("tr"),      id_.usdt, qty, to_binance ? there : here, to_binance ? here : there,
      TransferState::sent};
  tape_.at(500, transfer);
  if (!to_binance) holdings_.usdt_binance -= qty;
  cash_moving_ = Moving{transfer, second_ + static_cast<int>(rng_.between(360, 720))};
  // What is on the way counts as elsewhere: net asset value does not move.
  holdings_.usdt_elsewhere += (to_binance ? 0.0 : 1.0) * to_double(qty);
  cash_moved_ = true;
}

void DemoMaker::treasury() {
  if (cash_moving_) {
    if (second_ < cash_moving_->arrives) return;
    Transfer arrived = cash_moving_->transfer;
    arrived.state = TransferState::arrived;
    tape_.at(500, arrived);
    if (arrived.to.venue == id_.binance) {
      holdings_.usdt_binance += arrived.qty;
      holdings_.usdt_elsewhere -= to_double(arrived.qty);
    }
    cash_moving_.reset();
    cash_rest_until_ = second_ + 2400;
    return;
  }
  if (second_ % 60 != 30 || second_ < cash_rest_until_) return;
  const double d = to_double(holdings_.usdt_binance) - 1'500'000.0;
  const bool needed = std::abs(d) > 240'000.0;
  const bool routine = !cash_moved_ && second_ >= clock_time(18, 0);
  if (!needed && !routine) return;
  const std::int64_t thousands =
      std::clamp(nearest(std::abs(d), 1) / 1000, std::int64_t{25}, std::int64_t{600});
  move_cash(Amount::whole(thousands * 1000), d < 0);
}

void DemoMaker::opening() {
  const auto deposit = [&](VenueId venue, AssetId asset, std::int64_t qty, const char* id) {
    tape_.at(0, BalanceChange{place(venue), asset, Amount::whole(qty), *TradeId::create(id),
                              Note("opening balance")});
  };
  deposit(id_.binance, id_.usdt, 1'500'000, "open-1");
  deposit(id_.binance, id_.btc, 4, "open-2");
  deposit(id_.binance, id_.eth, 180, "open-3");
  deposit(id_.bybit, id_.usdt, 1'200'000, "open-4");
  deposit(id_.deribit, id_.btc, 2, "open-5");
  holdings_.usdt_binance = Amount::whole(1'500'000);
  holdings_.usdt_elsewhere = 1'200'000.0;
  holdings_.btc_spot = Quantity::whole(4);
  holdings_.eth_spot = Quantity::whole(180);
}

void DemoMaker::funding() {
  // Each book pays for its own position: hedges stand in "hedger", the quoted perpetual in "mm".
  for (const InstrumentId perpetual : {id_.btc_linear, id_.eth_linear, id_.btc_inverse}) {
    const Quantity position = holdings_.position[perpetual.index()];
    if (position.zero()) continue;
    const bool inverse = perpetual == id_.btc_inverse;
    const double value = inverse ? 10.0 * to_double(position) / price_of(perpetual)
                                 : to_double(position) * price_of(perpetual);
    const double rate = 0.00006 + 0.00006 * rng_.uniform();
    const auto amount = decimal_from_double<Amount>(-value * rate, 8);
    BALLAST_ASSERT(amount.has_value());
    (inverse ? holdings_.btc_profit : holdings_.usdt_elsewhere) += to_double(*amount);
    const BookName book = perpetual == id_.btc_linear ? BookName("mm") : BookName("hedger");
    tape_.at(5, FundingPayment{next_id("fund"), place(facts_[perpetual.index()].venue), book,
                               perpetual, *amount, inverse ? id_.btc : id_.usdt});
  }
}

void DemoMaker::statements() {
  for (const InstrumentId perpetual : {id_.btc_linear, id_.eth_linear, id_.btc_inverse}) {
    const VenueId venue = facts_[perpetual.index()].venue;
    if (silent(venue)) continue;
    tape_.at(999, Statement{place(venue), perpetual, {}, holdings_.position[perpetual.index()]});
  }
  const auto balance = [&](AssetId asset, Quantity qty) {
    tape_.at(999, Statement{place(id_.binance), {}, asset, qty});
  };
  balance(id_.btc, holdings_.btc_spot);
  balance(id_.eth, holdings_.eth_spot);
  balance(id_.usdt, decimal_cast<Quantity>(holdings_.usdt_binance));
}

void DemoMaker::misreported_fill() {
  if (second_ == clock_time(5, 36)) {
    Fill truth = fill({id_.btc_spot, BookName("mm"), Side::buy, 0.24, -0.0003, Origin::client,
                       Liquidity::unknown});
    holdings_.take(truth, id_);
    wrong_fill_ = truth;
    truth.qty = truth.qty + truth.qty + truth.qty + truth.qty + truth.qty;
    truth.qty = truth.qty + truth.qty;  // ten times: a misplaced point
    tape_.at(400, truth);
  }
  if (second_ == clock_time(5, 52)) {
    Correct correct;
    correct.key = wrong_fill_->key;
    correct.qty = wrong_fill_->qty;
    tape_.at(400, correct);
  }
}

void DemoMaker::missing_fill() {
  const int lost_at = clock_time(19, 31);
  const FillPlan slice{id_.eth_linear, BookName("hedger"), Side::buy,       12.0,
                       0.00002,        Origin::hedge,      Liquidity::taker};
  // Two equal slices; only the first is reported. Hours later the pair's position is what counts.
  if (second_ == lost_at) trade(slice);
  if (second_ == lost_at + 2) {
    const Fill lost = fill(slice);
    holdings_.take(lost, id_);
    missing_fill_ = Event{tape_.now() + Duration::milliseconds(250), lost};
  }
  if (second_ == clock_time(19, 35) || second_ == clock_time(19, 55)) statements();
  if (second_ == clock_time(19, 52)) tape_.late(*missing_fill_);
}

void DemoMaker::stress() {
  const int since = second_ - prices_.crash_second();
  if (since == 150) {
    tape_.at(0, Acknowledge{id_.btc_out_of_band, id_.delta_btc, Note("risk desk")});
  }
  if (since == 900) {
    TargetOverride smaller;
    smaller.factor = id_.delta_btc;
    smaller.target = Decimal::whole(6);
    smaller.band = Range{steps<Decimal>(48, 10), steps<Decimal>(72, 10)};
    smaller.until = day_start + Duration::seconds(clock_time(15, 30));
    tape_.at(0, smaller);
  }
}

void DemoMaker::story() {
  if (second_ == clock_time(5, 12)) {
    const Fill made = fill({id_.btc_linear, BookName("mm"), Side::sell, 0.06, -0.00013,
                            Origin::quote, Liquidity::maker});
    holdings_.take(made, id_);
    delayed_fill_ = Event{tape_.now(), made};
  }
  if (second_ == clock_time(5, 12, 40)) tape_.late(*delayed_fill_);
  misreported_fill();
  if (second_ == clock_time(9, 3)) {
    trade(
        {id_.btc_spot, BookName("mm"), Side::buy, 0.08, -0.00013, Origin::quote, Liquidity::maker});
    tape_.late(*last_trade_);  // the drop copy says it again
  }
  if (second_ == clock_time(12, 40)) {
    const Transfer sent{next_id("tr"),        id_.btc,
                        steps<Amount>(5, 10), place(id_.binance),
                        place(id_.deribit),   TransferState::sent};
    tape_.at(100, sent);
    holdings_.btc_spot -= steps<Quantity>(5, 10);
    holdings_.btc_moving += steps<Quantity>(5, 10);
    coin_moving_ = Moving{sent, second_ + 25 * 60};
  }
  if (coin_moving_ && second_ == coin_moving_->arrives) {
    coin_moving_->transfer.state = TransferState::arrived;
    tape_.at(100, coin_moving_->transfer);
    holdings_.btc_moving -= steps<Quantity>(5, 10);
    holdings_.btc_deribit += steps<Quantity>(5, 10);
  }
  stress();
  missing_fill();
  if (second_ == clock_time(20, 39)) {
    const Fill made = fill({id_.btc_spot, BookName("mm"), Side::sell, 0.15, -0.00013, Origin::quote,
                            Liquidity::maker});
    busted_ = made.key;  // the venue never counts it
    tape_.at(300, made);
  }
  if (second_ == clock_time(20, 41)) tape_.at(300, Bust{*busted_});
}

}  // namespace

DemoDay make_demo_day(std::uint64_t seed) {
  return {std::string(demo_desk_toml), demo_desk(), DemoMaker(seed).make()};
}

}  // namespace ballast
