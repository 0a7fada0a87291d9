// The API of a running desk: server, tokens, routes, stream and metrics, around a LiveDesk.
//
//   create()            before the desk starts: it observes the desk
//   start()             once the desk runs: listens, and is ready
//   stop()              before the desk is drained
//
// The paths for charts are the caller's, since they are also told what a replay does.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/api/routes/live_paths.hpp"
#include "adapters/api/routes/services.hpp"
#include "adapters/config/service.hpp"
#include "apps/ballast/service_part.hpp"
#include "runtime/live_desk.hpp"
#include "runtime/outbox/outbox.hpp"

namespace ballast {

class ServiceApi final : public ServicePart {
 public:
  struct Options {
    ListenAddress listen;
    ServiceConfig service;
    bool no_auth = false;
    std::string journal;           // its file; tokens stand beside it
    std::string mode = "live";     // or "simulated"
    const Clock* clock = nullptr;  // of the desk
    std::function<std::optional<api::ConfigFacts>()> config;
    std::function<void(Principal,
                       bool dry_run,
                       std::function<void(tl::expected<api::ReloadOutcome, api::ReloadRefusal>)>)>
        reload;
    std::function<std::vector<SinkHealth>()> sinks;
  };
  /// Both outlive it. Errors: what cannot be listened on, tokens that others can read.
  static Result<std::unique_ptr<ServiceApi>> create(Options options,
                                                    LiveDesk& desk,
                                                    api::LivePaths& paths);
  ~ServiceApi() override;

  Result<void> start() override;
  void stop() override;

  /// Where the dashboard is, with the first token while it is good.
  std::string address() const;

 private:
  struct Impl;
  explicit ServiceApi(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ballast
