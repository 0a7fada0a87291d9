// What options cost as hedges, end to end: the fee that control expects is the one that the paper
// venue charges, a share of the coin up to a share of the premium.
#include <cmath>

#include <gtest/gtest.h>

#include "control/desk_loop.hpp"
#include "control/option_desk_toml.hpp"

namespace ballast {
namespace {

std::string replaced_everywhere(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

/// The option desk, its options charged by these terms; where they are `linear`, paid in USDT.
std::string charged_options(std::string_view terms, bool linear = false) {
  std::string toml = option_desk_toml();
  for (const std::string_view right : {"right = \"call\"\n", "right = \"put\"\n"})
    toml = replaced_everywhere(toml, right, std::string(right) + std::string(terms));
  return linear ? replaced_everywhere(toml, "option_inverse", "option_linear") : toml;
}

/// A minute of tops, calls sold to clients, and what control does about it. Premiums in USDT are
/// those in coins at 60,000.
void sell_calls(DeskLoop& loop, bool linear = false) {
  std::vector<Event> events;
  Timestamp now = parse_timestamp("2026-01-05T12:00:00Z").value();
  const auto premium = [&](int coins_of_10_000) {
    return Price::from_raw(Int128{coins_of_10_000} * (decimal_one / 10'000) *
                           (linear ? 60'000 : 1));
  };
  const auto second = [&](int step) {
    now = now + Duration::seconds(1);
    const auto top = [&](const char* name, Price bid, Price ask) {
      const auto size = Quantity::whole(500);
      events.push_back({now, Top{loop.desk().find_instrument(name), bid, size, ask, size}});
    };
    top("BTC-PERP", Price::whole(59'999 + step % 3), Price::whole(60'000 + step % 3));
    top("C60", premium(680), premium(690));
    top("C66", premium(330), premium(340));
    top("P54", premium(240), premium(260));
  };
  Surface surface;
  surface.underlying = loop.desk().find_asset("BTC");
  surface.expiry = *loop.desk().instrument(loop.desk().find_instrument("C60")).expiry;
  surface.vol = 0.6;
  events.push_back({now, surface});
  for (int i = 0; i < 60; ++i)
    second(i);
  Event sale = client_fill(now, "c1", Side::sell, "50", to_string(premium(340)));
  std::get<Fill>(sale.body).key.instrument = loop.desk().find_instrument("C66");
  events.push_back(sale);
  for (int i = 60; i < 65; ++i)
    second(i);
  loop.run(events);
}

/// Of one contract of C60, in USDT, as the last proposal weighed it.
double expected_fee(DeskLoop& loop) {
  const InstrumentId c60 = loop.desk().find_instrument("C60");
  for (const Weighed& weighed :
       loop.engine().control().watch(loop.desk().find_factor("vega:BTC", "*"))->proposal->weighed) {
    if (loop.desk().hedges[weighed.hedge].instrument == c60)
      return weighed.fee * std::fabs(weighed.per_quantity);
  }
  ADD_FAILURE() << "C60 was not weighed";
  return 0.0;
}

/// Of one contract of C60, as it was charged; in what it was charged in.
double charged_fee(const DeskLoop& loop) {
  const InstrumentId c60 = loop.desk().find_instrument("C60");
  for (const Fill& fill : loop.of<Fill>()) {
    if (fill.key.instrument != c60 || fill.origin != Origin::hedge) continue;
    EXPECT_EQ(fill.fee->asset, loop.desk().instrument(c60).settlement());
    return to_double(fill.fee->amount) / to_double(fill.qty);
  }
  ADD_FAILURE() << "C60 was not traded";
  return 0.0;
}

TEST(OptionFees, are_expected_and_charged_as_a_share_of_the_coin) {
  DeskLoop loop(charged_options("taker_fee = \"0.0003\"\nfee_cap = \"0.125\"\n"));
  sell_calls(loop);
  EXPECT_NEAR(expected_fee(loop), 0.0003 * 60'000, 0.001);
  EXPECT_NEAR(charged_fee(loop), 0.0003, 1e-15);
}

TEST(OptionFees, are_expected_and_charged_up_to_a_share_of_the_premium) {
  DeskLoop loop(charged_options("taker_fee = \"0.0003\"\nfee_cap = \"0.001\"\n"));
  sell_calls(loop);
  EXPECT_NEAR(expected_fee(loop), 0.001 * 0.0685 * 60'000, 0.001);  // at its mark
  EXPECT_NEAR(charged_fee(loop), 0.001 * 0.069, 1e-15);             // at the ask
}

TEST(OptionFees, of_options_paid_in_quote_are_of_the_coins_price) {
  DeskLoop loop(charged_options("taker_fee = \"0.0003\"\nfee_cap = \"0.125\"\n", true));
  sell_calls(loop, true);
  EXPECT_NEAR(expected_fee(loop), 0.0003 * 60'000, 0.001);
  EXPECT_NEAR(charged_fee(loop), 0.0003 * 60'000, 0.001);
}

TEST(OptionFees, are_counted_among_what_a_hedge_did_cost) {
  DeskLoop free(charged_options(""));
  DeskLoop charged(charged_options("taker_fee = \"0.0003\"\n"));
  sell_calls(free);
  sell_calls(charged);
  const auto vega_hedge = [](DeskLoop& loop) {
    const Report report = loop.engine().report();
    for (const ControlReport& control : report.control) {
      if (control.factor == "vega:BTC")
        return control.actions[static_cast<std::size_t>(Action::hedge)];
    }
    ADD_FAILURE() << "no control of vega";
    return ActionReport{};
  };
  double contracts = 0.0;
  for (const Fill& fill : charged.of<Fill>()) {
    if (fill.origin == Origin::hedge && charged.desk().instrument(fill.key.instrument).option())
      contracts += to_double(fill.qty);
  }
  ASSERT_GT(contracts, 0.0);
  const double paid = contracts * 0.0003 * 60'000;
  const auto without = vega_hedge(free);
  const auto with = vega_hedge(charged);
  EXPECT_NEAR(with.realised_cost.value() - without.realised_cost.value(), paid, 0.1);
  EXPECT_NEAR(with.expected_cost - without.expected_cost, paid, 0.1);
}

}  // namespace
}  // namespace ballast
