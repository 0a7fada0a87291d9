// One number for a whole run: the same under every compiler and optimisation, and after reading the
// events back from their text.
//
// The constants change only with the meaning of the engine: a change that moves them says so in
// CHANGELOG.md, and raises the layout of snapshots.
#include <gtest/gtest.h>

#include "adapters/codec/codec.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"
#include "sim/random_desk.hpp"
#include "sim/random_events.hpp"
#include "support/demo_run.hpp"

namespace ballast {
namespace {

TEST(Digest, of_the_demonstration_is_the_same_everywhere_and_without_its_venues) {
  const testing::DemoDay day = testing::run_demo(7);
  EXPECT_EQ(day.digest, "f7075db08d06af9535870f03496bd637");
  Engine replayed(demo_desk());
  for (const Event& event : day.events)
    replayed.step(event);
  EXPECT_EQ(replayed.digest().hex(), day.digest);
}

TEST(Digest, of_random_events_is_the_same_everywhere_and_after_reading_them_back) {
  const Desk desk = random_desk();
  Rng rng(1);
  RandomEvents events(desk, [&](std::uint64_t bound) { return rng.below(bound); });
  const EventWriter writer(desk);
  EventReader reader(desk);
  Engine direct(desk);
  Engine reread(desk);
  int taken = 0;
  for (int i = 0; i < 5000; ++i) {
    const Event event = events.next();
    std::string line;
    writer.write(event, line);
    Event again;
    if (!reader.read(line, again)) continue;  // what no file can say
    ASSERT_EQ(again, event) << line;
    events.hear(direct.step(event));
    reread.step(again);
    ++taken;
  }
  EXPECT_GT(taken, 4500);
  EXPECT_EQ(reread.digest().hex(), direct.digest().hex());
  EXPECT_EQ(direct.digest().hex(), "6c64df5f9c08451310ae411a3d7733ce");
}

}  // namespace
}  // namespace ballast
