// Which route a path means. Immutable once made, so any thread may ask.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/api/http.hpp"
#include "base/result.hpp"

namespace ballast::api {

class Router {
 public:
  /// An error when two routes are the same, or a pattern is malformed: "/a/{name}" has names in
  /// whole segments.
  static Result<Router> create(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> captures;
  };
  /// The routes of a path, at most one of each method. Where several patterns fit, the one whose
  /// literal segments come first wins.
  std::vector<Match> find(const std::vector<std::string>& segments) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Row {
    std::vector<std::string> segments;  // "{name}" captures
    std::size_t route = 0;              // by index: a Router can be moved
  };
  std::vector<Route> routes_;
  std::vector<Row> rows_;  // literal segments before capturing ones
};

}  // namespace ballast::api
