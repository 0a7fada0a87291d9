#include "adapters/api/server/static_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ballast::api {
namespace {

constexpr std::string_view no_dashboard_page = R"html(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Ballast</title></head>
<body>
<h1>Ballast is running</h1>
<p>This program was built without the dashboard. To have it, run <code>npm ci &amp;&amp; npm run
build</code> in the folder <code>web/</code> of the sources, and build the program again.</p>
<p>The API is at <a href="/api/v1/openapi.json">/api/v1</a>.</p>
</body>
</html>
)html";

bool is_under(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

bool is_page(std::string_view path) {
  for (const std::string_view root : {"/api", "/livez", "/readyz", "/metrics", "/assets"})
    if (is_under(path, root)) return false;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  // An instrument or a factor may hold a dot ("delta:BTC@mm.2"); a file's extension is one we know.
  return content_type_of(name) == "application/octet-stream";
}

}  // namespace

StaticFiles dashboard() {
  StaticFiles files = embedded_files();
  if (files.empty())
    files.push_back(
        {"/index.html", "text/html; charset=utf-8", no_dashboard_page, "no-dashboard-1"});
  return files;
}

std::string_view content_type_of(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
      {".map", "application/json"},
  };
  for (const auto& [extension, type] : types)
    if (path.ends_with(extension)) return type;
  return "application/octet-stream";
}

const StaticFile* find_file(const StaticFiles& files, std::string_view path) {
  const auto find = [&](std::string_view wanted) -> const StaticFile* {
    const auto at = std::find_if(files.begin(), files.end(),
                                 [&](const StaticFile& file) { return file.path == wanted; });
    return at == files.end() ? nullptr : &*at;
  };
  if (const StaticFile* file = find(path)) return file;
  return is_page(path) ? find("/index.html") : nullptr;
}

bool immutable(const StaticFile& file) { return file.path.starts_with("/assets/"); }

}  // namespace ballast::api
