#include "apps/ballast/paths_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "apps/ballast/console.hpp"

namespace ballast {

PathsFile::PathsFile(std::string path) : path_(std::move(path)) {
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream bytes;
  if (!(file && bytes << file.rdbuf())) return;
  if (const auto loaded = paths_.load(bytes.str()); !loaded) {
    complain(fmt::format("{}: {}; charts begin anew", path_, loaded.error().what));
  }
}

Result<void> PathsFile::save() const {
  const std::string aside = path_ + ".new";
  std::ofstream file(aside, std::ios::binary | std::ios::trunc);
  std::error_code error;
  if (file << paths_.save() && file.flush()) {
    file.close();
    std::filesystem::rename(aside, path_, error);
    if (!error) return {};
  }
  return fail(Errc::io, fmt::format("{}: the charts' paths cannot be kept: {}", path_,
                                    error ? error.message() : std::strerror(errno)));
}

}  // namespace ballast
