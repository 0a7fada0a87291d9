// The demonstration's desk, as text and as value.
#include "sim/demo_desk.hpp"

#include <gtest/gtest.h>

#include "adapters/config/config.hpp"

namespace ballast {
namespace {

TEST(DemoDesk, its_text_means_its_value) {
  const auto loaded = load_desk(demo_desk_toml, "demo.toml");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().what;
  EXPECT_EQ(*loaded, demo_desk());
  EXPECT_EQ(canonical_desk(*loaded), canonical_desk(demo_desk()));
}

TEST(DemoDesk, has_no_errors_and_its_ids_name_what_they_say) {
  for (const Problem& problem : check_desk(demo_desk_toml, "demo.toml")) {
    EXPECT_EQ(problem.kind, Problem::Kind::warning) << to_string(problem);
  }
  constexpr DemoIds id;
  const Desk desk = demo_desk();
  EXPECT_EQ(desk.find_instrument("BTC-USD-PERP"), id.btc_inverse);
  EXPECT_EQ(desk.find_instrument("ETH-USDT-PERP"), id.eth_linear);
  EXPECT_EQ(desk.find_factor("delta:ETH", "*"), id.delta_eth);
  EXPECT_EQ(desk.find_venue("deribit"), id.deribit);
  EXPECT_EQ(desk.find_factor("vega:BTC", "*"), id.vega_btc);
  EXPECT_EQ(desk.find_factor("gamma:BTC", "*"), id.gamma_btc);
  EXPECT_EQ(desk.find_rule("btc-blind"), id.btc_blind);
  for (std::size_t i = 0; i < demo_options.size(); ++i)
    EXPECT_EQ(desk.find_instrument(demo_options[i].name), id.option(i));
}

}  // namespace
}  // namespace ballast
