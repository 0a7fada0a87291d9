// Snapshots of the books: equal bytes, equal behaviour, and no trust in damaged bytes. And their
// size.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

/// One random event of any kind, with repeats, late ones and mistakes among them.
void random_event(Rng& rng, Books& books) {
  const auto number = [&rng](std::uint64_t below) { return std::to_string(rng.below(below)); };
  const Timestamp t = at(static_cast<std::int64_t>(rng.below(2000)));
  const InstrumentId instrument(rng.below(4));
  Fill fill = buy(number(800), "1", "1", instrument);
  fill.side = rng.chance(0.5) ? Side::buy : Side::sell;
  fill.qty = Quantity::whole(static_cast<std::int64_t>(1 + rng.below(9)));
  fill.price = Price::whole(static_cast<std::int64_t>(90 + rng.below(20)));
  if (rng.chance(0.5)) fill.book = BookName("arb");
  if (rng.chance(0.5)) fill.fee = Fee{amount("0.01"), AssetId(rng.below(3))};
  switch (rng.below(12)) {
    case 0: {
      Correct correct;
      correct.key = fill.key;
      correct.price = fill.price;
      books.apply(t, correct);
      break;
    }
    case 1:
      books.apply(t, Bust{fill.key});
      break;
    case 2:
      books.apply(t, BalanceChange{place(), usdt, amount("5"), id("B" + number(20)), {}});
      break;
    case 3:
      books.apply(t, Transfer{id("T" + number(20)), usdt, amount("7"), place(), place("cold"),
                              static_cast<TransferState>(rng.below(3))});
      break;
    case 4:
      books.apply(t, FundingPayment{id("F" + number(20)), fill.key.place, fill.book, instrument,
                                    amount("0.5"), usdt});
      break;
    case 5:
      books.apply(t, Statement{fill.key.place,
                               instrument,
                               {},
                               Quantity::whole(static_cast<std::int64_t>(rng.below(5)))});
      break;
    case 6: {
      std::vector<Effect> effects;
      books.run_due(t, effects);
      break;
    }
    default:
      books.apply(t, fill);
  }
}

TEST(Snapshot, in_the_middle_of_a_run_changes_nothing) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    auto whole = std::make_unique<Books>(desk());
    auto resumed = std::make_unique<Books>(desk());
    for (int i = 0; i < 2000; ++i) {
      Rng twin = rng;
      random_event(rng, *whole);
      random_event(twin, *resumed);
      if (i % 400 != 399) continue;
      const std::string bytes = saved(*resumed);
      ASSERT_EQ(bytes, saved(*whole));
      resumed = std::make_unique<Books>(desk());
      LoadArchive ar(bytes);
      ar(*resumed);
      ASSERT_TRUE(ar.done());
      ASSERT_TRUE(resumed->balanced());
    }
    EXPECT_EQ(saved(*resumed), saved(*whole));
    EXPECT_GT(whole->counters().late_fills, 0U);
    EXPECT_GT(whole->counters().corrections, 0U);
    EXPECT_FALSE(whole->breaks().empty());
  }
}

TEST(Snapshot, cut_short_anywhere_is_refused) {
  Rng rng(1);
  Books books(desk());
  for (int i = 0; i < 60; ++i)
    random_event(rng, books);
  const std::string bytes = saved(books);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Books loaded(desk());
    LoadArchive ar(std::string_view(bytes).substr(0, size));
    ar(loaded);
    ASSERT_TRUE(ar.failed()) << "cut at " << size;
  }
}

TEST(Snapshot, with_flipped_bytes_is_refused_or_gives_books_that_still_work) {
  Rng rng(2);
  Books books(desk());
  for (int i = 0; i < 1500; ++i)
    random_event(rng, books);
  const std::string bytes = saved(books);
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng damage(seed);
    std::string damaged = bytes;
    for (std::uint64_t i = 1 + damage.below(3); i > 0; --i) {
      damaged[damage.below(damaged.size())] ^= static_cast<char>(1 + damage.below(255));
    }
    Books loaded(desk());
    LoadArchive ar(damaged);
    ar(loaded);
    if (ar.failed()) {
      ++refused;
      continue;
    }
    for (int i = 0; i < 20; ++i)
      random_event(damage, loaded);
    for (std::size_t i = 0; i < loaded.positions().size(); ++i) {
      loaded.visit_fills(PositionId(i), [](const FillView&) {});
    }
  }
  EXPECT_GT(refused, 500);
}

StateImage image_of(Books& books) {
  StateImage image;
  SaveArchive ar(image);
  ar(books);
  return image;
}

std::string text_of(const StateImage& image) {
  std::string text = image.bytes;
  for (const Block& block : image.blocks)
    text += block.bytes();
  return text;
}

TEST(Snapshot, keeps_what_it_was_while_the_books_go_on) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    Books books(desk());
    std::vector<std::pair<StateImage, std::string>> taken;
    for (int i = 0; i < 600; ++i) {
      random_event(rng, books);  // late fills, corrections and busts among them
      if (!rng.chance(0.02)) continue;
      StateImage image = image_of(books);
      std::string text = text_of(image);
      taken.emplace_back(std::move(image), std::move(text));
    }
    ASSERT_GT(taken.size(), 1U);
    for (const auto& [image, text] : taken)
      ASSERT_EQ(text_of(image), text);
  }
}

TEST(Snapshot, is_the_same_whether_others_were_taken_before_and_from_whatever_it_was_restored) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    auto whole = std::make_unique<Books>(desk());
    auto resumed = std::make_unique<Books>(desk());
    for (int i = 0; i < 1000; ++i) {
      Rng twin = rng;
      random_event(rng, *whole);
      random_event(twin, *resumed);
      if (!rng.chance(0.02)) continue;
      const StateImage image = image_of(*resumed);
      resumed = std::make_unique<Books>(desk());
      LoadArchive ar(image);
      ar(*resumed);
      ASSERT_TRUE(ar.done());
      if (rng.chance(0.5)) continue;
      ASSERT_EQ(image_of(*resumed), image);
    }
    EXPECT_EQ(image_of(*resumed), image_of(*whole));
    EXPECT_GT(whole->counters().late_fills, 0U);
    EXPECT_GT(whole->counters().busts, 0U);
  }
}

/// Fills of one position, in order, enough for several chunks of records.
void fill_in_order(Books& books, std::size_t& made, std::size_t count) {
  for (; count > 0; --count, ++made) {
    ASSERT_TRUE(books
                    .apply(at(static_cast<std::int64_t>(made)),
                           buy(std::to_string(1'000'000 + made), "0.5", "100"))
                    .applied());
  }
}

TEST(Snapshot, shares_the_chunks_that_did_not_change) {
  Books books(desk());
  std::size_t made = 0;
  fill_in_order(books, made, 90'000);
  const StateImage first = image_of(books);
  ASSERT_GE(first.blocks.size(), 3U);
  fill_in_order(books, made, 10'000);
  const StateImage second = image_of(books);
  for (std::size_t i = 0; i + 1 < first.blocks.size(); ++i)
    EXPECT_TRUE(second.blocks[i].is(first.blocks[i])) << i;
  EXPECT_FALSE(second.blocks[first.blocks.size() - 1].is(first.blocks.back())) << "it grew";

  ASSERT_TRUE(books.apply(at(1), Bust{buy("1000001", "0.5", "100").key}).applied());
  const StateImage third = image_of(books);
  EXPECT_FALSE(third.blocks[0].is(second.blocks[0])) << "a fill in it was busted";
  EXPECT_NE(third.blocks[0], second.blocks[0]);
  EXPECT_TRUE(third.blocks[1].is(second.blocks[1]));

  Books restored(desk());
  LoadArchive ar(third);
  ar(restored);
  ASSERT_TRUE(ar.done());
  const StateImage again = image_of(restored);
  EXPECT_EQ(again, third);
  for (std::size_t i = 0; i + 1 < again.blocks.size(); ++i)
    EXPECT_TRUE(again.blocks[i].is(third.blocks[i])) << "it is known where it was loaded from";
}

TEST(Snapshot, of_books_that_differ_differs) {
  Rng rng(5);
  Books books(desk());
  for (int i = 0; i < 500; ++i)
    random_event(rng, books);
  const StateImage before = image_of(books);
  const auto differs = [&](const char* what) { EXPECT_NE(image_of(books), before) << what; };
  EXPECT_EQ(image_of(books), before) << "looking changes nothing";
  ASSERT_TRUE(books.apply(at(5000), buy("new", "1", "100")).applied());
  differs("a fill more");
  const StateImage filled = image_of(books);
  ASSERT_TRUE(books.apply(at(5001), Bust{buy("new", "1", "100").key}).applied());
  differs("and busted");
  EXPECT_NE(image_of(books), filled);
}

TEST(Memory, of_a_million_fills_stays_below_a_hundred_bytes_each) {
  constexpr std::size_t count = 1'000'000;
  Books books(desk());
  Fill next = buy("0", "0.125", "64123.45");
  next.fee = Fee{amount("0.00801543"), usdt};
  for (std::size_t i = 0; i < count; ++i) {
    next.key.id = id(std::to_string(3'000'000'000 + i * 7));
    next.key.instrument = InstrumentId(i % 4);
    next.side = i % 3 == 0 ? Side::buy : Side::sell;
    next.qty = Quantity::from_raw(static_cast<Int128>(1 + i % 1000) * (decimal_one / 1000));
    next.price = Price::from_raw(static_cast<Int128>(6'000'000 + i % 5000) * (decimal_one / 100));
    next.order = *OrderId::create("client-order-" + std::to_string(i));
    ASSERT_TRUE(books.apply(at(static_cast<std::int64_t>(i)), next).applied());
  }
  EXPECT_LT(books.memory().total() / count, 100U);
  EXPECT_GT(books.memory().total() / count, 30U);  // it does keep them
}

}  // namespace
}  // namespace ballast
