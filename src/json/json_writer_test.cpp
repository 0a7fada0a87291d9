#include "json/json_writer.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

void write_something(JsonWriter& out) {
  out.begin_object(JsonWriter::Layout::inline_);
  out.key("a").value(std::uint64_t{18'446'744'073'709'551'615U});
  out.key("b").begin_array(JsonWriter::Layout::lines);
  out.value(Decimal::whole(-3));
  out.value(1.0);
  out.null();
  out.end_array();
  out.key("c").raw(R"({"x":1})");
  out.end_object();
}

TEST(JsonWriter, compact_holds_for_everything_whatever_a_part_asks_for) {
  JsonWriter out(JsonWriter::Layout::compact);
  write_something(out);
  EXPECT_EQ(out.text(), R"({"a":18446744073709551615,"b":["-3",1.0,null],"c":{"x":1}})");
  JsonWriter spaced;
  write_something(spaced);
  EXPECT_EQ(spaced.take(), R"({"a": 18446744073709551615, "b": ["-3", 1.0, null], "c": {"x":1}})"
                           "\n");
}

TEST(JsonWriter, a_cleared_writer_begins_anew) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_array();
  out.value("left open");
  out.clear();
  write_something(out);
  EXPECT_EQ(out.text().front(), '{');
}

TEST(JsonWriter, writes_times_and_texts_as_they_read_back) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_array();
  out.value(Timestamp{1'767'614'400'500'000'000});
  out.value("tab\tquote\"end\x1f");
  out.value(std::optional<double>{});
  out.value(false);
  out.value(-7);
  out.end_array();
  EXPECT_EQ(out.text(),
            "[\"2026-01-05T12:00:00.500Z\",\"tab\\tquote\\\"end\\u001f\",null,false,-7]");
}

}  // namespace
}  // namespace ballast
