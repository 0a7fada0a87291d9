// The program, run as a user runs it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ballast::testing {

struct Ended {
  int code = -1;  // -1: did not exit by itself
  std::string out;
  std::string err;
};

/// Runs `ballast ARGUMENTS` in `folder` through the shell. `input` becomes its standard input,
/// unless the arguments redirect another file there.
Ended run_ballast(const std::filesystem::path& folder,
                  const std::string& arguments,
                  std::string_view input = {});

/// A new folder for the running test, deleted with this object.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view text) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace ballast::testing
