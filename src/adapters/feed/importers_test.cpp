#include "adapters/feed/importers.hpp"

#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

TEST(ImporterKinds, have_names_of_their_own_and_say_what_they_read) {
  std::set<std::string_view> names;
  for (const ImporterKind& kind : importer_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_FALSE(kind.about.empty()) << kind.name;
    for (const ImportOption& option : kind.options)
      EXPECT_FALSE(option.help.empty()) << option.name;
  }
  EXPECT_EQ(names.size(), 11U);
}

/// What a format needs to be told, and nothing else.
ImportSettings needed_settings(const ImporterKind& kind) {
  if (kind.name == "csv") {
    return {{"type", "mark"}, {"map.t", "t"}, {"map.instrument", "i"}, {"map.price", "p"}};
  }
  ImportSettings settings;
  for (const ImportOption& option : kind.options) {
    if (option.needed) settings.emplace(option.name, "BTC-USDT");
  }
  return settings;
}

TEST(ImporterKinds, are_made_from_their_defaults_and_what_they_need) {
  for (const ImporterKind& kind : importer_kinds()) {
    DeskBuilder desk;
    const ImportSettings needed = needed_settings(kind);
    EXPECT_TRUE(make_importer(kind.name, needed, desk)) << kind.name;
    if (needed.empty()) continue;
    const auto made = make_importer(kind.name, {}, desk);
    ASSERT_FALSE(made) << kind.name;
    EXPECT_NE(made.error().what.find(" needs --set "), std::string::npos) << made.error().what;
  }
}

/// Every importer refuses every kind of damage with an error, never with events.
TEST(ImporterKinds, refuse_lines_that_are_not_theirs) {
  for (const ImporterKind& kind : importer_kinds()) {
    for (const char* text :
         {"\x01\x02\x03\n", "time_seconds\nx\n", "1723161253937085768 {\"e\":1}\n", "{"}) {
      Imported out;
      import_text(kind.name, needed_settings(kind), text, out);
      EXPECT_FALSE(out.error.empty()) << kind.name << " took " << text;
      EXPECT_TRUE(out.sink.events.empty()) << kind.name;
    }
  }
}

TEST(MakeImporter, an_unknown_format_or_setting_is_named_beside_the_known_ones) {
  DeskBuilder desk;
  const auto format = make_importer("binance-klines", {}, desk);
  ASSERT_FALSE(format);
  EXPECT_NE(format.error().what.find("did you mean \"binance-kline\"?"), std::string::npos);
  const auto setting = make_importer("binance-kline", {{"instrment", "X"}}, desk);
  ASSERT_FALSE(setting);
  EXPECT_NE(setting.error().what.find("\"instrment\"; did you mean \"instrument\"?"),
            std::string::npos);
  const auto value = make_importer("binance-stream", {{"tops", "all"}}, desk);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().what, "setting tops= \"all\" is not one of ticker, book, both, none");
}

class ReadFilesTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const auto& path : paths_)
      std::filesystem::remove(path);
  }
  void add(std::string_view text) {
    paths_.push_back(::testing::TempDir() + "read_files_" + std::to_string(paths_.size()) + ".csv");
    std::ofstream(paths_.back()) << text;
  }
  Result<ImportCounts> run(const ImportControl& control = {}) {
    const auto importer = make_importer("gemini-trade", {{"instrument", "ETHUSD"}}, desk_);
    return read_files(paths_, **importer, sink_, control);
  }

  std::vector<std::string> paths_;
  DeskBuilder desk_;
  KeptSink sink_;
};

constexpr std::string_view trades_header = "time_seconds,price,size,is_buyer_maker\n";

TEST_F(ReadFilesTest, each_file_has_its_own_header_and_line_numbers) {
  add(std::string(trades_header) + "1,10,1,0\n");
  add(std::string("is_buyer_maker,price,size,time_seconds\n") + "1,11,2,2\n0,bad,1,3\n");
  const auto counts = run();
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().what.rfind(paths_[1] + ":3: column 2 (price): \"bad\" is not", 0), 0U)
      << counts.error().what;
  ASSERT_EQ(sink_.events.size(), 2U);
  EXPECT_EQ(std::get<Trade>(sink_.events[1].body).price, exact<Price>("11"));
}

TEST_F(ReadFilesTest, goes_on_after_a_refused_line_when_told_to) {
  add(std::string(trades_header) + "1,10,1,0\n2,-1,1,0\n3,12,1,2\n4,13,1,1\n");
  std::vector<std::string> refused;
  ImportControl control;
  control.refused = [&](const Error& error) {
    refused.push_back(error.what);
    return true;
  };
  const auto counts = run(control);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->lines, 5U);
  EXPECT_EQ(counts->refused, 2U);
  EXPECT_EQ(refused[0], paths_[0] + ":3: column 2 (price): \"-1\" is not above zero");
  EXPECT_EQ(refused[1], paths_[0] + ":4: column 4 (is_buyer_maker): \"2\" is neither 0 nor 1");
  EXPECT_EQ(sink_.events.size(), 2U);
}

TEST_F(ReadFilesTest, a_file_without_its_header_fails_at_once) {
  add("1,10,1,0\n2,10,1,0\n");
  ImportControl control;
  control.refused = [](const Error&) { return true; };
  const auto counts = run(control);
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().what.rfind(paths_[0] + ":1: the header has no column", 0), 0U)
      << counts.error().what;
}

TEST_F(ReadFilesTest, a_file_of_another_format_fails_after_its_first_lines) {
  std::string text;
  for (int i = 1; i <= 100; ++i)
    text += "no receive time\n";
  add(text);
  std::size_t refused = 0;
  ImportControl control;
  control.refused = [&](const Error&) { return ++refused > 0; };
  const auto importer = make_importer("binance-stream", {}, desk_);
  const auto counts = read_files(paths_, **importer, sink_, control);
  ASSERT_FALSE(counts);
  EXPECT_EQ(refused, 10U);
  EXPECT_EQ(counts.error().what,
            paths_[0] + ": none of the first 10 lines could be read: is this the format?");
}

TEST_F(ReadFilesTest, one_good_line_makes_each_refused_line_count) {
  std::string text = "1723161253937085768 {\"result\":null,\"id\":1}\n";
  for (int i = 1; i <= 100; ++i)
    text += "no receive time\n";
  add(text);
  ImportControl control;
  control.refused = [](const Error&) { return true; };
  const auto importer = make_importer("binance-stream", {}, desk_);
  const auto counts = read_files(paths_, **importer, sink_, control);
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(counts->refused, 100U);
}

TEST_F(ReadFilesTest, a_file_that_is_not_there_is_an_error) {
  paths_.emplace_back("/nowhere/trades.csv");
  const auto counts = run();
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, Errc::io);
  EXPECT_NE(counts.error().what.find("/nowhere/trades.csv"), std::string::npos);
}

TEST_F(ReadFilesTest, shows_progress_in_bytes_of_the_file) {
  std::string text(trades_header);
  for (int i = 1; i <= 20'000; ++i)
    text += std::to_string(i) + ",10,1,0\n";
  add(text);
  std::vector<std::uint64_t> bytes;
  ImportControl control;
  control.progress = [&](const ImportProgress& progress) { bytes.push_back(progress.bytes_read); };
  ASSERT_TRUE(run(control));
  ASSERT_EQ(bytes.size(), 2U);
  EXPECT_GT(bytes[0], 0U);
  EXPECT_LE(bytes[0], bytes[1]);
  EXPECT_LE(bytes[1], text.size());
}

}  // namespace
}  // namespace ballast
