// Targets taken apart, and the routes that they mean.

#include "adapters/api/server/router.hpp"

#include <gtest/gtest.h>

#include "adapters/api/server/connection_table.hpp"
#include "adapters/api/server/line_splitter.hpp"
#include "adapters/api/server/static_files.hpp"
#include "adapters/api/server/target.hpp"
#include "adapters/api/server/token_buckets.hpp"

namespace ballast::api {
namespace {

Router router() {
  std::vector<Route> routes;
  for (const char* pattern : {"/a/{key}", "/a/fixed", "/a/{key}/explain", "/"}) {
    Route route;
    route.pattern = pattern;
    routes.push_back(route);
  }
  Route put;
  put.method = Method::put;
  put.pattern = "/a/{name}";
  routes.push_back(put);
  return *Router::create(std::move(routes));
}

std::string found(std::string_view target) {
  const Router table = router();
  std::string out;
  for (const auto& match : table.find(parse_target(target)->segments)) {
    out += std::string(to_string(match.route->method)) + " " + match.route->pattern;
    for (const auto& [name, value] : match.captures)
      out += " " + name + "=" + value;
    out += ";";
  }
  return out;
}

TEST(Router, finds_the_routes_of_a_path) {
  EXPECT_EQ(found("/a/b"), "GET /a/{key} key=b;PUT /a/{name} name=b;");
  EXPECT_EQ(found("/a/fixed?x=1"), "GET /a/fixed;");
  EXPECT_EQ(found("/a/x%2Fy/explain"), "GET /a/{key}/explain key=x/y;");
  EXPECT_EQ(found("/"), "GET /;");
  EXPECT_EQ(found("/a"), "");
  EXPECT_EQ(found("/a/"), "");
  EXPECT_EQ(found("/a/b/"), "");
  EXPECT_EQ(found("/A/b"), "");
}

TEST(Router, refuses_patterns_that_are_wrong_or_the_same) {
  const auto create = [](std::vector<std::string> patterns) {
    std::vector<Route> routes;
    for (auto& pattern : patterns) {
      Route route;
      route.pattern = pattern;
      routes.push_back(route);
    }
    return Router::create(std::move(routes)).has_value();
  };
  EXPECT_TRUE(create({"/a/{x}", "/a/b"}));
  EXPECT_FALSE(create({"/a/{x}", "/a/{y}"}));
  for (const char* wrong : {"", "a", "/{", "/{}", "/x{y}", "/{x}y", "/{x}/{x}", "/{{x}}"})
    EXPECT_FALSE(create({wrong})) << wrong;
}

TEST(Target, is_decoded_or_refused) {
  const auto target = parse_target("/a%20b/c%2fd?x=1+2&y=%26&x=3&z#part");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (std::vector<std::string>{"a b", "c/d"}));
  EXPECT_EQ(target->path, "/a b/c/d");
  EXPECT_EQ(target->query, (std::multimap<std::string, std::string>{
                               {"x", "1 2"}, {"x", "3"}, {"y", "&"}, {"z", ""}}));
  for (const char* wrong : {"", "a", "*", "http://x/", "/%", "/%1", "/%zz", "/%00", "/%0a", "/..",
                            "/a/%2e%2E/b", "/./a", "/a?x=%", "/a?%0d"})
    EXPECT_FALSE(parse_target(wrong)) << wrong;
  EXPECT_FALSE(parse_target(std::string(100, '/')));
  std::string many = "/?";
  for (int i = 0; i < 65; ++i)
    many += "a&";
  EXPECT_FALSE(parse_target(many));
}

TEST(TokenBuckets, let_through_what_the_rate_allows) {
  TokenBuckets buckets(2.0, 3.0);
  TokenBuckets::Time now{};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(buckets.take("a", now), 0.0);
  EXPECT_EQ(buckets.take("a", now), 0.5);
  EXPECT_EQ(buckets.take("b", now), 0.0);
  EXPECT_EQ(buckets.take("a", now + std::chrono::milliseconds(500)), 0.0);
  EXPECT_EQ(buckets.take("a", now + std::chrono::milliseconds(500)), 0.5);
  for (int i = 0; i < 100'000; ++i)  // keys without end
    buckets.take(std::to_string(i), now);
  EXPECT_EQ(buckets.take("c", now), 0.0);
}

TEST(ConnectionTable, who_waited_longest_makes_room) {
  std::string closed;
  ConnectionTable table(4, 2);
  const auto enter = [&](const std::string& peer, const std::string& name) {
    return table.enter(peer, [&closed, name](bool) { closed += name; });
  };
  const auto a = enter("p", "a");
  const auto b = enter("p", "b");
  table.set_waiting(a, false);
  EXPECT_NE(enter("p", "c"), 0U);  // of the same peer, and not at work
  EXPECT_EQ(closed, "b");
  enter("q", "d");
  enter("r", "e");
  EXPECT_NE(enter("s", "f"), 0U);  // of all
  EXPECT_EQ(closed, "bc");
  EXPECT_EQ(table.size(), 6U);  // two of them on their way out
  table.leave(b);
  table.leave(b);
  table.set_waiting(b, false);  // nothing happens
  EXPECT_EQ(table.size(), 5U);
  table.leave(a);
  EXPECT_NE(enter("t", "g"), 0U);  // in its place
  EXPECT_EQ(closed, "bc");
  ConnectionTable busy(1, 1);
  busy.set_waiting(busy.enter("p", [](bool) {}), false);
  EXPECT_EQ(busy.enter("q", [](bool) {}), 0U);
}

TEST(LineSplitter, cuts_pieces_of_any_size_into_lines) {
  const std::string body = "one\n\ntwo\r\n \t\nthree";
  for (std::size_t size = 1; size <= body.size(); ++size) {
    LineSplitter splitter(5);
    for (std::size_t at = 0; at < body.size(); at += size)
      ASSERT_TRUE(splitter.add(std::string_view(body).substr(at, size)));
    EXPECT_EQ(splitter.take(1), std::vector<std::string>{"one"});
    splitter.finish();
    EXPECT_EQ(splitter.take(9), (std::vector<std::string>{"two", "three"}));
    EXPECT_EQ(splitter.bytes(), 0U);
  }
  LineSplitter splitter(5);
  EXPECT_FALSE(splitter.add("abcdef"));
}

TEST(StaticFiles, there_is_always_a_page) {
  const StaticFiles files = dashboard();
  const StaticFile* page = find_file(files, "/");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->path, "/index.html");
  EXPECT_NE(page->bytes.find("<!doctype html>"), std::string_view::npos);
  EXPECT_EQ(find_file(files, "/alerts"), page);
  for (const char* path : {"/api/x", "/livez", "/metrics", "/x.js", "/assets/x"})
    EXPECT_EQ(find_file(files, path), nullptr) << path;
}

}  // namespace
}  // namespace ballast::api
