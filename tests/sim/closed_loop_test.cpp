// A whole loop: a made-up market, the paper venue, the engine, and a trader between the two who
// quotes and hedges by rote, in the place of the engine's own control. What the loop wrote down
// must lead a fresh engine, which nobody executes anything for, to the same state.
#include "runtime/closed_loop.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "adapters/codec/codec.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"
#include "sim/paper_test_desk.hpp"
#include "sim/paper_venue.hpp"

namespace ballast::paper {
namespace {

std::uint64_t first_seed() {
  const char* text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1000;
}

/// Tops and prints of a price that wanders.
class Wandering final : public EventSource {
 public:
  Wandering(std::uint64_t seed, int count) : rng_(seed), left_(count) {}

  Result<bool> next(Event& out) override {
    if (left_-- == 0) return false;
    t_ = t_ + Duration::milliseconds(rng_.between(0, 300));
    const auto price = [](std::int64_t n) { return Price::from_raw(Int128{n} * decimal_one / 10); };
    const auto some = [&] { return Quantity::whole(rng_.between(1, 9)); };
    if (rng_.chance(0.5)) {
      const bool buys = rng_.chance(0.5);
      out = {t_, Trade{spot, price(mid_ + (buys ? 2 : -2)), some(), buys ? Side::buy : Side::sell}};
    } else {
      mid_ += rng_.between(-1, 1);
      out = {t_, Top{spot, price(mid_ - 1), some(), price(mid_ + 1), some()}};
    }
    return true;
  }
  std::string where() const override { return "made up"; }
  std::uint64_t bytes_read() const override { return 0; }
  std::uint64_t bytes_total() const override { return 0; }

 private:
  Rng rng_;
  int left_;
  Timestamp t_ = *parse_timestamp("2026-01-05T00:00:00Z");
  std::int64_t mid_ = 30'000;
};

Desk watched_desk() {
  Desk desk = paper::desk();
  FactorConfig delta;
  delta.name = "delta:ETH";
  delta.asset = delta.unit = eth;
  delta.band = {Decimal::whole(-2), Decimal::whole(2)};
  desk.factors = {delta};
  return desk;
}

/// Quotes the touch once a second, hedges every fill of a quote, and sometimes sends coins away.
class Trader {
 public:
  explicit Trader(Engine& engine) : engine_(engine) {}

  std::span<const Effect> step(const Event& event) {
    const auto own = engine_.step(event);
    effects_.assign(own.begin(), own.end());
    if (const auto* top = std::get_if<Top>(&event.body)) see(event.t, *top);
    const auto* fill = std::get_if<Fill>(&event.body);
    if (fill != nullptr && fill->origin == Origin::quote) hedge(event.t, *fill);
    return effects_;
  }

 private:
  void see(Timestamp t, const Top& top) {
    top_ = top;
    if (t < next_quote_) return;
    next_quote_ = t + Duration::seconds(1);
    effects_.push_back({t, quote({top.bid, Quantity::whole(2)}, {top.ask, Quantity::whole(2)})});
  }

  void hedge(Timestamp t, const Fill& fill) {
    ++count_;
    Decision decision;
    decision.id = *TradeId::create(fmt::format("hedge-{}", count_));
    decision.factor = FactorId{0};
    decision.action = Action::hedge;
    decision.state = ProposalState::acting;
    effects_.push_back({t, Decided{decision}});
    const bool buys = fill.side == Side::sell;
    Order wanted = order(fmt::format("o-{}", count_), buys ? Side::buy : Side::sell,
                         {buys ? top_.ask : top_.bid, Quantity::whole(1)});
    effects_.push_back({t, OrderRequest{wanted}});
    if (count_ % 5 == 0) effects_.push_back({t, CancelRequest{wanted.id, wanted.place, spot}});
    if (count_ % 7 != 0) return;
    const Transfer away{*TradeId::create(fmt::format("t-{}", count_)),
                        eth,
                        Amount::whole(1),
                        account(),
                        account(bank),
                        TransferState::sent,
                        route};
    effects_.push_back({t, TransferRequest{away}});
  }

  Engine& engine_;
  std::vector<Effect> effects_;
  Top top_;
  Timestamp next_quote_{};
  int count_ = 0;
};

TEST(ClosedLoop, leaves_a_recording_that_replays_to_the_same_state_without_a_venue) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 5; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Desk desk = watched_desk();
    PaperOptions options;
    options.seed = seed;
    options.jitter = Duration::milliseconds(100);
    options.rejects = options.lost_answers = 0.05;
    options.failed_transfers = 0.3;
    PaperVenue execution = *PaperVenue::create(desk, options);
    Engine engine(desk);
    Trader trader(engine);
    const EventWriter writer(desk);
    std::vector<std::string> lines;
    ClosedLoop loop({.step = [&](const Event& event) { return trader.step(event); },
                     .sink = [&](const Event& event) -> Result<void> {
                       writer.write(event, lines.emplace_back());
                       return {};
                     }},
                    &execution);
    Wandering market(seed, 20'000);
    const auto counts = loop.run(market);
    ASSERT_TRUE(counts) << counts.error().what;
    EXPECT_EQ(counts->recorded, 20'000U);
    EXPECT_GT(counts->executed, 5'000U);
    EXPECT_GT(counts->decisions, 300U);
    EXPECT_EQ(engine.counts().refused, 0U);
    EXPECT_EQ(engine.counts().duplicate, 0U);

    EventReader reader(desk);
    Engine fresh(desk);
    for (const std::string& line : lines) {
      Event event;
      const auto read = reader.read(line, event);
      ASSERT_TRUE(read) << line << ": " << read.error().what;
      fresh.step(event);
    }
    EXPECT_EQ(fresh.digest().hex(), engine.digest().hex());
    EXPECT_EQ(fresh.snapshot(), engine.snapshot());
  }
}

}  // namespace
}  // namespace ballast::paper
