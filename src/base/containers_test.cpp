// Text, FlatMap, Rng and hashing: the small pieces that everything above stands on.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/flat_map.hpp"
#include "base/hash.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"

namespace ballast {
namespace {

TEST(Text, holds_up_to_its_capacity_and_refuses_more) {
  const std::string full(15, 'x');
  ASSERT_TRUE(Text<15>::create(full));
  EXPECT_EQ(Text<15>::create(full)->view(), full);
  EXPECT_FALSE(Text<15>::create(full + "x"));
  EXPECT_TRUE(Text<15>::create("")->empty());
  EXPECT_EQ(Text<255>::create(std::string(255, 'y'))->view().size(), 255u);
}

TEST(Text, compares_like_the_strings_it_holds) {
  EXPECT_EQ(Text<7>("abc"), *Text<7>::create("abc"));
  EXPECT_LT(Text<7>("ab"), Text<7>("abc"));
  EXPECT_LT(Text<7>("abc"), Text<7>("abd"));
  EXPECT_NE(*Text<7>::create(std::string("a\0", 2)), Text<7>("a"));
}

/// Few buckets at first, so that probes collide and wrap.
struct PoorHash {
  std::uint64_t operator()(std::uint64_t key) const { return key % 3 == 0 ? 15 : key; }
};

TEST(FlatMap, finds_what_a_std_map_finds_through_growth_and_collisions) {
  constexpr std::uint64_t seed = 23;
  Rng rng(seed);
  FlatMap<std::uint64_t, int, PoorHash> map;
  std::map<std::uint64_t, int> expected;
  for (int i = 0; i < 3'000; ++i) {
    const std::uint64_t key = rng.below(2'000);
    const auto [value, inserted] = map.try_emplace(key, i);
    const auto [at, first] = expected.try_emplace(key, i);
    ASSERT_EQ(inserted, first) << "seed " << seed;
    ASSERT_EQ(*value, at->second);
    if (i % 7 == 0) *value = at->second = -i;
  }
  ASSERT_EQ(map.size(), expected.size());
  for (std::uint64_t key = 0; key < 2'100; ++key) {
    const auto at = expected.find(key);
    const int* const found = std::as_const(map).find(key);
    ASSERT_EQ(found != nullptr, at != expected.end()) << key;
    if (found != nullptr) {
      ASSERT_EQ(*found, at->second) << key;
    }
  }
}

TEST(FlatMap, does_not_grow_within_what_was_reserved) {
  FlatMap<std::uint64_t, int, PoorHash> map;
  map.reserve(1'000);
  const std::size_t bytes = map.memory_bytes();
  for (std::uint64_t key = 0; key < 1'000; ++key)
    map.try_emplace(key, 0);
  EXPECT_EQ(map.memory_bytes(), bytes);
}

TEST(Rng, is_xoshiro256_starstar_seeded_by_splitmix64) {
  // The reference implementations at prng.di.unimi.it, seeded with 0 and with 42.
  Rng zero(0);
  EXPECT_EQ(zero.next(), 0x99ec5f36cb75f2b4ULL);
  EXPECT_EQ(zero.next(), 0xbf6e1f784956452aULL);
  Rng other(42);
  EXPECT_EQ(other.next(), 0x15780b2e0c2ec716ULL);
}

TEST(Rng, stays_in_bounds_and_reaches_both_ends) {
  Rng rng(1);
  bool low = false;
  bool high = false;
  double sum = 0.0;
  double squares = 0.0;
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const std::int64_t n = rng.between(-3, 3);
    ASSERT_TRUE(n >= -3 && n <= 3);
    low = low || n == -3;
    high = high || n == 3;
    const double u = rng.uniform();
    ASSERT_TRUE(u >= 0.0 && u < 1.0);
    const double z = rng.normal();
    sum += z;
    squares += z * z;
  }
  EXPECT_TRUE(low && high);
  EXPECT_NEAR(sum / draws, 0.0, 0.02);  // six standard errors
  EXPECT_NEAR(squares / draws, 1.0, 0.03);
}

TEST(Digest, depends_on_every_word_and_on_their_order) {
  const auto of = [](auto... words) {
    Digest digest;
    (digest.add(words), ...);
    return digest.hex();
  };
  const std::uint64_t one = 1;
  const std::uint64_t two = 2;
  EXPECT_EQ(of(one, two), of(one, two));
  EXPECT_NE(of(one, two), of(two, one));
  EXPECT_NE(of(one), of(one, std::uint64_t{0}));
  EXPECT_NE(of(std::string_view("ab"), std::string_view("c")),
            of(std::string_view("a"), std::string_view("bc")));
  EXPECT_NE(of(0.0), of(-0.0));
  EXPECT_EQ(of(one).size(), 32u);
}

TEST(Hash, differs_for_every_single_byte_change_of_short_texts) {
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string text(length, 'a');
    for (std::size_t i = 0; i < length; ++i) {
      std::string changed = text;
      changed[i] = 'b';
      ASSERT_NE(hash_bytes(text), hash_bytes(changed)) << length << " " << i;
    }
    ASSERT_NE(hash_bytes(text), hash_bytes(text + '\0')) << length;
  }
}

}  // namespace
}  // namespace ballast
