// Golden files for the tests of this folder, in tests/golden/report/; UPDATE_GOLDEN=1 rewrites
// them.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace ballast {

/// What the golden file holds; with UPDATE_GOLDEN it is made to hold `text` first.
inline std::string golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(BALLAST_SOURCE_DIR) + "/tests/golden/report/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ifstream file(path, std::ios::binary);
  if (!file) return "(there is no " + path + "; UPDATE_GOLDEN=1 writes it)";
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace ballast
