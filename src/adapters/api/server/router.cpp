#include "adapters/api/server/router.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace ballast::api {
namespace {

bool captures(std::string_view segment) { return segment.starts_with('{'); }

Result<std::vector<std::string>> parse_pattern(const std::string& pattern) {
  const auto wrong = [&](std::string_view why) {
    return fail(Errc::bad_input, fmt::format("the route pattern \"{}\" {}", pattern, why));
  };
  if (!pattern.starts_with('/')) return wrong("does not begin with '/'");
  std::vector<std::string> segments;
  std::set<std::string> names;
  for (std::string_view rest = pattern; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const bool braces = segment.find_first_of("{}") != segment.npos;
    if (braces && !(segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
                    segment.find_first_of("{}", 1) == segment.size() - 1))
      return wrong("has a segment that is neither a word nor one {name}");
    if (braces && !names.insert(std::string(segment)).second)
      return wrong("has the same name twice");
    segments.emplace_back(segment);
  }
  return segments;
}

/// Equal but for the names of what they capture.
bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const std::string& left, const std::string& right) {
                      return left == right || (captures(left) && captures(right));
                    });
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& wanted, const std::string& there) {
                      return captures(wanted) ? !there.empty() : wanted == there;
                    });
}

}  // namespace

Result<Router> Router::create(std::vector<Route> routes) {
  Router router;
  router.routes_ = std::move(routes);
  for (std::size_t i = 0; i < router.routes_.size(); ++i) {
    const Route& route = router.routes_[i];
    BALLAST_TRY(segments, parse_pattern(route.pattern));
    for (const Row& row : router.rows_)
      if (router.routes_[row.route].method == route.method && same_shape(row.segments, segments))
        return fail(Errc::conflict,
                    fmt::format("two routes for {} {}", to_string(route.method), route.pattern));
    router.rows_.push_back({std::move(segments), i});
  }
  std::stable_sort(router.rows_.begin(), router.rows_.end(), [](const Row& a, const Row& b) {
    return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(),
                                        b.segments.end(),
                                        [](const std::string& left, const std::string& right) {
                                          return !captures(left) && captures(right);
                                        });
  });
  return router;
}

std::vector<Router::Match> Router::find(const std::vector<std::string>& segments) const {
  std::vector<Match> matches;
  const Row* first = nullptr;
  for (const Row& row : rows_) {
    if (first != nullptr ? !same_shape(first->segments, row.segments)
                         : !fits(row.segments, segments))
      continue;
    if (first == nullptr) first = &row;
    Match match{&routes_[row.route], {}};
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (const std::string& name = row.segments[i]; captures(name))
        match.captures.emplace(name.substr(1, name.size() - 2), segments[i]);
    matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace ballast::api
