// What differs between two configurations, in words for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast {

/// The lines that went and came, each with the table that it stands in: "[[rules]] -for = \"30s\"".
/// Comments, blank lines and spaces at the ends do not count. Empty when nothing differs.
std::vector<std::string> configuration_changes(std::string_view before, std::string_view after);

/// SHA-256 of a text, as hexadecimal digits.
std::string sha256_text(std::string_view text);

}  // namespace ballast
