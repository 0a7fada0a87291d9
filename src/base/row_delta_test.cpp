#include "base/row_delta.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

struct Row {
  std::int64_t begin = 0;
  std::array<double, 12> sums{};
  std::uint8_t kind = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

template <class Archive>
void archive_rows(Archive& ar, std::vector<Row>& rows) {
  RowDelta delta;
  for (Row& row : rows)
    delta.archive(ar, row.begin, row.sums, row.kind);
}

std::string saved(std::vector<Row> rows) {
  std::string bytes;
  SaveArchive ar(bytes);
  archive_rows(ar, rows);
  return bytes;
}

/// Totals that run on, some of them at rest.
std::vector<Row> running_totals(Rng& rng, std::size_t count) {
  std::vector<Row> rows(count);
  Row now;
  for (Row& row : rows) {
    now.begin += 5'000'000'000;
    for (std::size_t i = 0; i < now.sums.size(); ++i)
      if (i % 3 != 0) now.sums[i] += static_cast<double>(rng.below(1'000'000)) * 0.01;
    now.kind = static_cast<std::uint8_t>(rng.below(3));
    row = now;
  }
  return rows;
}

TEST(RowDelta, loads_what_it_saved) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    std::vector<Row> rows = running_totals(rng, rng.below(80));
    for (Row& row : rows)  // and any other values
      if (rng.chance(0.1)) row.sums[rng.below(row.sums.size())] = -1.0 / (1.0 + rng.uniform());
    const std::string bytes = saved(rows);
    std::vector<Row> loaded(rows.size());
    LoadArchive ar(bytes);
    archive_rows(ar, loaded);
    ASSERT_TRUE(ar.done()) << "seed " << seed;
    ASSERT_EQ(loaded, rows) << "seed " << seed;
  }
}

TEST(RowDelta, of_running_totals_takes_less_than_two_thirds) {
  Rng rng(3);
  const std::size_t plain = 60 * (8 + 12 * 8 + 1);
  EXPECT_LT(saved(running_totals(rng, 60)).size(), plain * 2 / 3);
  EXPECT_LT(saved(std::vector<Row>(60)).size(), plain / 8);
}

TEST(RowDelta, of_damaged_bytes_is_refused_or_loads_as_rows_that_save_again) {
  constexpr std::uint64_t seed = 17;
  Rng rng(seed);
  const std::string good = saved(running_totals(rng, 20));
  int refused = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string bytes = good;
    if (rng.chance(0.2)) bytes.resize(rng.below(bytes.size()));
    for (auto n = rng.below(3) + 1; n > 0 && !bytes.empty(); --n)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    std::vector<Row> rows(20);
    LoadArchive ar(bytes);
    archive_rows(ar, rows);
    if (!ar.done()) {
      ++refused;
      continue;
    }
    std::vector<Row> again(20);
    const std::string resaved = saved(rows);
    LoadArchive second(resaved);
    archive_rows(second, again);
    ASSERT_TRUE(second.done()) << "seed " << seed << " case " << i;
    ASSERT_EQ(saved(again), resaved) << "seed " << seed << " case " << i;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace ballast
