// Text that takes long to make, made once for all the processes of a test program: every test is a
// process of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ballast::testing {

/// What make() returns, from a file beside the program that the first process to ask for it wrote.
/// A program that was built anew makes it anew. Without a place to write, make() is called each
/// time.
/// @param name  unique within the program; fit for a file
std::string kept_text(std::string_view name, const std::function<std::string()>& make);

}  // namespace ballast::testing
