#include "control/quote_record.hpp"

#include <gtest/gtest.h>

#include "base/archive.hpp"

namespace ballast {
namespace {

constexpr Timestamp at(std::int64_t seconds) { return Timestamp{} + Duration::seconds(seconds); }

TEST(QuoteRecord, sums_the_time_of_each_state_and_reason) {
  QuoteRecord record;
  EXPECT_EQ(record.totals(at(5)).known, Duration{}) << "nobody has looked yet";
  record.set(at(10), {"no volatility", "no volatility"});
  record.set(at(15), {"", ""});
  record.set(at(35), {"limit", ""});
  record.pull(at(40), Side::sell, "filled");
  record.set(at(42), {"", ""});
  const auto totals = record.totals(at(50));
  EXPECT_EQ(totals.known, Duration::seconds(40));
  EXPECT_EQ(totals.two_sided, Duration::seconds(28));
  EXPECT_EQ(totals.pulled[0], Duration::seconds(5 + 5 + 2));
  EXPECT_EQ(totals.pulled[1], Duration::seconds(5 + 2));
  ASSERT_EQ(totals.reasons.size(), 3U);
  EXPECT_EQ(totals.reasons[0].pulled[0], Duration::seconds(5));
  EXPECT_EQ(totals.reasons[1].pulled[0], Duration::seconds(7));  // limit, also while filled
  EXPECT_EQ(totals.reasons[2].pulled[1], Duration::seconds(2));
}

TEST(QuoteRecord, a_span_counts_from_its_beginning_and_keeps_the_state) {
  QuoteRecord record;
  record.set(at(0), {"limit", ""});
  record.restart(at(100));
  const auto totals = record.totals(at(130));
  EXPECT_EQ(totals.known, Duration::seconds(30));
  EXPECT_EQ(totals.pulled[0], Duration::seconds(30));
  EXPECT_EQ(totals.pulled[1], Duration{});
}

TEST(QuoteRecord, reasons_past_the_sixteenth_count_together) {
  QuoteRecord record;
  for (int i = 0; i < 40; ++i)
    record.set(at(i), {std::to_string(i), ""});
  const auto totals = record.totals(at(40));
  ASSERT_EQ(totals.reasons.size(), QuoteRecord::reasons_max);
  EXPECT_EQ(totals.reasons.back().why.view(), QuoteRecord::other_reason);
  EXPECT_EQ(totals.reasons.back().pulled[0], Duration::seconds(25));
  EXPECT_EQ(totals.pulled[0], Duration::seconds(40));
}

TEST(QuoteRecord, goes_on_from_its_bytes) {
  QuoteRecord record;
  record.set(at(0), {"limit", ""});
  std::string bytes;
  SaveArchive save(bytes);
  save(record);
  QuoteRecord again;
  LoadArchive load(bytes);
  load(again);
  ASSERT_TRUE(load.done());
  EXPECT_EQ(again.totals(at(7)).pulled[0], Duration::seconds(7));
}

}  // namespace
}  // namespace ballast
