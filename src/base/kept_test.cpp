#include "base/kept.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Kept, works_out_once_until_it_is_told_to_forget) {
  Kept<int> kept;
  int worked = 0;
  const auto ask = [&] { return kept.get([&] { return ++worked; }); };
  EXPECT_EQ(ask(), 1);
  EXPECT_EQ(ask(), 1);
  kept.forget();
  EXPECT_EQ(ask(), 2);
  const Kept<int> copy = kept;
  EXPECT_EQ(copy.get([] { return 0; }), 2);
}

TEST(Kept, keeps_for_the_last_question_alone) {
  Kept<int, double> kept;
  int worked = 0;
  const auto ask = [&](double key) { return kept.get(key, [&] { return ++worked; }); };
  EXPECT_EQ(ask(0.0), 1);
  EXPECT_EQ(ask(0.0), 1);
  EXPECT_EQ(ask(2.0), 2);
  EXPECT_EQ(ask(0.0), 3);
  kept.forget();
  EXPECT_EQ(ask(0.0), 4);
}

}  // namespace
}  // namespace ballast
