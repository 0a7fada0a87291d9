// Any target is refused in words or taken apart so that its parts mean the same target again; and
// whatever a route captures of it is a whole segment.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/api/server/router.hpp"
#include "adapters/api/server/static_files.hpp"
#include "adapters/api/server/target.hpp"
#include "base/contract.hpp"

namespace {

using namespace ballast::api;

const Router& router() {
  static const Router made = [] {
    std::vector<Route> routes;
    for (const char* pattern :
         {"/", "/api/v1/targets", "/api/v1/targets/{key}", "/api/v1/targets/{key}/explain",
          "/api/v1/alerts/{id}/acknowledge"}) {
      Route route;
      route.pattern = pattern;
      routes.push_back(route);
    }
    return *Router::create(std::move(routes));
  }();
  return made;
}

std::string encoded(const std::string& segment) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : segment) {
    out += '%';
    out += hex[static_cast<unsigned char>(c) / 16];
    out += hex[static_cast<unsigned char>(c) % 16];
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = parse_target({reinterpret_cast<const char*>(data), size});
  if (!target) {
    BALLAST_ASSERT(!target.error().what.empty());
    return 0;
  }
  std::string again;
  for (const std::string& segment : target->segments)
    again += "/" + encoded(segment);
  const auto back = parse_target(again);
  BALLAST_ASSERT(back && back->segments == target->segments && back->path == target->path);
  for (const Router::Match& match : router().find(target->segments))
    for (const auto& [name, value] : match.captures)
      BALLAST_ASSERT(!value.empty() && value == target->segments[3]);
  static const StaticFiles files{{"/index.html", "text/html", "page", "1"}};
  find_file(files, target->path);
  return 0;
}
