// The dashboard's files, embedded in the program, and which of them a path means. Immutable.
#pragma once

#include <string_view>
#include <vector>

namespace ballast::api {

struct StaticFile {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view bytes;
  std::string_view etag;  // without quotes
};
/// They and what they point to outlive the server.
using StaticFiles = std::vector<StaticFile>;

/// Those of web/dist when the program was built.
StaticFiles embedded_files();
/// `embedded_files()`, or a page that says how to build them where there are none.
StaticFiles dashboard();

std::string_view content_type_of(std::string_view path);

/// The file of a path. A path without an extension is a page of the dashboard, which index.html
/// shows; those of the API and the probes never are. Null: there is none.
const StaticFile* find_file(const StaticFiles& files, std::string_view path);

/// Its name holds a hash of its content, so it may be kept for ever.
bool immutable(const StaticFile& file);

}  // namespace ballast::api
