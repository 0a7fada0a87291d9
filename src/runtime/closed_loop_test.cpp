#include "runtime/closed_loop.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ballast {
namespace {

class ListSource final : public EventSource {
 public:
  explicit ListSource(std::vector<Event> events) : events_(std::move(events)) {}
  Result<bool> next(Event& out) override {
    if (at_ == events_.size()) return false;
    out = events_[at_++];
    return true;
  }
  std::string where() const override { return "list:" + std::to_string(at_); }
  std::uint64_t bytes_read() const override { return 0; }
  std::uint64_t bytes_total() const override { return 0; }

 private:
  std::vector<Event> events_;
  std::size_t at_ = 0;
};

std::string name_of(const Event& event) {
  if (const auto* decision = std::get_if<Decision>(&event.body)) return decision->id.str();
  if (const auto* order = std::get_if<Order>(&event.body)) return order->id.str();
  return std::string(event.type());
}

Event named(std::int64_t t, std::string_view id) {
  Order order;
  order.id = *OrderId::create(id);
  return {Timestamp{t}, order};
}

/// Answers each request with one event that names it, `latency` later.
class Echo final : public Execution {
 public:
  explicit Echo(std::vector<std::string>& log, std::int64_t latency = 0)
      : log_(log), latency_(latency) {}

  void send(Timestamp now, const OrderRequest& request) override {
    answer(now, "sent " + request.order.id.str());
  }
  void cancel(Timestamp now, const CancelRequest& request) override {
    answer(now, "cancelled " + request.id.str());
  }
  void quote(Timestamp now, const QuoteRequest& /*request*/) override { answer(now, "quoted"); }
  void transfer(Timestamp now, const TransferRequest& /*request*/) override {
    answer(now, "moved");
  }
  void observe(const Event& event) override { log_.push_back("observe " + name_of(event)); }
  std::optional<Timestamp> next_due() const override {
    if (at_ == due_.size()) return std::nullopt;
    return due_[at_].t;
  }
  Event take() override { return due_[at_++]; }

 private:
  void answer(Timestamp now, const std::string& what) {
    due_.push_back(named(now.ns + latency_, what));
  }

  std::vector<std::string>& log_;
  std::int64_t latency_;
  std::vector<Event> due_;
  std::size_t at_ = 0;
};

/// What one run did, step by step.
class Loop {
 public:
  using Reaction = std::function<std::vector<EffectBody>(const Event&)>;

  explicit Loop(Reaction react, std::int64_t latency = 0)
      : react_(std::move(react)),
        execution(log, latency),
        loop({.step = [this](const Event& event) { return step(event); },
              .sink = [this](const Event& event) { return sink(event); },
              .watch = [this](const Effect&) { log.emplace_back("watched"); },
              .wakes = [this] { return wakes; }},
             &execution) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void react(Reaction reaction) { react_ = std::move(reaction); }
  Result<LoopCounts> run(std::vector<Event> events) {
    ListSource source(std::move(events));
    return loop.run(source);
  }
  /// The events heard by the sink: "time name".
  std::string heard() const {
    std::string text;
    for (const std::string& line : sunk)
      text += (text.empty() ? "" : ", ") + line;
    return text;
  }

 private:
  std::span<const Effect> step(const Event& event) {
    log.push_back("step " + name_of(event));
    effects_.clear();  // as an engine does: the last ones are gone
    for (EffectBody& body : react_(event))
      effects_.push_back({event.t, std::move(body)});
    return effects_;
  }
  Result<void> sink(const Event& event) {
    log.push_back("sink " + name_of(event));
    sunk.push_back(std::to_string(event.t.ns) + " " + name_of(event));
    if (sunk.size() == sink_max) return fail(Errc::io, "the disk is full");
    return {};
  }

  Reaction react_;
  std::vector<Effect> effects_;

 public:
  std::vector<std::string> log;
  std::vector<std::string> sunk;
  std::size_t sink_max = 1'000'000;
  std::optional<Timestamp> wakes;
  Echo execution;
  ClosedLoop loop;
};

EffectBody decided(std::string_view id) {
  Decision decision;
  decision.id = *TradeId::create(id);
  return Decided{decision};
}
EffectBody ordered(std::string_view id) {
  Order order;
  order.id = *OrderId::create(id);
  return OrderRequest{order};
}

TEST(ClosedLoop, takes_what_is_due_before_what_was_recorded_at_the_same_time) {
  Loop run(
      [](const Event& event) {
        return name_of(event) == "a" ? std::vector{ordered("o")} : std::vector<EffectBody>{};
      },
      10);
  const auto counts = run.run({named(5, "a"), named(14, "b"), named(15, "c"), named(16, "d")});
  EXPECT_EQ(run.heard(), "5 a, 14 b, 15 sent o, 15 c, 16 d");
  EXPECT_EQ(*counts, (LoopCounts{4, 1, 0}));
}

TEST(ClosedLoop, shows_each_event_to_execution_then_the_engine_then_the_sink) {
  Loop run([](const Event&) { return std::vector<EffectBody>{FloodSummary{}}; });
  ASSERT_TRUE(run.run({named(1, "a")}));
  EXPECT_EQ(run.log, (std::vector<std::string>{"observe a", "step a", "sink a", "watched"}));
}

TEST(ClosedLoop, steps_decisions_in_order_at_once_before_what_execution_says_of_them) {
  Loop run([](const Event& event) -> std::vector<EffectBody> {
    if (name_of(event) == "a") return {ordered("o"), decided("p"), decided("q")};
    if (name_of(event) == "p") return {decided("r"), ordered("o2")};
    return {};
  });
  const auto counts = run.run({named(5, "a"), named(5, "b")});
  EXPECT_EQ(run.heard(), "5 a, 5 p, 5 q, 5 r, 5 sent o, 5 sent o2, 5 b");
  EXPECT_EQ(*counts, (LoopCounts{2, 2, 3}));
}

TEST(ClosedLoop, passes_every_kind_of_request_on) {
  Loop run([](const Event& event) -> std::vector<EffectBody> {
    if (name_of(event) != "a") return {};
    return {QuoteRequest{}, CancelRequest{OrderId("x"), {}, {}}, TransferRequest{}};
  });
  ASSERT_TRUE(run.run({named(5, "a")}));
  EXPECT_EQ(run.heard(), "5 a, 5 quoted, 5 cancelled x, 5 moved");
}

TEST(ClosedLoop, acts_now_on_what_a_late_event_leads_to) {
  Loop run(
      [](const Event& event) -> std::vector<EffectBody> {
        if (name_of(event) == "late") return {decided("p"), ordered("o")};
        return {};
      },
      10);
  ASSERT_TRUE(run.run({named(20, "a"), named(3, "late"), named(29, "b"), named(31, "c")}));
  EXPECT_EQ(run.heard(), "20 a, 3 late, 20 p, 29 b, 30 sent o, 31 c");
}

TEST(ClosedLoop, lets_time_pass_where_the_engine_would_act_in_a_pause_of_the_recording) {
  Loop run({}, 3);  // it needs itself to say when it wakes
  Loop* const self = &run;
  run.react([self](const Event& event) -> std::vector<EffectBody> {
    if (name_of(event) != "time") return {};
    self->wakes = Timestamp{event.t.ns + 4};
    return {ordered("o")};
  });
  run.wakes = Timestamp{12};
  const auto counts = run.run({named(5, "a"), named(20, "b"), named(21, "c")});
  // At 20 it wakes with b, and after 21 the recording has ended.
  EXPECT_EQ(run.heard(), "5 a, 12 time, 15 sent o, 16 time, 19 sent o, 20 b, 21 c");
  EXPECT_EQ(*counts, (LoopCounts{3, 2, 0, 2}));
}

TEST(ClosedLoop, ends_with_the_recording) {
  Loop run([](const Event&) { return std::vector{ordered("o")}; }, 10);
  const auto counts = run.run({named(5, "a")});
  EXPECT_EQ(run.heard(), "5 a");
  EXPECT_EQ(run.execution.next_due(), Timestamp{15});
  EXPECT_EQ(*counts, (LoopCounts{1, 0, 0}));
}

TEST(ClosedLoop, cuts_off_decisions_that_cause_each_other_without_end) {
  Loop run([](const Event&) { return std::vector{decided("again")}; });
  const auto counts = run.run({named(5, "a")});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, Errc::no_convergence);
  EXPECT_EQ(counts.error().what,
            "at 1970-01-01T00:00:00.000000005Z 10000 decisions and executions followed from one "
            "another without time passing: a decision must not cause itself again");
  EXPECT_EQ(run.sunk.size(), 10'001U);
}

TEST(ClosedLoop, cuts_off_orders_that_are_answered_at_once_without_end) {
  Loop run([](const Event&) { return std::vector{ordered("o")}; });
  const auto counts = run.run({named(5, "a")});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, Errc::no_convergence);
}

TEST(ClosedLoop, takes_any_number_of_events_that_each_lead_to_one_at_the_same_time) {
  Loop run([](const Event& event) -> std::vector<EffectBody> {
    if (name_of(event) == "a") return {decided("p")};
    return {};
  });
  const auto counts = run.run(std::vector(20'000, named(5, "a")));
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(*counts, (LoopCounts{20'000, 0, 20'000}));
}

TEST(ClosedLoop, lets_a_chain_go_on_as_long_as_time_passes) {
  Loop run([](const Event&) { return std::vector{ordered("o")}; }, 1);
  const auto counts = run.run({named(0, "a"), named(20'000, "b")});
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(counts->executed, 20'000U);
}

TEST(ClosedLoop, stops_when_the_sink_fails_and_does_nothing_more) {
  Loop run([](const Event&) { return std::vector{ordered("o")}; });
  run.sink_max = 1;
  const auto counts = run.run({named(5, "a"), named(6, "b")});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().what, "the disk is full");
  EXPECT_EQ(run.heard(), "5 a");
  EXPECT_EQ(run.execution.next_due(), std::nullopt);  // what is not durable is not done
}

}  // namespace
}  // namespace ballast
