#include "runtime/outbox/alert_feed.hpp"

#include <gtest/gtest.h>

#include "engine/engine_test_desk.hpp"
#include "runtime/outbox/outbox_test.hpp"

namespace ballast {
namespace {

using test::at;
using test::dec;
using testing::MemoryStore;

/// A desk with a rule on its BTC, run as a live desk would: each event's effects are told.
class Scene {
 public:
  Scene() : engine_(desk()) {
    settings_.sinks = {testing::sink_settings("chat")};
    settings_.dashboard = "https://desk.example";
    open();
  }

  static Desk desk() {
    Desk desk = test::plain_desk();
    desk.factors = {test::delta(desk, "BTC", "1", "5")};
    RuleConfig rule;
    rule.name = "out";
    rule.factors = {FactorId{0}};
    rule.threshold = 1.0;
    rule.dwell = Duration::seconds(30);
    desk.rules = {rule};
    return desk;
  }

  void open() {
    OutboxParts parts{.desk = "test",
                      .settings = settings_,
                      .sinks = {},
                      .store = std::make_unique<MemoryStore>(rows),
                      .wall = [] { return testing::t0; }};
    parts.sinks.push_back(std::make_unique<NoSink>());
    outbox = std::move(*Outbox::open(std::move(parts), seq_));
    feed = std::make_unique<AlertFeed>(*outbox, settings_);
  }

  void step(const Event& event, bool live = true) {
    ++seq_;
    std::vector<SeqEffect> effects;
    for (const Effect& effect : engine_.step(event))
      effects.push_back({seq_, effect});
    if (live) feed->take(engine_, engine_.now(), effects);
    all_.push_back(event);
  }
  /// As a restart does from event 1: what it steps, it hands to the feed.
  void replay() {
    const Desk same = desk();
    Engine engine(same);
    std::uint64_t seq = 0;
    for (const Event& event : all_) {
      const auto effects = engine.step(event);
      feed->replayed(engine, ++seq, effects);
    }
    feed->reconcile(engine, engine.now());
  }
  Event buy(std::string_view clock, std::string_view qty) {
    return trader_.fill(at(clock), "BTC-USDT", Side::buy, qty, "40000");
  }

  /// "id state" of what waits.
  std::vector<std::string> queued() const {
    std::vector<std::string> all;
    for (const QueuedDelivery& delivery : rows->image.deliveries)
      all.push_back(delivery.notification.id + " " +
                    std::string(to_string(delivery.notification.state)));
    return all;
  }
  const Notification& last() const { return rows->image.deliveries.back().notification; }
  Engine& engine() { return engine_; }

  std::shared_ptr<MemoryStore::Rows> rows = std::make_shared<MemoryStore::Rows>();
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<AlertFeed> feed;

 private:
  class NoSink final : public AlertSink {
   public:
    SinkTraits traits() const override { return {}; }
    tl::expected<Delivered, DeliveryFailure> deliver(const Notification& /*n*/,
                                                     Duration /*at_most*/,
                                                     std::stop_token /*stop*/) override {
      return Delivered{};
    }
  };

  AlertSettings settings_;
  Engine engine_;
  test::Trader trader_{&engine_.desk()};
  std::vector<Event> all_;
  std::uint64_t seq_ = 0;
};

using Strings = std::vector<std::string>;

TEST(AlertFeed, says_what_a_person_needs_of_an_alert) {
  Scene scene;
  scene.step(scene.buy("12:00:00", "2"));
  EXPECT_EQ(scene.queued(), Strings{}) << "pending is not told";
  scene.step({at("12:01:00"), Tick{}});
  ASSERT_EQ(scene.queued(), Strings{"out/delta:BTC/1 firing"});
  const Notification& n = scene.last();
  EXPECT_EQ(n.rule, "out");
  EXPECT_EQ(n.factor, "delta:BTC");
  EXPECT_EQ(n.book, "*");
  EXPECT_EQ(n.threshold, "abs_z > 1 for 30s");
  EXPECT_EQ(n.since, at("12:00:30"));
  EXPECT_EQ(n.t, at("12:00:30"));
  EXPECT_EQ(n.value, 2.0);
  EXPECT_EQ(n.desk, "test");
  EXPECT_EQ(n.link, "https://desk.example/alerts?id=out%2Fdelta%3ABTC%2F1");

  Acknowledge acknowledge;
  acknowledge.rule = RuleId{0};
  acknowledge.factor = FactorId{0};
  scene.step({at("12:02:00"), acknowledge});
  scene.step(scene.buy("12:03:00", "0.1"));
  scene.step({at("12:03:30"), test::target(at("12:03:30"), FactorId{0}, "2", "1", "3").body});
  EXPECT_EQ(scene.queued(), (Strings{"out/delta:BTC/1 firing", "out/delta:BTC/1 acknowledged",
                                     "out/delta:BTC/1 resolved"}));
  EXPECT_EQ(scene.last().since, at("12:00:30")) << "when it began to fire";
  EXPECT_EQ(scene.last().t, at("12:03:30"));
}

TEST(AlertFeed, tells_after_a_restart_what_nobody_was_told_before_and_nothing_else) {
  Scene scene;
  scene.step(scene.buy("12:00:00", "2"));
  scene.step({at("12:01:00"), Tick{}});
  // Durable in the journal; and then the machine died.
  scene.step({at("12:02:00"), test::target(at("12:02:00"), FactorId{0}, "2", "1", "3").body},
             false);
  scene.step({at("12:03:00"), test::target(at("12:03:00"), FactorId{0}, "9", "8", "10").body},
             false);
  scene.step({at("12:04:00"), Tick{}}, false);
  scene.open();
  const Strings told{"out/delta:BTC/1 firing", "out/delta:BTC/1 resolved",
                     "out/delta:BTC/2 firing"};
  scene.replay();
  EXPECT_EQ(scene.queued(), told);
  scene.open();
  scene.replay();
  EXPECT_EQ(scene.queued(), told);
}

TEST(AlertFeed, tells_of_breaks_and_their_end) {
  Scene scene;
  const Place main{VenueId{0}, AccountName("main")};
  scene.step(scene.buy("12:00:00", "1"));
  const auto state = [&](const char* clock, const char* qty) {
    return Event{at(clock), Statement{main, {}, AssetId{1}, dec<Quantity>(qty)}};
  };
  scene.step(state("12:00:10", "0.4"));
  ASSERT_EQ(scene.queued(), Strings{"break/binance/main/BTC firing"});
  EXPECT_EQ(scene.last().reason, "the statement says 0.4, our books 1");
  EXPECT_EQ(scene.last().factor, "BTC at binance/main");
  scene.step(state("12:00:20", "1"));
  EXPECT_EQ(scene.queued(),
            (Strings{"break/binance/main/BTC firing", "break/binance/main/BTC resolved"}));
}

TEST(AlertFeed, tells_of_kill_switches_with_their_reason) {
  Scene scene;
  Kill kill;
  kill.reason = Note("fat finger");
  kill.by = Note("ada");
  scene.step({at("12:00:00"), kill});
  ASSERT_EQ(scene.queued(), Strings{"kill_switch/desk/1 firing"});
  EXPECT_EQ(scene.last().severity, Severity::critical);
  EXPECT_NE(scene.last().reason.find("fat finger"), std::string::npos) << scene.last().reason;
  EXPECT_FALSE(scene.last().value);
}

TEST(AlertFeed, ends_after_a_reload_what_the_new_desk_does_not_know_and_tells_what_it_finds) {
  Scene scene;
  scene.step(scene.buy("12:00:00", "2"));
  scene.step({at("12:01:00"), Tick{}});
  Desk other = Scene::desk();
  other.rules[0].name = "renamed";
  Engine engine(other);
  test::Trader trader{&engine.desk()};
  engine.step(trader.fill(at("12:00:00"), "BTC-USDT", Side::buy, "2", "40000"));
  engine.step({at("12:01:00"), Tick{}});
  scene.feed->reconcile(engine, at("12:02:00"));
  const Strings told{"out/delta:BTC/1 firing", "out/delta:BTC/1 resolved",
                     "renamed/delta:BTC/1 firing"};
  EXPECT_EQ(scene.queued(), told);
  scene.feed->reconcile(engine, at("12:03:00"));
  EXPECT_EQ(scene.queued(), told);
}

}  // namespace
}  // namespace ballast
