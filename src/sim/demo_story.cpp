#include "base/contract.hpp"
#include "sim/demo_maker.hpp"

namespace ballast {

void DemoMaker::opening() {
  const auto deposit = [&](VenueId venue, AssetId asset, std::int64_t qty, const char* id) {
    tape_.at(0, BalanceChange{place(venue), asset, Amount::whole(qty), *TradeId::create(id),
                              Note("opening balance")});
  };
  deposit(ids.binance, ids.usdt, 1'500'000, "open-1");
  deposit(ids.binance, ids.btc, 4, "open-2");
  deposit(ids.binance, ids.eth, 180, "open-3");
  deposit(ids.bybit, ids.usdt, 1'200'000, "open-4");
  deposit(ids.deribit, ids.btc, 2, "open-5");
  holdings_.usdt_binance = Amount::whole(1'500'000);
  holdings_.usdt_elsewhere = 1'200'000.0;
  holdings_.btc_spot = Quantity::whole(4);
  holdings_.eth_spot = Quantity::whole(180);
}

void DemoMaker::funding() {
  // Each book pays for its own position: hedges stand in "hedger", the quoted perpetual in "mm".
  for (const InstrumentId perpetual : {ids.btc_linear, ids.eth_linear, ids.btc_inverse}) {
    const Quantity position = holdings_.position[perpetual.index()];
    if (position.zero()) continue;
    const bool inverse = perpetual == ids.btc_inverse;
    const double value = inverse ? 10.0 * to_double(position) / price_of(perpetual)
                                 : to_double(position) * price_of(perpetual);
    const double rate = 0.00006 + 0.00006 * rng_.uniform();
    const auto amount = decimal_from_double<Amount>(-value * rate, 8);
    BALLAST_ASSERT(amount.has_value());
    (inverse ? holdings_.btc_profit : holdings_.usdt_elsewhere) += to_double(*amount);
    const BookName book = perpetual == ids.btc_linear ? BookName("mm") : BookName("hedger");
    tape_.at(5, FundingPayment{next_id("fund"), place(facts_[perpetual.index()].venue), book,
                               perpetual, *amount, inverse ? ids.btc : ids.usdt});
  }
}

void DemoMaker::statements() {
  for (const InstrumentId perpetual : {ids.btc_linear, ids.eth_linear, ids.btc_inverse}) {
    const VenueId venue = facts_[perpetual.index()].venue;
    if (silent(venue)) continue;
    tape_.at(999, Statement{place(venue), perpetual, {}, holdings_.position[perpetual.index()]});
  }
  const auto balance = [&](AssetId asset, Quantity qty) {
    tape_.at(999, Statement{place(ids.binance), {}, asset, qty});
  };
  balance(ids.btc, holdings_.btc_spot);
  balance(ids.eth, holdings_.eth_spot);
  balance(ids.usdt, decimal_cast<Quantity>(holdings_.usdt_binance));
}

void DemoMaker::misreported_fill() {
  if (second_ == clock_time(5, 36)) {
    Fill truth = fill({ids.btc_spot, BookName("mm"), Side::buy, 0.24, -0.0003, Origin::client,
                       Liquidity::unknown});
    holdings_.take(truth, ids);
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
  const FillPlan slice{ids.eth_linear, BookName("hedger"), Side::buy,       12.0,
                       0.00002,        Origin::hedge,      Liquidity::taker};
  // Two equal slices; only the first is reported. Hours later the pair's position is what counts.
  if (second_ == lost_at) trade(slice);
  if (second_ == lost_at + 2) {
    const Fill lost = fill(slice);
    holdings_.take(lost, ids);
    missing_fill_ = Event{tape_.now() + Duration::milliseconds(250), lost};
  }
  if (second_ == clock_time(19, 35) || second_ == clock_time(19, 55)) statements();
  if (second_ == clock_time(19, 52)) tape_.late(*missing_fill_);
}

void DemoMaker::stress() {
  const int since = second_ - prices_.crash_second();
  if (since == 20) {  // the largest client first
    trade({ids.btc_spot, BookName("mm"), Side::buy, 3.2, -0.0008, Origin::client,
           Liquidity::unknown});
  }
  if (since == 150) {
    tape_.at(0, Acknowledge{ids.btc_out_of_band, ids.delta_btc, Note("risk desk")});
  }
  if (since == 900) {
    TargetOverride smaller;
    smaller.factor = ids.delta_btc;
    smaller.target = Decimal::whole(6);
    smaller.band = Range{steps<Decimal>(48, 10), steps<Decimal>(72, 10)};
    smaller.until = demo_day_start + Duration::seconds(clock_time(15, 30));
    tape_.at(0, smaller);
  }
}

void DemoMaker::story() {
  if (second_ == clock_time(3, 27)) {  // while nothing hedges
    trade({ids.btc_spot, BookName("mm"), Side::buy, 1.9, -0.0003, Origin::client,
           Liquidity::unknown});
  }
  if (second_ == clock_time(5, 12)) {
    const Fill made = fill({ids.btc_linear, BookName("mm"), Side::sell, 0.06, -0.00013,
                            Origin::quote, Liquidity::maker});
    holdings_.take(made, ids);
    delayed_fill_ = Event{tape_.now(), made};
  }
  if (second_ == clock_time(5, 12, 40)) tape_.late(*delayed_fill_);
  misreported_fill();
  if (second_ == clock_time(9, 3)) {
    trade(
        {ids.btc_spot, BookName("mm"), Side::buy, 0.08, -0.00013, Origin::quote, Liquidity::maker});
    tape_.late(*last_trade_);  // the drop copy says it again
  }
  if (second_ == clock_time(12, 40)) {
    const Transfer sent{next_id("tr"),        ids.btc,
                        steps<Amount>(5, 10), place(ids.binance),
                        place(ids.deribit),   TransferState::sent};
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
    const Fill made = fill({ids.btc_spot, BookName("mm"), Side::sell, 0.15, -0.00013, Origin::quote,
                            Liquidity::maker});
    busted_ = made.key;  // the venue never counts it
    tape_.at(300, made);
  }
  if (second_ == clock_time(20, 41)) tape_.at(300, Bust{*busted_});
}

}  // namespace ballast
