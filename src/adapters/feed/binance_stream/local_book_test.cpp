#include "adapters/feed/binance_stream/local_book.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

using Outcome = LocalBook::Outcome;

BookLevel level(const char* price, const char* qty) {
  return {exact<Price>(price), exact<Quantity>(qty)};
}

Frame update(DepthIds ids, std::vector<BookLevel> bids = {}, std::vector<BookLevel> asks = {}) {
  Frame frame;
  frame.kind = FrameKind::depth;
  frame.ids = ids;
  frame.bids = std::move(bids);
  frame.asks = std::move(asks);
  return frame;
}
Frame spot(std::uint64_t first, std::uint64_t last) { return update({first, last, std::nullopt}); }
Frame futures(std::uint64_t previous, std::uint64_t first, std::uint64_t last) {
  return update({first, last, previous});
}
Frame snapshot(std::uint64_t id) {
  Frame frame =
      update({0, id, std::nullopt}, {level("99", "1"), level("98", "2")}, {level("101", "3")});
  frame.kind = FrameKind::snapshot;
  return frame;
}

// Binance, spot web-socket-streams, "How to manage a local order book correctly".
TEST(LocalBook, spot_drops_old_updates_and_asks_that_ids_count_on) {
  LocalBook book;
  EXPECT_EQ(book.update(spot(90, 95)), Outcome::kept);
  EXPECT_EQ(book.update(spot(96, 102)), Outcome::kept);  // contains 101
  EXPECT_FALSE(book.known());
  EXPECT_EQ(book.snapshot(snapshot(100)), Outcome::applied);
  EXPECT_TRUE(book.known());
  EXPECT_EQ(book.applied(), 1U);
  EXPECT_EQ(book.id(), 102U);
  EXPECT_EQ(book.update(spot(103, 103)), Outcome::applied);
  EXPECT_EQ(book.update(spot(103, 103)), Outcome::ignored);  // sent twice
  EXPECT_EQ(book.update(spot(105, 110)), Outcome::gap);
  EXPECT_EQ(book.gap_text(), "after update 103 comes one from 105 (U) to 110 (u): 1 are missing");
  EXPECT_FALSE(book.known());
}

TEST(LocalBook, spot_takes_an_update_that_begins_right_after_the_snapshot) {
  LocalBook book;
  EXPECT_EQ(book.snapshot(snapshot(100)), Outcome::applied);
  EXPECT_EQ(book.update(spot(101, 101)), Outcome::applied);
}

// Binance, USD-M and COIN-M "How to manage a local order book correctly".
TEST(LocalBook, futures_follow_the_previous_update_id) {
  LocalBook book;
  book.update(futures(80, 85, 90));
  book.update(futures(90, 96, 104));  // 96 <= 100 <= 104
  EXPECT_EQ(book.snapshot(snapshot(100)), Outcome::applied);
  EXPECT_EQ(book.applied(), 1U);
  EXPECT_EQ(book.update(futures(104, 120, 125)),
            Outcome::applied);  // ids are shared between symbols
  EXPECT_EQ(book.update(futures(126, 127, 130)), Outcome::gap);
  EXPECT_EQ(book.gap_text(), "after update 125 comes one from 126 (pu) to 130 (U 127)");
}

TEST(LocalBook, futures_take_a_snapshot_whose_id_stands_between_two_updates) {
  LocalBook book;
  EXPECT_EQ(book.snapshot(snapshot(100)), Outcome::applied);
  EXPECT_EQ(book.update(futures(97, 103, 110)), Outcome::applied);
  LocalBook late;
  EXPECT_EQ(late.snapshot(snapshot(100)), Outcome::applied);
  EXPECT_EQ(late.update(futures(101, 103, 110)), Outcome::gap);
}

TEST(LocalBook, is_known_again_after_the_next_snapshot_and_what_came_since_the_gap) {
  LocalBook book;
  book.snapshot(snapshot(100));
  EXPECT_EQ(book.update(spot(105, 110)), Outcome::gap);
  EXPECT_EQ(book.update(update({111, 115, {}}, {level("100", "7")})), Outcome::kept);
  EXPECT_EQ(book.snapshot(snapshot(103)), Outcome::gap);  // 104 is missing still
  EXPECT_FALSE(book.known());
  EXPECT_EQ(book.snapshot(snapshot(108)), Outcome::applied);
  EXPECT_TRUE(book.known());
  EXPECT_EQ(book.id(), 115U);
  EXPECT_EQ(*book.book().best(Side::buy), level("100", "7"));
}

TEST(LocalBook, a_snapshot_older_than_the_book_is_ignored_and_a_newer_one_replaces_it) {
  LocalBook book;
  book.snapshot(snapshot(100));
  book.update(update({101, 102, {}}, {level("100", "7")}));
  EXPECT_EQ(book.snapshot(snapshot(101)), Outcome::ignored);
  EXPECT_EQ(*book.book().best(Side::buy), level("100", "7"));
  EXPECT_EQ(book.snapshot(snapshot(200)), Outcome::applied);
  EXPECT_EQ(*book.book().best(Side::buy), level("99", "1"));
  EXPECT_EQ(book.book().depth(Side::buy), 2U);
  EXPECT_EQ(book.book().level(Side::buy, 1), level("98", "2"));
}

/// A venue whose book changes once an id; any cut into updates, with a snapshot taken anywhere and
/// arriving late, must end in the venue's book, and one lost update must show as a gap.
TEST(LocalBook, ends_in_the_venues_book_wherever_the_snapshot_was_taken) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Rng rng(seed);
    OrderBook venue;
    std::vector<Frame> frames;
    Frame taken;
    const auto count = static_cast<std::uint64_t>(rng.between(20, 60));
    const std::uint64_t snapshot_at = rng.below(count - 10);
    std::uint64_t id = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      Frame frame = update({id + 1, id, std::nullopt});
      for (std::int64_t n = rng.between(1, 4); n > 0; --n) {
        const Side side = rng.chance(0.5) ? Side::buy : Side::sell;
        const BookLevel changed{Price::whole(rng.between(1, 9)),
                                Quantity::whole(rng.between(0, 3))};
        ++frame.ids.last;
        venue.apply(side, changed.price, changed.qty);
        (side == Side::buy ? frame.bids : frame.asks).push_back(changed);
        if (i == snapshot_at && n == 1) {
          taken = update({0, frame.ids.last, std::nullopt});
          for (std::size_t r = 0; r < venue.depth(Side::buy); ++r)
            taken.bids.push_back(venue.level(Side::buy, r));
          for (std::size_t r = 0; r < venue.depth(Side::sell); ++r) {
            taken.asks.push_back(venue.level(Side::sell, r));
          }
        }
      }
      id = frame.ids.last;
      frames.push_back(frame);
    }
    const std::uint64_t arrives = snapshot_at + rng.below(10);
    const std::uint64_t lost =
        rng.chance(0.5) ? snapshot_at + 1 + rng.below(count - snapshot_at - 1) : count;
    LocalBook book;
    bool gap = false;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (i != lost) gap = book.update(frames[i]) == Outcome::gap || gap;
      if (i == arrives) gap = book.snapshot(taken) == Outcome::gap || gap;
    }
    if (lost >= count - 1) {  // nothing was lost, or only the last, which nothing follows
      EXPECT_FALSE(gap);
    } else {
      EXPECT_TRUE(gap);
      EXPECT_FALSE(book.known());
    }
    if (lost == count) {
      EXPECT_EQ(book.book(), venue);
    }
  }
}

}  // namespace
}  // namespace ballast
