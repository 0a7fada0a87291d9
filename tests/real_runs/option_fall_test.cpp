// An options desk through the fall of 2026 on Deribit, from 89k to 62k: strangles sold at bids,
// hedged with the perpetual, paid out at expiry. Its profit explained from snapshot to snapshot,
// the same profit out of the engine's books, and how closely delta and vega were kept by each
// convention. The figures stand in docs/option_runs.md; the bounds leave them a margin of a few
// tenths. Skipped where the recording is not.
#include "real_runs/option_fall.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "portfolio/explain.hpp"
#include "real_runs/premium_desk.hpp"

namespace ballast::option_run {
namespace {

void print_spread(std::string_view what, const std::vector<double>& values, int digits) {
  fmt::print("{}: median {:.{}f}, 95 % {:.{}f}, most {:.{}f}\n", what, magnitude(values, 0.5),
             digits, magnitude(values, 0.95), digits, magnitude(values, 1.0), digits);
}

// ---- what the desk earned
// ------------------------------------------------------------------------

struct Earned {
  Timestamp t;
  PnlExplain quote;
  PnlExplain coin;
  double hedge_quote = 0.0;
  double hedge_coin = 0.0;
};

PnlExplain sum_of(const std::vector<Earned>& all, PnlExplain Earned::*in) {
  PnlExplain sum;
  for (const Earned& one : all) {
    const PnlExplain& part = one.*in;
    for (double PnlExplain::*term : {&PnlExplain::delta, &PnlExplain::gamma, &PnlExplain::vega,
                                     &PnlExplain::theta, &PnlExplain::vanna, &PnlExplain::volga,
                                     &PnlExplain::new_trades, &PnlExplain::unexplained}) {
      sum.*term += part.*term;
    }
  }
  return sum;
}

void print_explain(std::string_view what, const PnlExplain& sum, double hedge, int digits) {
  fmt::print(
      "{}: delta {:.{}f}, gamma {:.{}f}, vega {:.{}f}, theta {:.{}f}, vanna {:.{}f}, volga "
      "{:.{}f}, trades {:.{}f}, unexplained {:.{}f}; options {:.{}f}, hedge {:.{}f}, both "
      "{:.{}f}\n",
      what, sum.delta, digits, sum.gamma, digits, sum.vega, digits, sum.theta, digits, sum.vanna,
      digits, sum.volga, digits, sum.new_trades, digits, sum.unexplained, digits, sum.total(),
      digits, hedge, digits, sum.total() + hedge, digits);
}

/// Walks the desk through the recording: `at_each` gets each step and what it earned since the
/// last.
void walk(
    const PremiumRules& rules,
    const std::function<void(const OptionMoment&, const PremiumStep&, const Earned&)>& at_each) {
  PremiumDesk desk(fall().desk, rules);
  std::optional<OptionBook> held;
  for (const OptionMoment& moment : fall().moments) {
    const PremiumStep step = desk.step(moment);
    Earned earned{step.t, {}, {}, step.hedge_quote, step.hedge_coin};
    if (!held) held = PremiumDesk::nothing_held(step.after);
    const auto quote = explain(*held, step.after, step.trades);
    const auto coin = explain(*held, step.after, step.trades, PnlUnit::coin);
    ASSERT_TRUE(quote && coin) << (quote ? coin.error().what : quote.error().what);
    earned.quote = *quote;
    earned.coin = *coin;
    at_each(moment, step, earned);
    held = step.after;
  }
}

TEST_F(OptionFall2026, is_imported_whole) {
  const auto all = count_import(
      {"option-chain", {}, files_of("deribit_chains_2026", "deribit_options_snapshot_")});
  ASSERT_TRUE(all) << all.error().what;
  EXPECT_EQ(all->refused, 0U);
  EXPECT_EQ(all->instruments, 4'908U + 102U) << "of both coins, and a future an expiry";
  ASSERT_EQ(all->notes.size(), 2U);
  EXPECT_EQ(all->notes[0], "1758 options had a mark of 0 or none: no mark of them");
  EXPECT_EQ(all->notes[1], "320 snapshots, 227788 quotes of 4908 options in 102 expiries");
  fmt::print("{} lines, {} events\n", all->lines, all->events);
  EXPECT_EQ(fall().moments.size(), 160U);
  std::size_t options = 0;
  for (const Instrument& one : fall().desk.instruments)
    options += one.option() ? 1U : 0U;
  EXPECT_EQ(options, 2214U);
}

/// A whole run of the desk.
struct FallRun {
  std::vector<Earned> all;
  std::size_t option_fills = 0;
  std::size_t at_expiry = 0;
  double hedge_quote = 0.0;
  double hedge_coin = 0.0;
  PnlExplain quote;
  PnlExplain coin;
};

FallRun run_fall(DeltaConvention hedged) {
  FallRun run;
  PremiumRules rules;
  rules.hedged = hedged;
  walk(rules, [&](const OptionMoment&, const PremiumStep& step, const Earned& earned) {
    run.all.push_back(earned);
    run.option_fills += step.trades.size();
    run.at_expiry += step.settled.size();
    run.hedge_quote += earned.hedge_quote;
    run.hedge_coin += earned.hedge_coin;
  });
  run.quote = sum_of(run.all, &Earned::quote);
  run.coin = sum_of(run.all, &Earned::coin);
  return run;
}

/// All that moved, whatever its sign: what the rest is to be held against.
double gross(const PnlExplain& of) {
  return std::fabs(of.delta) + std::fabs(of.gamma) + std::fabs(of.vega) + std::fabs(of.theta) +
         std::fabs(of.vanna) + std::fabs(of.volga) + std::fabs(of.new_trades);
}

TEST_F(OptionFall2026, profit_is_explained_by_greeks_from_snapshot_to_snapshot) {
  const FallRun run = run_fall(DeltaConvention::delta);
  ASSERT_EQ(run.all.size(), 160U);
  std::vector<double> quote;
  std::vector<double> coin;
  std::vector<double> profits;
  std::vector<double> shares;
  for (const Earned& one : run.all) {
    quote.push_back(one.quote.unexplained);
    coin.push_back(one.coin.unexplained);
    profits.push_back(one.quote.total());
    shares.push_back(one.quote.unexplained / gross(one.quote));
  }
  const auto worst = std::max_element(run.all.begin(), run.all.end(), [](const auto& a, auto& b) {
    return std::fabs(a.quote.unexplained) < std::fabs(b.quote.unexplained);
  });
  fmt::print("{} option fills, {} of them at expiry\n", run.option_fills, run.at_expiry);
  print_explain("USD", run.quote, run.hedge_quote, 0);
  print_explain("BTC", run.coin, run.hedge_coin, 4);
  print_spread("profit of options a snapshot, USD", profits, 0);
  print_spread("unexplained a snapshot, USD", quote, 1);
  print_spread("unexplained a snapshot, BTC", coin, 5);
  print_spread("unexplained over the sum of the terms' magnitudes", shares, 4);
  print_explain("the worst, " + to_string(worst->t), worst->quote, worst->hedge_quote, 0);

  EXPECT_EQ(run.option_fills, 121U);
  EXPECT_EQ(run.at_expiry, 29U);
  EXPECT_NEAR(run.quote.total() + run.hedge_quote, -36'805.0, 400.0);
  EXPECT_NEAR(run.coin.total() + run.hedge_coin, -1.3042, 0.015);
  EXPECT_LT(magnitude(quote, 0.5), 80.0);
  EXPECT_LT(magnitude(quote, 0.95), 650.0);
  EXPECT_LT(magnitude(quote, 1.0), 3'700.0);
  EXPECT_LT(magnitude(coin, 0.5), 0.001);
  EXPECT_LT(magnitude(coin, 0.95), 0.007);
  EXPECT_LT(magnitude(coin, 1.0), 0.033);
  EXPECT_LT(magnitude(shares, 0.5), 0.0085);
  EXPECT_LT(magnitude(shares, 0.95), 0.033);
  EXPECT_LT(std::fabs(run.quote.unexplained), 0.02 * std::fabs(run.quote.total()));
}

/// Hedged by Black's delta the profit is still in quote, hedged by delta_net it is still in coin:
/// each hedge leaves its own unit the smaller swings. Without gamma, which is the same in both,
/// what the delta of options and the hedge left together tells them apart.
TEST_F(OptionFall2026, each_hedge_stills_the_unit_of_its_convention) {
  const FallRun by_delta = run_fall(DeltaConvention::delta);
  const FallRun by_net = run_fall(DeltaConvention::delta_net);
  const auto left = [](const FallRun& run, bool in_coin) {
    double sum = 0.0;
    for (std::size_t i = 1; i < run.all.size(); ++i) {
      const Earned& one = run.all[i];
      const double rest =
          in_coin ? one.coin.delta + one.hedge_coin : one.quote.delta + one.hedge_quote;
      sum += rest * rest;
    }
    return std::sqrt(sum / static_cast<double>(run.all.size() - 1));
  };
  for (const auto* run : {&by_delta, &by_net}) {
    fmt::print(
        "hedged by {}: earned {:.0f} USD, {:.4f} BTC; delta and hedge left {:.0f} USD, "
        "{:.4f} BTC a snapshot (rms)\n",
        run == &by_delta ? "delta" : "delta_net", run->quote.total() + run->hedge_quote,
        run->coin.total() + run->hedge_coin, left(*run, false), left(*run, true));
  }
  EXPECT_LT(left(by_delta, false), left(by_net, false));
  EXPECT_LT(left(by_net, true), left(by_delta, true));
}

/// The profit in coin once more, out of the engine's books: what came to the account, what the
/// options are worth, and what the perpetual has not realised.
TEST_F(OptionFall2026, profit_in_coin_is_what_the_books_hold) {
  const Desk& desk = fall().desk;
  Engine engine(desk);
  BalanceChange deposit;
  deposit.place = {VenueId{0}, *AccountName::create("main")};
  deposit.asset = desk.find_asset("BTC");
  deposit.qty = Amount::whole(100);
  engine.step({fall().moments.front().t, deposit});
  double earned_coin = 0.0;
  double worth_coin = 0.0;
  double index = 0.0;
  walk({}, [&](const OptionMoment& moment, const PremiumStep& step, const Earned& earned) {
    for (const auto* events : {&step.settled, &moment.events, &step.traded}) {
      for (const Event& event : *events)
        engine.step(event);
    }
    earned_coin += earned.coin.total() + earned.hedge_coin;
    worth_coin = step.after.total()->value_coin;
    index = *moment.index;
  });
  const Report report = engine.report();
  EXPECT_EQ(report.events.refused, 0U) << report.refusals.at(0);
  ASSERT_EQ(report.balances.size(), 1U);
  double held = to_double(report.balances[0].qty) - 100.0 + worth_coin;
  for (const PositionReport& one : report.positions) {
    if (one.instrument != "BTC-PERPETUAL") continue;
    ASSERT_TRUE(one.unrealized_pnl);
    held += to_double(*one.unrealized_pnl);
  }
  ASSERT_TRUE(report.net_asset_value);
  const double at_marks = to_double(*report.net_asset_value) / index - 100.0;
  fmt::print("profit in coin: {:.8f} explained, {:.8f} in the books, {:.8f} at the venue's marks\n",
             earned_coin, held, at_marks);
  EXPECT_NEAR(held, earned_coin, 1e-9);
  EXPECT_NEAR(at_marks, held, 0.0045) << "marks follow from mark vols";
}

}  // namespace
}  // namespace ballast::option_run
