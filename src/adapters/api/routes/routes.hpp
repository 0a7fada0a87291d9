// Routes: the REST API of docs/api.md, as a table for the server.
//
//   LivePaths paths;
//   Channels channels(hub, paths, services);
//   LiveFollower follower(paths, channels);
//   desk.observe(follower);
//   LiveDeskPort port(desk);
//   Routes routes(port, paths, services);  // routes.table() is what the server serves
//
// Reading runs on the desk's thread, between groups, and costs what it answers. Everything that the
// table hands out refers to this object, which outlives the server. Any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/api/http.hpp"
#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/services.hpp"

namespace ballast::api {

class LivePaths;

class Routes {
 public:
  /// All of them outlive it.
  Routes(DeskPort& desk, const LivePaths& paths, const Services& services);
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;
  ~Routes();

  /// Every route of docs/api.md. The server takes what upgrades to the stream; the row of it
  /// answers who does not.
  const std::vector<Route>& table() const;
  /// The OpenAPI 3.1 document of the table.
  const std::string& openapi() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::api
