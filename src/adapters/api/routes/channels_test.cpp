// What the stream is told: wholes first, then only what changed, each thing once; and a model that
// follows the changes ends where REST stands.
#include "adapters/api/routes/channels.hpp"

#include <map>
#include <set>

#include "adapters/api/routes/scripted_desk_test.hpp"
#include "base/rng.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::Json;
using test::ScriptedDesk;

/// Keeps what it is told, as a hub would.
class Listener final : public ChannelSink {
 public:
  void publish(Timestamp /*now*/, std::vector<ChannelChange> changes) override {
    ++published;
    for (ChannelChange& change : changes) {
      EXPECT_TRUE(listened.contains(change.channel)) << change.channel << " has no listener";
      auto& held = items[change.channel];
      EXPECT_TRUE(change.whole || told.contains(change.channel)) << change.channel;
      told.insert(change.channel);
      if (change.whole) held.clear();
      std::set<std::string> keys;
      for (auto& [key, json] : change.items) {
        EXPECT_TRUE(keys.insert(key).second) << key << " twice in one change";
        EXPECT_TRUE(Json::accept(json)) << json;
        held[key] = json;
        ++rendered[change.channel];
      }
      for (const std::string& key : change.removed) {
        EXPECT_TRUE(held.contains(key)) << key << " was never there";
        held.erase(key);
      }
      log.push_back(std::move(change));
    }
  }
  bool wanted(std::string_view channel) const override {
    return listened.contains(std::string(channel));
  }

  std::set<std::string> listened;
  std::set<std::string> told;
  std::map<std::string, std::map<std::string, std::string>> items;
  std::map<std::string, std::size_t> rendered;
  std::vector<ChannelChange> log;
  std::size_t published = 0;
};

class ChannelsTest : public ::testing::Test {
 protected:
  ChannelsTest() : now(test::an_eventful_morning(desk)) {}
  /// The wall goes on and the desk tells a group of its last step.
  void tick(Duration wall_passed = Duration::milliseconds(50)) {
    wall = wall + wall_passed;
    desk.as_group([&](const DeskGroup& group) { channels.follow(group); });
  }
  void step(const Event& event) {
    desk.step(event);
    desk.as_group([&](const DeskGroup& group) { channels.follow(group); });
  }
  std::set<std::string> keys(const std::string& channel) {
    std::set<std::string> out;
    for (const auto& [key, json] : sink.items[channel])
      out.insert(key);
    return out;
  }

  ScriptedDesk desk;
  Timestamp now;
  Client client{desk};
  Listener sink;
  Duration wall = Duration::seconds(1000);
  Channels channels{sink,
                    desk.paths,
                    client.services,
                    {.interval = Duration::milliseconds(50),
                     .refresh = Duration::seconds(1),
                     .wall = [this] { return wall; }}};
  ballast::test::Trader mm{&desk.desk(), "mm", 7000};
};

TEST_F(ChannelsTest, nobody_listens_and_nothing_is_told) {
  tick();
  step(mm.fill(now, "BTC-USDT", Side::buy, "1", "60000"));
  tick();
  EXPECT_EQ(sink.published, 0U);
}

TEST_F(ChannelsTest, every_channel_begins_with_everything_that_rest_lists) {
  sink.listened = {"positions", "balances",  "exposures", "alerts",    "proposals", "quotes",
                   "orders",    "transfers", "breaks",    "adherence", "health"};
  tick();
  for (const char* channel : {"positions", "balances", "exposures", "alerts", "proposals", "quotes",
                              "orders", "transfers", "breaks"}) {
    std::multiset<std::string> told;
    for (const auto& [key, json] : sink.items[channel])
      told.insert(Json::parse(json).dump());
    std::multiset<std::string> listed;
    const Json items = client.json(std::string("/api/v1/") + channel)["items"];
    for (const Json& item : items)
      listed.insert(item.dump());
    EXPECT_EQ(told, listed) << channel;
  }
  EXPECT_EQ(Json::parse(sink.items["health"]["health"]), client.json("/api/v1/health"));
  const Json adherence = Json::parse(sink.items["adherence"]["desk"]);
  EXPECT_EQ(adherence["adherence"]["all"], client.json("/api/v1/adherence")["adherence"]);
  EXPECT_EQ(sink.items["exposures"].begin()->first, "cash:USDT@binance");
}

TEST_F(ChannelsTest, what_a_group_touches_is_told_once_and_not_before_its_time) {
  sink.listened = {"exposures", "positions"};
  tick();
  sink.log.clear();
  for (int i = 0; i < 50; ++i)
    step(mm.fill(now, "BTC-USDT", Side::buy, "0.01", "60000"));
  EXPECT_TRUE(sink.log.empty()) << "within the interval";
  tick();
  EXPECT_EQ(Json::parse(sink.items["exposures"]["delta:BTC"]),
            client.json("/api/v1/exposures/delta:BTC"));
  EXPECT_EQ(Json::parse(sink.items["positions"]["binance/main/mm/BTC-USDT"])["qty"], "3.5");
}

TEST_F(ChannelsTest, one_factor_alone_has_a_channel_of_its_own) {
  sink.listened = {"exposures:delta:BTC@mm"};
  tick();
  EXPECT_EQ(keys("exposures:delta:BTC@mm"), (std::set<std::string>{"delta:BTC@mm"}));
  EXPECT_FALSE(sink.items.contains("exposures"));
  step(mm.fill(now, "BTC-USDT", Side::buy, "1", "60000"));
  tick();
  EXPECT_EQ(Json::parse(sink.items["exposures:delta:BTC@mm"]["delta:BTC@mm"])["actual"], "4");
}

TEST_F(ChannelsTest, figures_that_move_by_time_alone_are_told_in_turn) {
  sink.listened = {"exposures"};
  tick();
  sink.rendered.clear();
  for (int i = 0; i < 20; ++i)
    tick();
  EXPECT_GE(sink.rendered["exposures"], desk.desk().factors.size());
}

TEST_F(ChannelsTest, an_alert_that_ends_is_told_as_ok_and_then_leaves) {
  sink.listened = {"alerts"};
  tick();
  ASSERT_EQ(sink.items["alerts"].size(), 1U);
  const std::string id = sink.items["alerts"].begin()->first;
  step(mm.fill(now, "BTC-USDT", Side::sell, "3", "60000"));
  tick();
  EXPECT_EQ(Json::parse(sink.items["alerts"][id])["state"], "ok");
  tick();
  EXPECT_TRUE(sink.items["alerts"].empty());
}

TEST_F(ChannelsTest, a_transfer_and_a_break_that_end_are_told_once_more) {
  sink.listened = {"transfers", "breaks"};
  tick();
  Transfer arrived;
  arrived.id = *TradeId::create("t1");
  arrived.asset = AssetId{0};
  arrived.qty = test::dec<Amount>("1000");
  arrived.from = {VenueId{0}, AccountName("main")};
  arrived.to = {VenueId{1}, AccountName("main")};
  arrived.state = TransferState::arrived;
  step({now, arrived});
  Statement statement;
  statement.place = {VenueId{0}, AccountName("main")};
  statement.instrument = desk.desk().find_instrument("BTC-USD");
  statement.qty = test::dec<Quantity>("12");
  step({now + Duration::seconds(1), statement});
  tick();
  EXPECT_EQ(Json::parse(sink.items["transfers"]["t1"])["ended"], true);
  ASSERT_EQ(sink.items["breaks"].size(), 1U);
  EXPECT_EQ(Json::parse(sink.items["breaks"].begin()->second)["open"], false);
  tick();
  EXPECT_TRUE(sink.items["transfers"].empty());
  EXPECT_TRUE(sink.items["breaks"].empty());
}

TEST_F(ChannelsTest, who_comes_back_gets_everything_again) {
  sink.listened = {"positions"};
  tick();
  sink.listened.clear();
  tick();
  ballast::test::Trader other{&desk.desk(), "other", 8000};
  step(other.fill(now, "BTC-USDT", Side::buy, "1", "60000"));
  tick();
  sink.listened = {"positions"};
  sink.told.clear();
  tick();
  EXPECT_TRUE(sink.items["positions"].contains("binance/main/other/BTC-USDT"));
  EXPECT_TRUE(sink.log.back().whole);
}

TEST_F(ChannelsTest, after_a_reload_everything_is_told_as_a_whole) {
  sink.listened = {"exposures", "alerts"};
  tick();
  channels.restart();
  sink.log.clear();
  tick();
  ASSERT_EQ(sink.log.size(), 2U);
  for (const ChannelChange& change : sink.log)
    EXPECT_TRUE(change.whole) << change.channel;
}

TEST_F(ChannelsTest, who_follows_the_changes_stands_where_rest_stands) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    sink.listened = {"positions", "exposures", "balances", "alerts",
                     "quotes",    "orders",    "proposals"};
    for (int i = 0; i < 120; ++i) {
      mm.book = "b" + std::to_string(rng.below(6));
      const char* const names[] = {"BTC-USDT", "BTC-PERP", "ETH-USDT"};
      if (rng.below(4) == 0) test::pass(desk, now, 1);
      step(mm.fill(now, names[rng.below(3)], rng.below(2) == 0 ? Side::buy : Side::sell, "1",
                   "60000"));
      if (rng.below(3) == 0) tick();
    }
    tick();
    tick(Duration::seconds(1));
    for (int i = 0; i < 25; ++i)
      tick();
    for (const char* channel :
         {"positions", "exposures", "balances", "alerts", "quotes", "orders"}) {
      std::multiset<std::string> told;
      for (const auto& [key, json] : sink.items[channel])
        told.insert(Json::parse(json).dump());
      std::multiset<std::string> listed;
      const Json items = client.json(std::string("/api/v1/") + channel + "?limit=1000")["items"];
      for (const Json& item : items)
        listed.insert(item.dump());
      EXPECT_EQ(told, listed) << channel;
    }
  }
}

}  // namespace
}  // namespace ballast::api
