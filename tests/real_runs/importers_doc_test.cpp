// docs/importers.md shows files, commands and what they print. Every one of them is run here.
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/feed/importers.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

struct Command {
  std::size_t line = 0;
  std::string text;
  std::string out;  // what the page says that it prints
  std::string err;
};

std::string read_page() {
  std::ifstream file(BALLAST_SOURCE_DIR "/docs/importers.md");
  EXPECT_TRUE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The commands of the console blocks. `$ cat FILE` is no command: what follows becomes that file.
std::vector<Command> commands_of(const std::string& page, const Scratch& scratch) {
  std::vector<Command> commands;
  std::string file;
  std::string content;
  bool in_block = false;
  bool in_file = false;
  bool goes_on = false;  // the command ended in a backslash
  std::size_t number = 0;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = std::min(page.find('\n', at), page.size());
    const std::string line = page.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.starts_with("```")) {
      in_block = line == "```console";
    }
    if (in_file && (line.starts_with("```") || line.starts_with("$ "))) {
      scratch.write(file, content);
      in_file = false;
    }
    if (!in_block || line.starts_with("```")) continue;
    if (line.starts_with("$ cat ")) {
      file = line.substr(6);
      content.clear();
      in_file = true;
    } else if (in_file) {
      content.append(line).append("\n");
    } else if (goes_on || line.starts_with("$ ballast ")) {
      if (!goes_on) commands.push_back({number, {}, {}, {}});
      std::string& text = commands.back().text;
      text += goes_on ? line : line.substr(10);
      goes_on = text.ends_with('\\');
      if (goes_on) text.pop_back();
    } else if (commands.empty()) {
      ADD_FAILURE() << "line " << number << " stands before any command: " << line;
    } else {
      std::string& printed =
          line.starts_with("ballast: ") ? commands.back().err : commands.back().out;
      printed.append(line).append("\n");
    }
  }
  return commands;
}

TEST(ImportersPage, every_command_prints_what_the_page_says) {
  const Scratch scratch;
  const auto commands = commands_of(read_page(), scratch);
  ASSERT_GE(commands.size(), 14U);
  for (const Command& command : commands) {
    SCOPED_TRACE(fmt::format("line {}: ballast {}", command.line, command.text));
    const Ended ended = run_ballast(scratch.path(), command.text);
    EXPECT_EQ(ended.out, command.out);
    EXPECT_EQ(ended.err, command.err);
  }
}

TEST(ImportersPage, tells_of_every_format_and_every_setting_with_its_default) {
  const std::string page = read_page();
  for (const ImporterKind& kind : importer_kinds()) {
    EXPECT_NE(page.find(fmt::format("`{}`", kind.name)), std::string::npos) << kind.name;
    EXPECT_NE(page.find(fmt::format("import {} ", kind.name)), std::string::npos)
        << kind.name << " has no example";
    for (const ImportOption& option : kind.options) {
      std::string_view name = option.name;
      if (name.ends_with('*')) name.remove_suffix(1);
      EXPECT_NE(page.find(fmt::format("`{}", name)), std::string::npos) << kind.name << " " << name;
      EXPECT_TRUE(option.default_value.empty() ||
                  page.find(fmt::format("`{}`", option.default_value)) != std::string::npos ||
                  page.find(fmt::format("{}={}", name, option.default_value)) != std::string::npos)
          << kind.name << " " << name << "=" << option.default_value;
    }
  }
}

}  // namespace
}  // namespace ballast::testing
