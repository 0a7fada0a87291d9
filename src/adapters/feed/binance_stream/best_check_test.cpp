#include "adapters/feed/binance_stream/best_check.hpp"

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

BestLevels best(int bid, int qty) {
  return {{Price::whole(bid), Quantity::whole(qty)}, {Price::whole(bid + 1), Quantity::whole(qty)}};
}

TEST(BestCheck, holds_a_book_against_the_last_ticker_up_to_its_id) {
  BestCheck check;
  check.ticker(10, best(100, 1));
  check.book(15, best(100, 1));
  EXPECT_EQ(check.compared(), 0U);  // another ticker up to 15 may still come
  check.ticker(15, best(101, 1));
  EXPECT_EQ(check.compared(), 0U);
  check.ticker(16, best(102, 1));  // now 15 was the last
  EXPECT_EQ(check.compared(), 1U);
  EXPECT_EQ(check.equal_prices(), 0U);
  check.book(16, best(102, 2));
  check.book(17, best(102, 1));
  check.ticker(20, best(103, 1));
  EXPECT_EQ(check.compared(), 3U);
  EXPECT_EQ(check.equal_prices(), 2U);
  EXPECT_EQ(check.equal(), 1U);
}

TEST(BestCheck, streams_need_not_arrive_in_step) {
  BestCheck check;
  for (int id = 1; id <= 10; ++id)
    check.ticker(static_cast<std::uint64_t>(id), best(100 + id, 1));
  check.book(3, best(103, 1));
  check.book(7, best(107, 1));
  EXPECT_EQ(check.compared(), 2U);
  EXPECT_EQ(check.equal(), 2U);
}

TEST(BestCheck, a_book_before_every_ticker_is_not_compared) {
  BestCheck check;
  check.book(1, best(1, 1));
  check.ticker(5, best(2, 1));
  check.ticker(6, best(2, 1));
  EXPECT_EQ(check.compared(), 0U);
}

}  // namespace
}  // namespace ballast
