// A page of docs/ whose console blocks show files, commands and what they print.
#pragma once

#include <cstddef>
#include <string>

namespace ballast::testing {

/// The text of docs/NAME.
std::string read_page(const std::string& name);

/// Runs every `$ ballast ...` of the page's console blocks, in a folder of its own that holds the
/// files which `$ cat FILE` shows, and expects to be printed what the page says. How many ran.
std::size_t run_console_blocks(const std::string& page);

}  // namespace ballast::testing
