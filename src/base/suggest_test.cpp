#include "base/suggest.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

TEST(EditDistance, counts_inserts_deletes_replacements_and_swaps_of_neighbours) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("instrument", "instrment"), 1u);
  EXPECT_EQ(edit_distance("price", "prcie"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);  // Wagner & Fischer's classic
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);          // optimal string alignment, not unrestricted
  EXPECT_EQ(edit_distance("btc-usdt", "BTC-USDT"), 0u);
}

/// The definition by recursion, without a table.
std::size_t slow_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return std::max(a.size(), b.size());
  const auto cut = [](std::string_view s, std::size_t n) { return s.substr(0, s.size() - n); };
  std::size_t best =
      std::min({slow_distance(cut(a, 1), b) + 1, slow_distance(a, cut(b, 1)) + 1,
                slow_distance(cut(a, 1), cut(b, 1)) + (a.back() == b.back() ? 0 : 1)});
  if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && a[a.size() - 2] == b.back()) {
    best = std::min(best, slow_distance(cut(a, 2), cut(b, 2)) + 1);
  }
  return best;
}

TEST(EditDistance, agrees_with_its_recursive_definition_on_random_words) {
  constexpr std::uint64_t seed = 20240808;
  Rng rng(seed);
  const auto word = [&] {
    std::string text(rng.below(7), 'a');
    for (char& c : text)
      c = static_cast<char>('a' + rng.below(3));
    return text;
  };
  for (int i = 0; i < 400; ++i) {
    const std::string a = word();
    const std::string b = word();
    ASSERT_EQ(edit_distance(a, b), slow_distance(a, b)) << a << " " << b << " seed " << seed;
  }
}

TEST(Suggestion, names_the_nearest_candidate_and_the_first_of_equals) {
  Suggestion near("instrment");
  for (const auto* name : {"price", "instruments", "instrument", "instrumen"})
    near.consider(name);
  EXPECT_EQ(near.best(), "instrument");
  EXPECT_EQ(near.text(), "; did you mean \"instrument\"?");
}

TEST(Suggestion, stays_silent_when_nothing_is_near) {
  Suggestion near("qty");
  for (const auto* name : {"price", "account", "fee", ""})
    near.consider(name);
  EXPECT_EQ(near.text(), "");
  Suggestion letter("x");
  letter.consider("y");
  EXPECT_EQ(letter.text(), "");
  const std::string endless(1000, 'a');
  Suggestion long_word(endless);
  long_word.consider(endless);
  EXPECT_EQ(long_word.text(), "");
}

}  // namespace
}  // namespace ballast
