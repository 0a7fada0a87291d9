#include "base/contract.hpp"
#include "sim/demo_world.hpp"

namespace ballast {

void DemoWorld::opening() {
  const auto deposit = [&](VenueId venue, AssetId asset, std::int64_t qty, const char* id) {
    const BalanceChange change{place(venue), asset, Amount::whole(qty), *TradeId::create(id),
                               Note("opening balance")};
    holdings_.take(change, ids);
    tape_.at(0, change);
  };
  deposit(ids.binance, ids.usdt, 1'500'000, "open-1");
  deposit(ids.binance, ids.btc, 4, "open-2");
  deposit(ids.binance, ids.eth, 180, "open-3");
  deposit(ids.bybit, ids.usdt, 1'200'000, "open-4");
  deposit(ids.deribit, ids.btc, 2, "open-5");
}

std::vector<EventBody> DemoWorld::statements() {
  std::vector<EventBody> stated;
  for (const InstrumentId perpetual : {ids.btc_linear, ids.eth_linear, ids.btc_inverse}) {
    const VenueId venue = facts_[perpetual.index()].venue;
    if (silent(venue)) continue;
    stated.push_back(Statement{place(venue), perpetual, {}, holdings_.position(perpetual)});
  }
  for (std::size_t i = 0; i < demo_options.size(); ++i) {
    if (!living(demo_options[i]) || silent(ids.deribit)) continue;
    stated.push_back(
        Statement{place(ids.deribit), ids.option(i), {}, holdings_.position(ids.option(i))});
  }
  const auto balance = [&](AssetId asset, Quantity qty) {
    stated.push_back(Statement{place(ids.binance), {}, asset, qty});
  };
  balance(ids.btc, holdings_.btc_spot);
  balance(ids.eth, holdings_.eth_spot);
  balance(ids.usdt, decimal_cast<Quantity>(holdings_.usdt_binance));
  return stated;
}

void DemoWorld::hedger_stopped() {
  Scope hedger;
  hedger.kind = ScopeKind::book;
  hedger.book = BookName("hedger");
  if (time_of_day() == clock_time(3, 20)) {
    tape_.at(0, Kill{hedger, Note("risk desk"), Note("the hedger's keys are being replaced")});
  }
  if (time_of_day() == clock_time(3, 27)) {
    trade({ids.btc_spot, Side::buy, 1.9, 0.0003});
  }
  if (time_of_day() == clock_time(4, 15)) {
    tape_.at(0, Rearm{hedger, Note("risk desk"), Note("new keys are in place")});
  }
}

void DemoWorld::misreported_fill() {
  if (time_of_day() == clock_time(5, 36)) {
    Fill truth = block({ids.btc_spot, Side::buy, 0.24, 0.0003});
    holdings_.take(truth, ids);
    wrong_fill_ = truth;
    truth.qty = truth.qty + truth.qty + truth.qty + truth.qty + truth.qty;
    truth.qty = truth.qty + truth.qty;  // ten times: a misplaced point
    tape_.at(400, truth);
  }
  if (time_of_day() == clock_time(5, 52)) {
    Correct correct;
    correct.key = wrong_fill_->key;
    correct.qty = wrong_fill_->qty;
    tape_.at(400, correct);
  }
}

void DemoWorld::missing_fill() {
  const int lost_at = clock_time(19, 31);
  const Block half{ids.eth_linear, Side::buy, 12.0, 0.0003};
  // Two equal halves; only the first is reported.
  if (time_of_day() == lost_at) trade(half);
  if (time_of_day() == lost_at + 2) {
    const Fill lost = block(half);
    holdings_.take(lost, ids);
    missing_fill_ = Event{tape_.now() + Duration::milliseconds(250), lost};
  }
  if (time_of_day() == clock_time(19, 35) || time_of_day() == clock_time(19, 55)) {
    tape_.at(999, Tape::Lazy([this] { return statements(); }));
  }
  if (time_of_day() == clock_time(19, 52)) tape_.late(*missing_fill_);
}

void DemoWorld::stress() {
  const int since = second_ - prices_.crash_second();
  if (since == 20) {  // the largest client first
    trade({ids.btc_spot, Side::buy, 3.2, 0.0008});
  }
}

void DemoWorld::story() {
  hedger_stopped();
  if (time_of_day() == clock_time(5, 12)) {
    const Fill made = block({ids.btc_linear, Side::sell, 0.06, 0.00013});
    holdings_.take(made, ids);
    delayed_fill_ = Event{tape_.now(), made};
  }
  if (time_of_day() == clock_time(5, 12, 40)) tape_.late(*delayed_fill_);
  misreported_fill();
  if (time_of_day() == clock_time(9, 3)) {
    trade({ids.btc_spot, Side::buy, 0.08, 0.00013});
    tape_.late(*last_trade_);  // the drop copy says it again
  }
  if (time_of_day() == clock_time(10, 9)) {
    tape_.at(0, Acknowledge{ids.btc_blind, ids.delta_btc, Note("risk desk")});
  }
  if (time_of_day() == clock_time(12, 40)) {
    const Transfer sent{next_id("tr"),        ids.btc,
                        steps<Amount>(5, 10), place(ids.binance),
                        place(ids.deribit),   TransferState::sent};
    tape_.at(100, sent);
    holdings_.take(sent, ids);
    coin_moving_ = Moving{sent, second_ + 25 * 60};
  }
  if (coin_moving_ && second_ == coin_moving_->arrives) {
    coin_moving_->transfer.state = TransferState::arrived;
    tape_.at(100, coin_moving_->transfer);
  }
  stress();
  missing_fill();
  if (time_of_day() == clock_time(20, 39)) {
    const Fill made = block({ids.btc_spot, Side::sell, 0.15, 0.00013});
    busted_ = made.key;  // the venue never counts it
    tape_.at(300, made);
  }
  if (time_of_day() == clock_time(20, 41)) tape_.at(300, Bust{*busted_});
}

}  // namespace ballast
