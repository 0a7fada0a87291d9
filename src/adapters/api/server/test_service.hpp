// A service for tests: a server on an ephemeral port, its tokens in a folder that goes with it, a
// hub, and a few routes.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/server/server.hpp"
#include "base/contract.hpp"

namespace ballast::api {

class TestService {
 public:
  struct Setup {
    ServerOptions server = {};
    HubOptions hub = {};
    std::vector<Route> routes = {};
    StaticFiles files = {};
    bool no_auth = false;
  };
  explicit TestService(Setup setup) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    Tokens::Options options;
    options.now = setup.server.now;
    options.look_every = Duration::milliseconds(20);
    tokens_ = setup.no_auth
                  ? Tokens::no_auth()
                  : expected(Tokens::open((folder_ / "desk.db.tokens").string(), options));
    hub_ = std::make_unique<StreamHub>(std::move(setup.hub), *tokens_);
    setup.server.port = 0;
    server_ = expected(Server::create(std::move(setup.server), *tokens_, std::move(setup.routes),
                                      std::move(setup.files), *hub_));
    server_->start();
  }
  ~TestService() {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  TestService(const TestService&) = delete;
  TestService& operator=(const TestService&) = delete;

  std::uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  StreamHub& hub() { return *hub_; }
  Tokens& tokens() { return *tokens_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::string token(Role role, std::optional<Timestamp> expires = std::nullopt) {
    const std::string name =
        std::string(to_string(role)) + "-" + std::to_string(tokens_->list().size());
    return expected(tokens_->create({name, role, expires}));
  }

  template <class T>
  static T expected(Result<T> result) {
    if (!result) std::fputs((result.error().what + "\n").c_str(), stderr);
    BALLAST_ASSERT(result);
    return std::move(*result);
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<StreamHub> hub_;
  std::unique_ptr<Server> server_;
};

}  // namespace ballast::api
