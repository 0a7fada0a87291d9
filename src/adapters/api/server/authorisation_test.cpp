// The matrix of routes, roles and bad tokens; and that it would tell.

#include <gtest/gtest.h>

#include "adapters/api/server/authorisation_matrix.hpp"
#include "adapters/api/server/test_service.hpp"

namespace ballast::api {
namespace {

std::vector<Route> routes() {
  std::vector<Route> rows;
  const auto add = [&](Method method, const char* pattern, std::optional<Permission> needs) {
    Route route;
    route.method = method;
    route.pattern = pattern;
    route.needs = needs;
    route.changes = method != Method::get;
    if (route.changes) route.request_schema = "{}";
    route.handle = [](const Request&, const Respond& respond) { respond({}); };
    rows.push_back(std::move(route));
  };
  add(Method::get, "/livez", std::nullopt);
  add(Method::get, "/api/v1/me", Permission::none);
  add(Method::get, "/api/v1/things/{key}", Permission::read);
  add(Method::put, "/api/v1/things/{key}", Permission::act);
  add(Method::post, "/api/v1/rearm", Permission::limit);
  add(Method::del, "/api/v1/tokens/{name}", Permission::admin);
  add(Method::post, "/api/v1/events", Permission::ingest);
  add(Method::get, "/metrics", Permission::scrape);
  return rows;
}

TEST(Authorisation, every_route_by_every_role_and_bad_token) {
  TestService::Setup setup;
  setup.routes = routes();
  setup.server.limits.failures_at_once = 10'000;
  TestService service(std::move(setup));
  const MatrixResult result = check_authorisation(service.port(), service.tokens(), routes());
  EXPECT_EQ(result.checked, routes().size() * (role_names.size() + 13));
  for (const std::string& wrong : result.wrong)
    ADD_FAILURE() << wrong;
}

TEST(Authorisation, a_hole_would_show) {
  TestService::Setup setup;
  setup.routes = routes();
  setup.routes[2].needs = std::nullopt;      // open to all
  setup.routes[5].needs = Permission::read;  // to more than it should
  setup.server.limits.failures_at_once = 10'000;
  TestService service(std::move(setup));
  const MatrixResult result = check_authorisation(service.port(), service.tokens(), routes());
  // Twelve kinds of bad tokens (a garbled header is no request), ingest and metrics; viewer,
  // trader, risk.
  EXPECT_GE(result.wrong.size(), 12U + 2U + 3U);
}

}  // namespace
}  // namespace ballast::api
