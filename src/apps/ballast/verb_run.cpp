#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/console.hpp"
#include "apps/ballast/paper.hpp"
#include "apps/ballast/service.hpp"
#include "apps/ballast/system_clock.hpp"

namespace ballast {
namespace {

struct RunArguments {
  std::string config;
  std::string journal;
  std::string listen;
  bool no_auth = false;
  bool change_desk = false;
  std::vector<std::string> follow;
  std::string execution = "none";
  double speed = 1.0;
};

std::unique_ptr<Clock> clock_of(const Engine& engine, double speed) {
  if (speed == 1.0) return std::make_unique<SystemClock>();
  const Timestamp begin = engine.started() ? engine.now() : SystemClock().now();
  return std::make_unique<ScaledClock>(begin, speed);
}

Exit run(const RunArguments& arguments) {
  ServicePlan plan;
  plan.configure = [&] { return read_configuration(arguments.config); };
  plan.clock = [&](const Engine& engine) { return clock_of(engine, arguments.speed); };
  if (arguments.execution == "paper") plan.execute = paper_execution;
  plan.journal = arguments.journal;
  plan.no_auth = arguments.no_auth;
  plan.change_desk = arguments.change_desk;
  plan.simulated = arguments.speed != 1.0;
  plan.follow = arguments.follow;
  if (!arguments.listen.empty()) {
    const auto listen = parse_listen(arguments.listen);
    if (!listen) {
      complain("--listen: " + listen.error().what);
      return Exit::usage;
    }
    plan.listen = *listen;
  }
  if (plan.no_auth && plan.listen && !plan.listen->loopback()) {
    complain(
        fmt::format("--no-auth is for loopback only, and {} can be reached from elsewhere: "
                    "use tokens",
                    arguments.listen));
    return Exit::usage;
  }
  return serve(plan);
}

}  // namespace

std::function<Exit()> make_run(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  app.add_option("-c,--config", arguments->config, "the desk's configuration, TOML")
      ->type_name("FILE")
      ->required();
  app.add_option("--journal", arguments->journal,
                 "where every event becomes durable; made when there is none")
      ->type_name("FILE")
      ->required();
  app.add_option("--listen", arguments->listen,
                 "the address to serve on; goes before [service] listen")
      ->type_name("ADDRESS:PORT");
  app.add_flag("--no-auth", arguments->no_auth, "ask for no token; on loopback only");
  app.add_flag("--change-desk", arguments->change_desk,
               "go on with a journal that another configuration wrote");
  app.add_option("--follow", arguments->follow,
                 "take events from this file as it grows, as tail -F does; - for standard input")
      ->type_name("FILE");
  app.add_option("--execution", arguments->execution,
                 "who carries out orders, quotes and transfers: a paper venue, or nobody here")
      ->check(CLI::IsMember({"paper", "none"}));
  app.add_option("--speed", arguments->speed,
                 "of a simulated desk: seconds a second, from the journal's last event on")
      ->check(CLI::PositiveNumber);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
