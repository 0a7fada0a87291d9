// The demonstration's day as a closed loop, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "runtime/closed_loop.hpp"
#include "sim/demo_world.hpp"

namespace ballast::testing {

struct DemoDay {
  std::vector<Event> events;  // all that the engine stepped, in order
  std::string digest;
};

inline DemoDay run_demo(std::uint64_t seed) {
  DemoDay day;
  Engine engine(demo_desk());
  DemoWorld world(engine.desk(), seed);
  LoopEnds ends;
  ends.step = [&](const Event& event) { return engine.step(event); };
  ends.sink = [&](const Event& event) -> Result<void> {
    day.events.push_back(event);
    return {};
  };
  ClosedLoop loop(std::move(ends), &world);
  const auto counts = loop.run(world);
  EXPECT_TRUE(counts.has_value()) << counts.error().what;
  day.digest = engine.digest().hex();
  return day;
}

}  // namespace ballast::testing
