// What random events are for: that they get everywhere. Whatever no draw reaches, no property and
// no fuzzer proves.
#include "sim/random_events.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "adapters/config/config.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"
#include "sim/random_desk.hpp"

namespace ballast {
namespace {

TEST(RandomEvents, reach_every_kind_of_event_effect_decision_and_refusal) {
  const Desk desk = random_desk();
  std::set<std::string> seen;
  std::size_t acting[4] = {};
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Rng rng(seed);
    RandomEvents events(desk, [&](std::uint64_t bound) { return rng.below(bound); });
    Engine engine(desk);
    for (int i = 0; i < 1'000; ++i) {
      const Event event = events.next();
      seen.emplace(event.type());
      const auto effects = engine.step(event);
      events.hear(effects);
      for (const Effect& effect : effects) {
        seen.insert("effect " + std::to_string(effect.body.index()));
        if (const auto* quote = std::get_if<QuoteRequest>(&effect.body)) {
          const bool stands = !quote->quote.bid_qty.zero() || !quote->quote.ask_qty.zero();
          if (stands) seen.insert("quote " + desk.instrument(quote->quote.instrument).name);
        }
        const auto* decided = std::get_if<Decided>(&effect.body);
        if (decided == nullptr) continue;
        const Decision& made = decided->decision;
        seen.insert("state " +
                    std::string(proposal_state_names[static_cast<std::size_t>(made.state)]));
        if (made.state == ProposalState::acting) ++acting[static_cast<std::size_t>(made.action)];
      }
    }
  }
  for (const std::string_view name : event_type_names)
    EXPECT_TRUE(seen.contains(std::string(name))) << name;
  for (const std::string_view name : proposal_state_names)
    EXPECT_TRUE(seen.contains("state " + std::string(name))) << name;
  for (std::size_t i = 0; i < std::variant_size_v<EffectBody>; ++i)
    EXPECT_TRUE(seen.contains("effect " + std::to_string(i))) << "effect " << i;
  for (const QuoteConfig& quote : desk.quotes)
    EXPECT_TRUE(seen.contains("quote " + desk.instrument(quote.instrument).name))
        << desk.instrument(quote.instrument).name;
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_GT(acting[i], 2U) << to_string(static_cast<Action>(i));
}

TEST(RandomDesk, is_one_that_a_configuration_can_say) {
  const Desk desk = random_desk();
  const std::string text = canonical_desk(desk);
  const auto again = load_desk(text, "random.toml");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(canonical_desk(*again), text);
  EXPECT_TRUE(*again == desk);
}

}  // namespace
}  // namespace ballast
