#include "book/record.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/int128.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

using Buffer = std::array<char, Record::max_size + Record::slack>;

std::string random_id(Rng& rng) {
  constexpr std::string_view letters = "0123456789abcdef-";
  const std::size_t size = rng.below(TradeId::capacity + 1);
  const bool digits = rng.chance(0.5);
  std::string text;
  for (std::size_t i = 0; i < (digits ? size % 25 : size); ++i) {
    text += letters[rng.below(digits ? 10 : letters.size())];
  }
  return text;
}

Int128 random_magnitude(Rng& rng) {
  const auto raw =
      static_cast<Int128>(((UInt128{rng.next()} << 64) | rng.next()) >> (1 + rng.below(127)));
  const Int128 unit = 10'000'000'000LL;
  return rng.chance(0.5) ? raw / unit * unit : raw;
}

TEST(Record, reads_back_what_it_wrote) {
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    Record record;
    record.kind = static_cast<RecordKind>(rng.below(3));
    record.owner = static_cast<std::uint32_t>(rng.next());
    record.t.ns = static_cast<std::int64_t>(rng.next());
    record.terms.side = rng.chance(0.5) ? Side::buy : Side::sell;
    record.terms.qty.raw = random_magnitude(rng);
    record.terms.price.raw = random_magnitude(rng);
    if (rng.chance(0.5)) {
      const Int128 fee = random_magnitude(rng);
      record.terms.fee =
          Fee{Amount::from_raw(rng.chance(0.5) ? fee : -fee), AssetId(rng.below(65536))};
    }
    record.origin = static_cast<Origin>(rng.below(origin_names.size()));
    record.liquidity = static_cast<Liquidity>(rng.below(3));
    if (rng.chance(0.5)) record.order_hash = rng.next();
    record.leg = static_cast<std::uint16_t>(rng.below(3));
    record.corrected = rng.chance(0.5);
    record.busted = rng.chance(0.5);
    const std::string text = random_id(rng);
    record.id = PackedId(text);

    Buffer buffer{};
    const std::size_t size = record.encode(buffer.data());
    ASSERT_LE(size, Record::max_size);
    ASSERT_EQ(size % 4, 0U);
    Record again;
    ASSERT_EQ(again.decode(buffer.data()), size);
    EXPECT_EQ(again.kind, record.kind);
    EXPECT_EQ(again.owner, record.owner);
    EXPECT_EQ(again.t, record.t);
    EXPECT_EQ(again.terms, record.terms);
    EXPECT_EQ(again.origin, record.origin);
    EXPECT_EQ(again.liquidity, record.liquidity);
    EXPECT_EQ(again.order_hash, record.order_hash);
    EXPECT_EQ(again.leg, record.leg);
    EXPECT_EQ(again.corrected, record.corrected);
    EXPECT_EQ(again.busted, record.busted);
    EXPECT_EQ(again.id.text().view(), text);
    EXPECT_TRUE(again.id == record.id);
    EXPECT_EQ(Record{}.decode_checked(buffer.data(), size), size);
    EXPECT_EQ(Record{}.decode_checked(buffer.data(), size - 4), 0U);
  }
}

TEST(Record, of_any_bytes_is_read_within_its_bounds_or_not_at_all) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    std::vector<char> bytes(20 + rng.below(80));
    for (char& byte : bytes)
      byte = static_cast<char>(rng.next());
    Record record;
    const std::size_t size = record.decode_checked(bytes.data(), bytes.size());
    ASSERT_LE(size, bytes.size());
    if (size == 0) continue;
    ASSERT_GE(record.terms.qty.raw, 0);
    ASSERT_LE(record.id.text().view().size(), TradeId::capacity);
  }
}

TEST(Record, of_an_everyday_fill_takes_less_than_sixty_bytes) {
  Record record;
  record.t.ns = 1'700'000'000'000'000'000;
  record.terms = {Side::buy, *parse_decimal<Quantity>("0.125"), *parse_decimal<Price>("64123.45"),
                  Fee{*parse_decimal<Amount>("0.00801543"), AssetId(std::size_t{1})}};
  record.order_hash = 42;
  record.id = PackedId("3789456123");
  Buffer buffer{};
  EXPECT_LT(record.encode(buffer.data()), 60U);
}

TEST(TradeIds, order_as_numbers_when_they_are_numbers) {
  EXPECT_TRUE(compare_ids("9", "10") < 0);
  EXPECT_TRUE(compare_ids("09", "10") < 0);
  EXPECT_TRUE(compare_ids("99999999999999999999999", "100000000000000000000000") < 0);
  EXPECT_TRUE(compare_ids("a10", "a9") < 0);
  EXPECT_TRUE(compare_ids("b", "a") > 0);
  EXPECT_TRUE(compare_ids("7", "7") == 0);
  EXPECT_TRUE(compare_ids("07", "7") != 0);
  EXPECT_TRUE(compare_ids("0", "00") != 0);
}

TEST(TradeIds, have_one_order_however_they_are_mixed) {
  const std::vector<std::string> ids{"9", "10", "1a", "a", "", "010", "0", "00", "9a", "z9", "-1"};
  for (const auto& a : ids) {
    for (const auto& b : ids) {
      EXPECT_EQ(compare_ids(a, b) < 0, compare_ids(b, a) > 0) << a << " " << b;
      EXPECT_EQ(compare_ids(a, b) == 0, a == b) << a << " " << b;
      for (const auto& c : ids) {
        if (compare_ids(a, b) < 0 && compare_ids(b, c) < 0) {
          EXPECT_TRUE(compare_ids(a, c) < 0) << a << " " << b << " " << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace ballast
