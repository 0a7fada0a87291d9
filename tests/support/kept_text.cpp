#include "support/kept_text.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace ballast::testing {

std::string kept_text(std::string_view name, const std::function<std::string()>& make) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return make();
  const auto built = fs::last_write_time(program, error).time_since_epoch().count();
  if (error) return make();
  const std::string beginning = fmt::format("{}.{}.", program.filename().string(), name);
  const fs::path kept = program.parent_path() / fmt::format("{}{}.kept", beginning, built);
  if (std::ifstream file(kept, std::ios::binary); file) {
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string made = make();
  for (const fs::directory_entry& entry : fs::directory_iterator(program.parent_path(), error)) {
    const std::string old = entry.path().filename().string();
    if (old.starts_with(beginning) && old.ends_with(".kept")) fs::remove(entry.path(), error);
  }
  // Under a name of its own first: others may be reading, or writing the same.
  const fs::path part = kept.string() + fmt::format(".{}", ::getpid());
  std::ofstream(part, std::ios::binary) << made;
  if (fs::file_size(part, error) == made.size() && !error) fs::rename(part, kept, error);
  fs::remove(part, error);
  return made;
}

}  // namespace ballast::testing
