#include "adapters/feed/common/csv.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

std::vector<std::string> split(std::string_view line, char delimiter = ',') {
  CsvRow row;
  if (const auto done = row.split(line, delimiter); !done) return {"error: " + done.error().what};
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < row.size(); ++i)
    fields.emplace_back(row[i]);
  return fields;
}

using Fields = std::vector<std::string>;

TEST(CsvRow, splits_plain_and_empty_fields) {
  EXPECT_EQ(split("a,b,c"), (Fields{"a", "b", "c"}));
  EXPECT_EQ(split(",b,"), (Fields{"", "b", ""}));
  EXPECT_EQ(split(""), (Fields{""}));
  EXPECT_EQ(split("a;b,c", ';'), (Fields{"a", "b,c"}));
}

TEST(CsvRow, undoes_quotes_as_rfc_4180_has_them) {
  EXPECT_EQ(split(R"("aaa","b,b","c""c")"), (Fields{"aaa", "b,b", "c\"c"}));
  EXPECT_EQ(split(R"(x,"","""")"), (Fields{"x", "", "\""}));
  EXPECT_EQ(split(R"("a",)"), (Fields{"a", ""}));
  EXPECT_EQ(split(R"(5" pipe,b)"), (Fields{"5\" pipe", "b"}));  // a quote inside is plain text
}

TEST(CsvRow, refuses_quotes_that_do_not_match_and_names_the_column) {
  EXPECT_EQ(split(R"(a,"b)"),
            (Fields{"error: column 2 opens a quote that the line does not close"}));
  EXPECT_EQ(split(R"("a"b,c)"), (Fields{"error: column 1 goes on after its closing quote"}));
}

TEST(CsvRow, reads_back_whatever_was_quoted) {
  constexpr std::string_view letters = "ab,\"; 1";
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Rng rng(seed);
    Fields fields(1 + rng.below(6));
    std::string line;
    for (auto& field : fields) {
      for (std::size_t n = rng.below(8); n > 0; --n)
        field += letters[rng.below(letters.size())];
      if (&field != &fields.front()) line += ',';
      line += '"';
      for (const char c : field)
        line.append(c == '"' ? 2 : 1, c);
      line += '"';
    }
    EXPECT_EQ(split(line), fields) << line;
  }
}

TEST(Csv, errors_name_the_column_and_what_it_held) {
  CsvRow row;
  ASSERT_TRUE(row.split("1,-2.5,x"));
  const auto error = [&](std::size_t index, Sign sign) {
    return number_field<Price>(row, {index, "price"}, sign).error().what;
  };
  EXPECT_EQ(error(1, Sign::positive), "column 2 (price): \"-2.5\" is not above zero");
  EXPECT_EQ(error(1, Sign::not_negative), "column 2 (price): \"-2.5\" is negative");
  EXPECT_NE(error(2, Sign::any).find("column 3 (price): \"x\" is not"), std::string::npos);
  EXPECT_EQ(error(3, Sign::any), "column 4 (price): missing: the line has 3 columns");
  EXPECT_EQ(number_field<Price>(row, {1, "price"}, Sign::any), *parse_decimal<Price>("-2.5"));
}

TEST(Csv, a_missing_column_is_named_beside_those_there_are) {
  CsvRow header;
  ASSERT_TRUE(header.split("time,price,size"));
  EXPECT_EQ(find_column(header, "price")->index, 1U);
  EXPECT_EQ(
      find_column(header, "prise").error().what,
      "the header has no column \"prise\"; did you mean \"price\"?; it has: time, price, size");
}

}  // namespace
}  // namespace ballast
