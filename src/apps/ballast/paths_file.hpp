// PathsFile: the charts' paths, kept in a file beside the journal from one run to the next.
//
// No part of the truth: a file that is gone or damaged costs the charts their past, and nothing
// else.
#pragma once

#include <string>

#include "adapters/api/routes/live_paths.hpp"
#include "base/result.hpp"

namespace ballast {

class PathsFile {
 public:
  /// Loads what is there.
  explicit PathsFile(std::string path);

  api::LivePaths& paths() { return paths_; }
  /// When nobody follows any more.
  Result<void> save() const;

 private:
  std::string path_;
  api::LivePaths paths_;
};

}  // namespace ballast
