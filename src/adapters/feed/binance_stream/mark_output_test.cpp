#include "adapters/feed/binance_stream/mark_output.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

Timestamp ms(std::int64_t n) { return Timestamp{n * 1'000'000}; }

struct Feed {
  explicit Feed(std::int64_t interval_ms, std::int64_t repeat_ms = 0)
      : output({Duration::milliseconds(interval_ms), Duration::milliseconds(repeat_ms)}) {}
  void set(std::int64_t t, int price) {
    output.set(ms(t), InstrumentId{0}, Price::whole(price), sink);
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> sent() const {
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    for (const Event& event : sink.events) {
      out.emplace_back(
          event.t.ns / 1'000'000,
          static_cast<std::int64_t>(std::get<Mark>(event.body).price.raw / decimal_one));
    }
    return out;
  }
  MarkOutput output;
  KeptSink sink;
};

using Sent = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(MarkOutput, sends_at_once_and_then_the_price_in_force_when_the_interval_is_over) {
  Feed feed(100);
  feed.set(0, 10);
  feed.set(30, 11);
  feed.set(60, 12);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}}));
  feed.output.pass(ms(99), feed.sink);
  EXPECT_EQ(feed.sent().size(), 1U);
  feed.set(130, 13);  // 12 was in force at 100
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}, {100, 12}}));
  feed.output.flush(ms(150), feed.sink);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}, {100, 12}, {150, 13}}));
}

TEST(MarkOutput, says_nothing_when_the_price_came_back) {
  Feed feed(100);
  feed.set(0, 10);
  feed.set(30, 11);
  feed.set(60, 10);
  feed.set(500, 10);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}}));
  feed.set(510, 11);
  EXPECT_EQ(feed.sent().back(), (std::pair<std::int64_t, std::int64_t>{510, 11}));
}

TEST(MarkOutput, says_again_what_still_holds_when_its_mark_is_old) {
  Feed feed(100, 1000);
  feed.set(0, 10);
  feed.set(999, 10);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}}));
  feed.set(1000, 10);
  feed.set(1500, 10);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}, {1000, 10}}));
  feed.set(1550, 11);  // a change starts the time anew
  feed.set(2100, 11);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}, {1000, 10}, {1550, 11}}));
  // Silence repeats nothing: only what is heard can say that a price holds.
  feed.output.pass(ms(60'000), feed.sink);
  EXPECT_EQ(feed.sent().size(), 3U);
  feed.set(60'001, 11);
  EXPECT_EQ(feed.sent().back(), (std::pair<std::int64_t, std::int64_t>{60'001, 11}));
}

TEST(MarkOutput, repeats_no_more_often_than_the_interval) {
  Feed feed(100, 10);
  feed.set(0, 10);
  feed.set(50, 10);
  feed.set(100, 10);
  feed.set(150, 10);
  EXPECT_EQ(feed.sent(), (Sent{{0, 10}, {100, 10}}));
}

TEST(MarkOutput, equals_the_price_in_force_on_random_paths) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Rng rng(seed);
    Feed feed(50);
    std::vector<std::pair<std::int64_t, std::int64_t>> path;
    std::int64_t t = 0;
    for (int i = 0; i < 200; ++i) {
      t += rng.between(1, 40);
      const auto price = rng.between(1, 4);
      path.emplace_back(t, price);
      feed.set(t, static_cast<int>(price));
    }
    feed.output.flush(ms(t), feed.sink);
    std::int64_t last_t = -1000;
    std::int64_t last_price = 0;
    for (const auto& [sent_t, sent_price] : feed.sent()) {
      std::int64_t in_force = 0;
      for (const auto& [path_t, path_price] : path) {
        if (path_t <= sent_t) in_force = path_price;
      }
      EXPECT_EQ(sent_price, in_force);
      EXPECT_NE(sent_price, last_price);
      if (sent_t != t) {  // the flush alone may be early
        EXPECT_GE(sent_t - last_t, 50);
      }
      last_t = sent_t;
      last_price = sent_price;
    }
    EXPECT_EQ(last_price, path.back().second);
  }
}

}  // namespace
}  // namespace ballast
