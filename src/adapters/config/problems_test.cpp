// The listings of testdata/problems.txt: each configuration with every problem that is found in it.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "adapters/config/config.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

const std::string golden_path =
    std::string(BALLAST_SOURCE_DIR) + "/src/adapters/config/testdata/problems.txt";

struct Case {
  std::string title;
  std::string text;
  std::string listing;
  bool alone() const { return title.ends_with("(alone)"); }
};

struct Golden {
  std::string head;  // comments above the first case
  std::vector<Case> cases;
};

Golden read_golden() {
  Golden golden;
  std::ifstream file(golden_path);
  std::string* to = &golden.head;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      to = &golden.cases.emplace_back().text;
      golden.cases.back().title = line.substr(4);
    } else if (line == "---" && !golden.cases.empty()) {
      to = &golden.cases.back().listing;
    } else if (!line.empty()) {  // a blank line sets cases apart
      *to += line + "\n";
    }
  }
  return golden;
}

std::string text_of(const Case& one, const std::string& sound) {
  return one.alone() ? one.text : sound + one.text;
}

std::string listing_of(const std::string& text) {
  std::string listing;
  for (const Problem& problem : check_desk(text, "desk.toml"))
    listing += to_string(problem) + "\n";
  return listing;
}

TEST(Problems, are_listed_all_at_once_with_their_places) {
  Golden golden = read_golden();
  ASSERT_GT(golden.cases.size(), 20u);
  const std::string sound = golden.cases.front().text;
  EXPECT_EQ(listing_of(sound), "");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(golden_path);
    out << golden.head;
    for (const Case& one : golden.cases) {
      out << "\n=== " << one.title << "\n" << one.text;
      if (&one != &golden.cases.front()) out << "---\n" << listing_of(text_of(one, sound));
    }
    return;
  }
  for (const Case& one : golden.cases) {
    if (&one == &golden.cases.front()) continue;
    EXPECT_EQ(listing_of(text_of(one, sound)), one.listing) << one.title;
  }
}

TEST(Problems, that_are_errors_keep_a_desk_from_loading_and_warnings_do_not) {
  const Golden golden = read_golden();
  const std::string sound = golden.cases.front().text;
  int refused = 0;
  int warned = 0;
  for (const Case& one : golden.cases) {
    const bool errors = one.listing.find(": error: ") != std::string::npos;
    const auto desk = load_desk(text_of(one, sound), "desk.toml");
    EXPECT_EQ(desk.has_value(), !errors) << one.title;
    if (desk) {
      warned += one.listing.empty() ? 0 : 1;
      continue;
    }
    ++refused;
    // The error says all of the errors and none of the warnings.
    std::istringstream lines(one.listing);
    std::string expected;
    for (std::string line; std::getline(lines, line);) {
      if (line.find(": error: ") != std::string::npos)
        expected += (expected.empty() ? "" : "\n") + line;
    }
    EXPECT_EQ(desk.error().what, expected) << one.title;
  }
  EXPECT_GT(refused, 10);
  EXPECT_GT(warned, 3);
}

TEST(Problems, are_found_without_harm_in_any_damaged_configuration) {
  constexpr std::uint64_t seed = 41;
  Rng rng(seed);
  const Golden golden = read_golden();
  const std::string sound = golden.cases.front().text;
  int loaded = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string text = text_of(golden.cases[rng.below(golden.cases.size())], sound);
    for (auto n = rng.below(4); n > 0 && !text.empty(); --n) {
      const std::size_t at = rng.below(text.size());
      if (rng.chance(0.5)) {
        text.erase(at, 1 + rng.below(5));
      } else {
        text[at] = text[rng.below(text.size())];
      }
    }
    const auto desk = load_desk(text, "desk.toml");
    if (!desk) continue;
    ++loaded;
    // Whatever loads is a desk in order: its canonical text gives it back.
    const auto again = load_desk(canonical_desk(*desk), "canonical");
    ASSERT_TRUE(again) << text << "\n" << again.error().what << " seed " << seed;
    ASSERT_EQ(*again, *desk) << text << " seed " << seed;
  }
  EXPECT_GT(loaded, 100);
}

}  // namespace
}  // namespace ballast
