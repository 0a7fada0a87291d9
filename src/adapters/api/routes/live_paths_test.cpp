// Paths over a restart and a reload.
#include "adapters/api/routes/scripted_desk_test.hpp"

namespace ballast::api {
namespace {

using test::ScriptedDesk;

TEST(LivePaths, go_on_after_a_restart_as_if_there_was_none) {
  ScriptedDesk desk;
  Timestamp now = test::an_eventful_morning(desk);
  LivePaths again;
  ASSERT_TRUE(again.load(desk.paths.save()));
  again.resume(desk.engine());
  EXPECT_EQ(again.save(), desk.paths.save());
  test::pass(desk, now, 5);
  again.replayed(desk.engine());
  EXPECT_EQ(again.state_since(FactorId{0}), desk.paths.state_since(FactorId{0}));
}

TEST(LivePaths, what_nobody_watched_is_unknown) {
  ScriptedDesk desk;
  Timestamp now = test::an_eventful_morning(desk);
  const std::string saved = desk.paths.save();
  const Timestamp stopped = now;
  test::pass(desk, now, 600);
  LivePaths again;
  ASSERT_TRUE(again.load(saved));
  again.resume(desk.engine());
  const FactorId eth{1};  // BTC is unknown by then: there is a break
  const auto path =
      again.path(eth)->between(stopped - Duration::seconds(5), now + Duration::seconds(1), 600);
  ASSERT_GE(path.size(), 2U);
  EXPECT_TRUE(path.back().known);
  EXPECT_EQ(path.back().t, now);
  EXPECT_FALSE(path[path.size() - 2].known);
  EXPECT_EQ(path[path.size() - 2].t, stopped);
  EXPECT_EQ(path[path.size() - 2].actual, -2.5) << "the last level is held";
  EXPECT_EQ(again.state_since(eth), std::nullopt);
}

TEST(LivePaths, saved_ones_pass_over_what_they_know_in_a_replay_and_go_on_from_there) {
  ScriptedDesk desk;
  Timestamp now = test::an_eventful_morning(desk);
  const std::string saved = desk.paths.save();
  ScriptedDesk replay;  // from the first event, as after an upgrade
  ASSERT_TRUE(replay.paths.load(saved));
  test::an_eventful_morning(replay);
  const FactorId eth{1};
  const Timestamp stopped = now + Duration{1};
  EXPECT_EQ(replay.paths.path(eth)->between({}, stopped, 600).size(),
            desk.paths.path(eth)->between({}, stopped, 600).size());
  now = now + Duration::seconds(2);  // what the journal has beyond the save
  ballast::test::Trader prop{&replay.desk(), "prop", 500};
  replay.step(prop.fill(now, "ETH-USDT", Side::sell, "1", "3001"));
  const auto path = replay.paths.path(eth)->between({}, now + Duration::seconds(1), 600);
  EXPECT_EQ(path.back().t, now);
  EXPECT_TRUE(path.back().known);
}

TEST(LivePaths, of_a_journal_that_was_further_nothing_is_kept) {
  ScriptedDesk further;
  test::an_eventful_morning(further);
  ScriptedDesk desk;
  Timestamp now = test::at("12:00:00");
  test::pass(desk, now, 10);
  LivePaths again;
  ASSERT_TRUE(again.load(further.paths.save()));
  again.resume(desk.engine());
  test::pass(desk, now, 1);
  again.replayed(desk.engine());
  EXPECT_TRUE(again.path(FactorId{0})->excursions({}, Timestamp{INT64_MAX}).empty());
}

TEST(LivePaths, a_reload_keeps_the_paths_of_factors_that_stay) {
  ScriptedDesk desk;
  test::an_eventful_morning(desk);
  Desk other = test::scripted_desk();
  std::swap(other.factors[0], other.factors[1]);
  other.controls.clear();
  other.quotes.clear();
  other.rules.clear();
  other.objectives.clear();
  ScriptedDesk reloaded(other);
  test::an_eventful_morning(reloaded);
  desk.paths.resume(reloaded.engine());
  const auto eth = desk.paths.path(FactorId{0})->between({}, Timestamp{INT64_MAX}, 600);
  const auto btc = desk.paths.path(FactorId{1})->between({}, Timestamp{INT64_MAX}, 600);
  EXPECT_EQ(eth.back().actual, -2.5);
  EXPECT_GT(btc.back().actual, 2.9);
}

TEST(LivePaths, damage_is_told_and_nothing_is_loaded) {
  ScriptedDesk desk;
  test::an_eventful_morning(desk);
  const std::string saved = desk.paths.save();
  for (const std::string& damaged :
       {std::string("x"), saved.substr(0, saved.size() - 1), saved + "x"}) {
    LivePaths again;
    const auto loaded = again.load(damaged);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::corrupt);
    again.resume(desk.engine());
    EXPECT_NE(again.path(FactorId{0}), nullptr);
  }
}

TEST(LivePaths, memory_is_shared_among_the_factors) {
  ScriptedDesk desk;
  LivePaths small(std::size_t{1} << 16);
  small.resume(desk.engine());
  for (int i = 0; i < 5000; ++i) {
    Timestamp now = test::at("12:00:00") + Duration::seconds(i);
    test::pass(desk, now, 1);
    small.replayed(desk.engine());
  }
  EXPECT_LE(small.path(FactorId{0})->memory_bytes(), std::size_t{1} << 16);
}

}  // namespace
}  // namespace ballast::api
