#include "support/console_page.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/program.hpp"

namespace ballast::testing {
namespace {

struct Command {
  std::size_t line = 0;
  std::string text;
  std::string out;  // what the page says that it prints
  std::string err;
};

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

}  // namespace

std::string read_page(const std::string& name) {
  std::ifstream file(std::string(BALLAST_SOURCE_DIR "/docs/") + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t run_console_blocks(const std::string& page) {
  const Scratch scratch;
  const auto commands = commands_of(page, scratch);
  for (const Command& command : commands) {
    SCOPED_TRACE(fmt::format("line {}: ballast {}", command.line, command.text));
    const Ended ended = run_ballast(scratch.path(), command.text);
    EXPECT_EQ(ended.out, command.out);
    EXPECT_EQ(ended.err, command.err);
  }
  return commands.size();
}

}  // namespace ballast::testing
