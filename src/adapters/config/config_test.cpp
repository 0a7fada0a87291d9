#include "adapters/config/config.hpp"

#include <gtest/gtest.h>

#include "adapters/config/config_samples.hpp"
#include "adapters/config/keys.hpp"
#include "adapters/config/schema_reader.hpp"

namespace ballast {
namespace {

Desk load(std::string_view text) {
  auto desk = load_desk(text, "desk.toml");
  EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
  return desk ? *desk : Desk{};
}

Decimal decimal(std::string_view text) { return *parse_decimal<Decimal>(text); }

TEST(Config, loads_the_published_sample_without_a_word) {
  EXPECT_EQ(check_desk(published_sample, "desk.toml"), std::vector<Problem>{});
  const Desk desk = load(published_sample);
  EXPECT_EQ(desk.name, "demo");
  EXPECT_EQ(desk.asset(desk.currency).name, "USDT");
  EXPECT_EQ(desk.instruments.size(), 1u);
  EXPECT_TRUE(desk.instruments[0].spot());
  EXPECT_EQ(desk.asset(desk.instruments[0].base).name, "BTC");
  const FactorConfig& factor = desk.factors.at(0);
  EXPECT_EQ(factor.kind, FactorKind::delta);
  EXPECT_TRUE(factor.whole_desk());
  EXPECT_EQ(desk.asset(factor.unit).name, "BTC");
  EXPECT_EQ(std::get<StaticTarget>(factor.target).value, decimal("0"));
  EXPECT_EQ(factor.band, (Range{decimal("-2"), decimal("2")}));
  EXPECT_EQ(factor.limit, (Range{decimal("-6"), decimal("6")}));
  EXPECT_EQ(factor.max_age, Duration::seconds(60));
  EXPECT_EQ(factor.weight, 1.0);
  const RuleConfig& rule = desk.rules.at(0);
  EXPECT_EQ(rule.factors, std::vector<FactorId>{FactorId{0}});
  EXPECT_EQ(rule.measure, Measure::abs_z);
  EXPECT_EQ(rule.comparison, Comparison::above);
  EXPECT_EQ(rule.threshold, 1.0);
  EXPECT_EQ(rule.dwell, Duration::seconds(30));
  EXPECT_EQ(rule.clear, 0.8);
  EXPECT_EQ(rule.severity, Severity::warning);
}

TEST(Config, reads_every_key) {
  EXPECT_EQ(check_desk(full_sample, "desk.toml"), std::vector<Problem>{});
  const Desk desk = load(full_sample);
  EXPECT_EQ(desk.name, "full \"desk\"");
  EXPECT_EQ(desk.grid, Duration::milliseconds(500));
  EXPECT_EQ(desk.transfer_overdue, Duration::hours(2));
  EXPECT_EQ(desk.break_grace, Duration{});
  EXPECT_EQ(desk.notifications_per_minute, 7u);
  EXPECT_EQ(desk.assets[0].equals, desk.find_asset("USDT"));
  EXPECT_TRUE(desk.venues[1].any_account());
  EXPECT_EQ(desk.instruments[1].base, desk.find_asset("BTC"));
  EXPECT_EQ(to_string(desk.instruments[1].contract_size), "0.001");
  EXPECT_EQ(to_string(*desk.instruments[2].expiry), "2024-12-27T08:00:00Z");
  EXPECT_EQ(desk.instruments[2].settlement(), desk.find_asset("BTC"));
}

template <class S>
void expect_written(const char* what) {
  for (const std::string_view key : schema::keys_of<S>()) {
    EXPECT_NE(full_sample.find(std::string(key) + " = "), std::string_view::npos)
        << what << ": " << key;
  }
}
template <class... Models>
void expect_models_written(const std::variant<Models...>* /*type*/, const char* what) {
  (expect_written<Models>(what), ...);
}

TEST(Config, has_a_sample_of_every_key_there_is) {
  expect_written<TradingTerms>("instrument");
  expect_written<LearningConfig>("learning");
  expect_written<OptionsConfig>("options");
  expect_written<JointTargetConfig>("joint target");
  expect_written<JointMember>("member");
  expect_written<RegimeLevel>("level");
  expect_models_written(static_cast<const TargetStage*>(nullptr), "stage");
  expect_written<ChannelConfig>("channel");
  expect_written<ControlConfig>("control");
  expect_written<QuoteConfig>("quote");
  expect_models_written(static_cast<const SkewModel*>(nullptr), "skew");
  expect_written<HedgeConfig>("hedge");
  expect_written<MarginConfig>("margin");
  expect_written<RouteConfig>("route");
  expect_written<RailsConfig>("rails");
  for (const auto& stage : target_stage_names)
    EXPECT_NE(full_sample.find(fmt::format("\"{}\"", stage.model)), std::string_view::npos);
  for (const std::string_view model : skew_model_names)
    EXPECT_NE(full_sample.find(fmt::format("\"{}\"", model)), std::string_view::npos);
  const auto all = [](const auto& keys) {
    for (const std::string_view key : keys)
      EXPECT_NE(full_sample.find(std::string(key) + " = "), std::string_view::npos) << key;
  };
  all(config_keys::desk);
  all(config_keys::factor);
}

TEST(Config, reads_control_and_what_it_rests_on) {
  const Desk desk = load(full_sample);
  EXPECT_EQ(desk.retarget, Duration::seconds(2));
  EXPECT_EQ(to_string(desk.instruments[0].terms.min_notional), "5");
  EXPECT_EQ(to_string(desk.instruments[0].terms.maker_fee), "-0.0001");
  EXPECT_EQ(desk.instruments[0].terms.fee_cap, std::nullopt);
  const Instrument& put = desk.instrument(desk.find_instrument("BTC-PUT"));
  EXPECT_EQ(to_string(put.terms.fee_cap.value()), "0.125");
  const FactorConfig& carry = desk.factor(desk.find_factor("delta:BTC", "carry"));
  ASSERT_EQ(carry.stages.size(), 8U);  // in the order in which they work
  EXPECT_TRUE(std::holds_alternative<CarryTilt>(carry.stages[0]));
  EXPECT_TRUE(std::holds_alternative<DriftTilt>(carry.stages[1]));
  EXPECT_TRUE(std::holds_alternative<AimSmoothing>(carry.stages[7]));
  EXPECT_EQ(std::get<CarryTilt>(carry.stages[0]).against, desk.find_instrument("BTC-USDT"));
  EXPECT_EQ(desk.learning.min_observations, 20U);
  EXPECT_EQ(desk.options.explain_every, Duration::minutes(30));
  EXPECT_EQ(desk.joint_targets.at(0).members.at(1).factor, desk.find_factor("delta:BTC", "vol"));
  const ControlConfig& control = *desk.find_control(FactorId{0});
  EXPECT_EQ(control.aim, HedgeStop::target);
  EXPECT_EQ(control.hedge, Mode::approve);
  EXPECT_EQ(control.failures_within, Duration::hours(2));
  EXPECT_EQ(desk.quotes.size(), 5U);
  EXPECT_EQ(std::get<OptionVegaSkew>(desk.quotes[4].model).vol_of_vol, 0.8);
  EXPECT_EQ(desk.margins.at(0).kind, MarginKind::portfolio);
  EXPECT_EQ(desk.margins[0].currency, desk.find_asset("BTC"));
  EXPECT_EQ(desk.margins[0].max_age, Duration::minutes(2));
  EXPECT_FALSE(desk.quotes[0].post_only);
  EXPECT_EQ(desk.quotes[1].place.account.view(), "sub/1");
  EXPECT_EQ(std::get<GlftSkew>(desk.quotes[2].model).method, GlftMethod::stationary);
  EXPECT_EQ(desk.hedges.at(0).position->upper, decimal("20000"));
  EXPECT_EQ(desk.routes.at(1).channel, desk.find_channel("credit"));
  EXPECT_EQ(to_string(*desk.routes[0].daily), "20000");
  EXPECT_EQ(to_string(desk.channels.at(0).balance), "400.5");
  EXPECT_EQ(desk.rails.messages, 20U);
}

TEST(Config, reads_factors_of_every_kind_and_model) {
  const Desk desk = load(full_sample);
  const FactorConfig& delta = desk.factors.at(0);
  EXPECT_EQ(delta.convention, DeltaConvention::delta_equity);
  EXPECT_EQ(delta.instrument, desk.find_instrument("BTC-PERP"));
  EXPECT_EQ(delta.reaction_delay, Duration::milliseconds(250));
  EXPECT_EQ(delta.band, (Range{decimal("-2.5"), decimal("2")}));
  const auto& schedule = std::get<ScheduleTarget>(delta.target);
  ASSERT_EQ(schedule.entries.size(), 3u);
  EXPECT_EQ(schedule.value, decimal("1.5"));
  EXPECT_EQ(schedule.entries[0],
            (ScheduleEntry{0x20, Duration::hours(21), Duration::hours(51), Decimal{}, {}, {}}));
  EXPECT_EQ(schedule.entries[1], (ScheduleEntry{0x3E,
                                                Duration::minutes(23 * 60 + 30),
                                                Duration::hours(1),
                                                {},
                                                decimal("0.5"),
                                                decimal("0.25")}));
  EXPECT_EQ(schedule.entries[2],
            (ScheduleEntry{0x7F, Duration{}, Duration::hours(24), {}, {}, decimal("2")}));

  EXPECT_EQ(desk.factors.at(1).book, "mm");
  EXPECT_EQ(desk.factors[1].band.lower.raw, -1);
  EXPECT_EQ(desk.find_factor("delta:BTC", "mm"), FactorId{1});

  const FactorConfig& cash = desk.factors.at(2);
  EXPECT_EQ(cash.kind, FactorKind::cash);
  EXPECT_EQ(cash.venue, desk.find_venue("binance"));
  EXPECT_EQ(cash.account.view(), "sub/1");
  EXPECT_EQ(std::get<ShareTarget>(cash.target).fraction, decimal("0.25"));

  const FactorConfig& notional = desk.factors.at(3);
  EXPECT_EQ(notional.kind, FactorKind::notional);
  EXPECT_EQ(notional.instrument, desk.find_instrument("BTCUSD_241227"));
  EXPECT_EQ(notional.unit, desk.find_asset("USD"));
}

TEST(Config, reads_rules_and_objectives_of_every_scope) {
  const Desk desk = load(full_sample);
  const RuleConfig& any = desk.rules.at(0);
  EXPECT_EQ(any.factors.size(), desk.factors.size());
  EXPECT_EQ(any.comparison, Comparison::at_least);
  EXPECT_EQ(any.threshold, 1.5);
  EXPECT_EQ(any.repeat, Duration::minutes(15));
  EXPECT_EQ(any.clear, std::nullopt);
  EXPECT_EQ(desk.rules.at(1).factors, std::vector<FactorId>{FactorId{1}});
  EXPECT_EQ(desk.rules[1].threshold, -0.5);
  const RuleConfig& whole = desk.rules.at(2);
  EXPECT_TRUE(whole.factors.empty());
  EXPECT_EQ(whole.measure, Measure::adherence);
  EXPECT_EQ(whole.window, Window::hour_24);
  EXPECT_EQ(desk.objectives.at(0).over, Window::day_30);
  EXPECT_EQ(desk.objectives[0].severity, Severity::critical);
  EXPECT_EQ(desk.objectives.at(1).factor, FactorId{1});
  EXPECT_EQ(desk.objectives[1].measure, Measure::adherence);
  EXPECT_EQ(desk.objectives[1].goal, 0.5);
  EXPECT_EQ(desk.objectives[0].clear, 0.9);
  EXPECT_EQ(desk.objectives[1].clear, 0.75);
}

constexpr std::string_view option_tables = R"toml(
[[instruments]]
name = "BTC-CALL"
kind = "option_inverse"
venue = "binance"
underlying = "BTC"
quote = "USDT"
expiry = 2026-03-27T08:00:00Z
strike = "70000"
right = "call"
[[factors]]
name = "delta:BTC"
book = "options"
convention = "delta_net"
band = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[[factors]]
name = "gamma:BTC"
band = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[[factors]]
name = "vega:BTC@7d..30d"
band = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[[factors]]
name = "theta:BTC@..7d"
book = "options"
band = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
)toml";

TEST(Config, reads_factors_that_count_options) {
  const std::string text = std::string(published_sample) + std::string(option_tables);
  EXPECT_EQ(check_desk(text, "desk.toml"), std::vector<Problem>{});
  const Desk desk = load(text);
  ASSERT_EQ(desk.factors.size(), 5U);
  const AssetId btc = desk.find_asset("BTC");
  EXPECT_EQ(desk.instruments[1].settlement(), btc);
  EXPECT_FALSE(desk.instruments[1].inverse());
  EXPECT_EQ(desk.instruments[1].contract_size, Quantity::whole(1));
  EXPECT_EQ(desk.factors[1].convention, DeltaConvention::delta_net);
  EXPECT_EQ(desk.factors[2].kind, FactorKind::gamma);
  EXPECT_EQ(desk.factors[2].unit, btc);
  EXPECT_EQ(desk.factors[2].bucket, ExpiryBucket{});
  EXPECT_EQ(desk.factors[3].kind, FactorKind::vega);
  EXPECT_EQ(desk.factors[3].asset, btc);
  EXPECT_EQ(desk.factors[3].unit, desk.find_asset("USDT"));
  EXPECT_EQ(desk.factors[3].bucket, (ExpiryBucket{Duration::days(7), Duration::days(30)}));
  EXPECT_EQ(desk.factors[4].kind, FactorKind::theta);
  EXPECT_EQ(desk.factors[4].bucket, (ExpiryBucket{std::nullopt, Duration::days(7)}));
  EXPECT_EQ(load(canonical_desk(desk)), desk);
}

TEST(Config, writes_a_canonical_text_that_loads_to_an_equal_desk) {
  for (const std::string_view sample : {published_sample, full_sample}) {
    const Desk desk = load(sample);
    const std::string text = canonical_desk(desk);
    EXPECT_EQ(check_desk(text, "canonical"), std::vector<Problem>{});
    EXPECT_EQ(load(text), desk);
    EXPECT_EQ(canonical_desk(load(text)), text);
  }
}

TEST(Config, writes_numbers_beyond_64_bits_so_that_they_read_back) {
  std::string text(published_sample);
  text.replace(text.find("weight = 1.0"), 12, "weight = 9.223372036854775808e19");
  const Desk desk = load(text);
  EXPECT_EQ(load(canonical_desk(desk)), desk);
}

TEST(Config, has_one_canonical_text_whatever_the_order_and_comments_of_the_source) {
  const std::string one = canonical_desk(load(published_sample));
  std::string shuffled(published_sample);
  const auto replace = [&](std::string_view from, std::string_view to) {
    const std::size_t at = shuffled.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    shuffled.replace(at, from.size(), to);
  };
  replace("weight = 1.0                      # optional", "weight = 1");
  replace("max_age = \"60s\"", "max_age = \"1m\"");
  replace("name = \"binance\"\naccounts = [\"main\"]", "accounts = [\"main\"]\nname = \"binance\"");
  EXPECT_EQ(canonical_desk(load(shuffled)), one);
  replace("upper = \"6\"", "upper = \"6.000000000000000001\"");
  EXPECT_NE(canonical_desk(load(shuffled)), one);
}

TEST(Config, takes_line_ends_of_either_kind_and_a_byte_order_mark) {
  std::string windows;
  for (const char c : published_sample)
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(load(windows), load(published_sample));
  EXPECT_EQ(load("\xef\xbb\xbf" + std::string(published_sample)), load(published_sample));
}

}  // namespace
}  // namespace ballast
