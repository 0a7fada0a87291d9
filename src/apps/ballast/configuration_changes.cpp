#include "apps/ballast/configuration_changes.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <sodium.h>

namespace ballast {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Each line that says something, behind the table that it stands in. Tables of an array are told
/// apart by their names, where the first key says one.
std::vector<std::string> said(std::string_view text) {
  std::vector<std::string> lines;
  std::string table;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[' && line.find('=') == std::string_view::npos) {
      table = line;
      continue;
    }
    if (line.starts_with("name ") || line.starts_with("name=")) {
      const std::size_t quote = line.find('"');
      const std::size_t last = line.rfind('"');
      if (quote < last) table += fmt::format(" {}", line.substr(quote, last - quote + 1));
    }
    lines.push_back(table.empty() ? std::string(line) : fmt::format("{} {}", table, line));
  }
  return lines;
}

}  // namespace

std::vector<std::string> configuration_changes(std::string_view before, std::string_view after) {
  const auto old_lines = said(before);
  const auto new_lines = said(after);
  std::map<std::string_view, int> balance;  // how often it came, less how often it went
  for (const std::string& line : new_lines)
    ++balance[line];
  for (const std::string& line : old_lines)
    --balance[line];
  std::vector<std::string> changes;
  for (const std::string& line : old_lines) {
    if (balance[line] >= 0) continue;
    ++balance[line];
    changes.push_back("- " + line);
  }
  for (const std::string& line : new_lines) {
    if (balance[line] <= 0) continue;
    --balance[line];
    changes.push_back("+ " + line);
  }
  return changes;
}

std::string sha256_text(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string digits;
  for (const unsigned char byte : hash)
    digits += fmt::format("{:02x}", byte);
  return digits;
}

}  // namespace ballast
