#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Utf8, takes_every_length_and_its_ends) {
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\xe2\x82\xbf!"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, refuses_overlong_forms_surrogates_stray_bytes_and_cuts) {
  for (const std::string_view text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe2\x82", "\xf0\x9f\x9a",
        "\xe2\x28\xa1"}) {
    EXPECT_FALSE(is_utf8(text));
  }
  EXPECT_EQ(utf8_prefix("ab\xe2\x82"), 2U);
}

}  // namespace
}  // namespace ballast
