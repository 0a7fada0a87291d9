// One number for a whole run: the same under every compiler and optimisation, and after reading the
// events back from their text.
//
// The constants change only with the meaning of the engine: a change that moves them says so in
// CHANGELOG.md, and raises the layout of snapshots.
#include <gtest/gtest.h>

#include "adapters/codec/codec.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"
#include "sim/demo_day.hpp"
#include "sim/random_desk.hpp"
#include "sim/random_events.hpp"

namespace ballast {
namespace {

constexpr std::size_t events_of_the_day = 60'000;

TEST(Digest, of_the_demonstration_is_the_same_everywhere) {
  const DemoDay day = make_demo_day(7);
  ASSERT_GT(day.events.size(), events_of_the_day);
  Engine engine(day.desk);
  for (std::size_t i = 0; i < events_of_the_day; ++i)
    engine.step(day.events[i]);
  EXPECT_EQ(engine.digest().hex(), "b848c0fb9906a025bd4faba085ccf407");
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
    direct.step(event);
    reread.step(again);
    ++taken;
  }
  EXPECT_GT(taken, 4500);
  EXPECT_EQ(reread.digest().hex(), direct.digest().hex());
  EXPECT_EQ(direct.digest().hex(), "a3c4c9e1c3061c4e31327be186f8f165");
}

}  // namespace
}  // namespace ballast
