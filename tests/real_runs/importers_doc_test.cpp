// docs/importers.md shows files, commands and what they print. Every one of them is run here.
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/feed/importers.hpp"
#include "support/console_page.hpp"

namespace ballast::testing {
namespace {

TEST(ImportersPage, every_command_prints_what_the_page_says) {
  EXPECT_GE(run_console_blocks(read_page("importers.md")), 14U);
}

TEST(ImportersPage, tells_of_every_format_and_every_setting_with_its_default) {
  const std::string page = read_page("importers.md");
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
