#include "adapters/feed/common/line_reader.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

class LineReaderTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  void compress(const std::string& bytes) {
    gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  /// Every line, and the error that ended it, if one did.
  std::vector<std::string> read() const {
    auto reader = LineReader::open(path_);
    if (!reader) return {"error: " + reader.error().what};
    std::vector<std::string> lines;
    std::string_view line;
    for (;;) {
      const auto more = reader->next(line);
      if (!more) {
        lines.push_back("error: " + more.error().what);
        return lines;
      }
      if (!*more) return lines;
      lines.emplace_back(line);
    }
  }

  std::string path_ = ::testing::TempDir() + "line_reader_" +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

using Lines = std::vector<std::string>;

TEST_F(LineReaderTest, strips_line_ends_and_the_byte_order_mark) {
  write(
      "\xef\xbb\xbf"
      "a\r\nb\n\nlast");
  EXPECT_EQ(read(), (Lines{"a", "b", "", "last"}));
  write("a\n");
  EXPECT_EQ(read(), (Lines{"a"}));
  write("");
  EXPECT_EQ(read(), (Lines{}));
}

TEST_F(LineReaderTest, reads_lines_of_any_length_plain_or_compressed) {
  Rng rng(7);
  Lines lines;
  std::string text;
  for (std::size_t length :
       {0UL, 1UL, 100'000UL, 262'143UL, 262'144UL, 262'145UL, 900'000UL, 3UL}) {
    std::string line(length, ' ');
    for (char& c : line)
      c = static_cast<char>('a' + rng.below(26));
    text += line + "\n";
    lines.push_back(line);
  }
  write(text);
  EXPECT_EQ(read(), lines);
  compress(text);
  EXPECT_EQ(read(), lines);
}

TEST_F(LineReaderTest, says_when_compressed_data_is_cut_or_damaged) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += std::to_string(i * 7919) + "\n";
  compress(text);
  const auto whole = std::filesystem::file_size(path_);
  std::filesystem::resize_file(path_, whole / 2);
  auto lines = read();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back().rfind("error: the compressed data is damaged or cut", 0), 0U)
      << lines.back();
  compress(text);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(whole / 2));
  file.write("\xff\x00\xff\x00", 4);
  file.close();
  lines = read();
  EXPECT_EQ(lines.back().rfind("error: the compressed data is damaged or cut", 0), 0U)
      << lines.back();
}

TEST_F(LineReaderTest, a_missing_file_is_named) {
  const auto lines = read();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find(path_), std::string::npos);
  EXPECT_NE(lines[0].find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace ballast
