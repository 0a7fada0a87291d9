#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/report/render.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/paths_file.hpp"
#include "apps/ballast/run.hpp"
#include "apps/ballast/service.hpp"
#include "apps/ballast/system_clock.hpp"
#include "runtime/closed_loop.hpp"
#include "sim/demo_world.hpp"
#include "sim/world_execution.hpp"

namespace ballast {
namespace {

struct DemoArguments {
  std::uint64_t seed = 7;
  std::string dir = "demo";
  std::string listen = "127.0.0.1:8420";
  double speed = 60.0;
  bool report = false;
  Output output;

  std::string file(std::string_view name) const {
    return (std::filesystem::path(dir) / name).string();
  }
};

/// When the desk has something to show: one of the venues has just come back after twenty minutes.
constexpr Timestamp live_from = demo_day_start + Duration::seconds(clock_time(10, 30));

/// A fresh folder with the desk's configuration in it.
Result<void> prepare(const DemoArguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(arguments.dir, error);
  for (const char* suffix :
       {"", "-wal", "-shm", ".lock", ".outbox", ".outbox-wal", ".outbox-shm", ".paths"})
    fs::remove(arguments.file("desk.db") + suffix, error);
  // Sixty seconds of the desk are one of the wall, where programs take their time.
  const std::string service = "\n[service]\nsilent_after = \"60s\"\n";
  return write_output(arguments.file("desk.toml"), std::string(demo_desk_toml) + service);
}

/// An engine on a journal as a closed loop's ends.
LoopEnds ends_of(Run& run, Result<void>& fed, const std::function<void()>& count) {
  LoopEnds ends;
  ends.step = [&](const Event& event) -> std::span<const Effect> {
    fed = run.feed(event, nullptr);
    return run.effects();
  };
  ends.sink = [&fed, count](const Event&) -> Result<void> {
    count();
    return fed;
  };
  return ends;
}

// ---- the whole day at once, and its report

/// The desk's day, as a closed loop.
Result<std::unique_ptr<Run>> run_day(const DemoArguments& arguments) {
  Run::Options options;
  options.journal = arguments.file("desk.db");
  BALLAST_TRY(run, Run::open(demo_desk(), options));
  DemoWorld world(run->engine().desk(), arguments.seed);
  Progress progress("a desk's day");
  std::uint64_t count = 0;
  Result<void> fed;
  ClosedLoop loop(
      ends_of(*run, fed,
              [&] { progress.update(++count, world.bytes_read(), world.bytes_total()); }),
      &world);
  BALLAST_TRY(counts, loop.run(world));
  progress.finish();
  BALLAST_CHECK(run->finish());
  complain(
      fmt::format("{} events of the market and its people, {} of the paper venues, {} decisions",
                  counts.recorded, counts.executed, counts.decisions));
  return std::move(run);
}

Exit report_day(const DemoArguments& arguments) {
  complain(fmt::format("a desk quotes, hedges and moves cash through a day made from seed {}",
                       arguments.seed));
  const double begin = monotonic_seconds();
  auto ran = run_day(arguments);
  if (!ran) return complain(ran.error());
  const double seconds = monotonic_seconds() - begin;
  const Report report = (*ran)->report();
  complain(fmt::format("{} events journaled, applied and projected in {:.1f} s", report.events.read,
                       seconds));
  const std::string html = arguments.file("report.html");
  if (auto written = write_output(html, render_html(report)); !written) {
    return complain(written.error());
  }
  if (auto printed = print_report(report, arguments.output); !printed) {
    return complain(printed.error());
  }
  const std::string journal = arguments.file("desk.db");
  complain(fmt::format("the report to look at: {}", std::filesystem::absolute(html).string()));
  complain(fmt::format("its journal, a table for any SQLite tool: {}; its desk: {}", journal,
                       arguments.file("desk.toml")));
  complain("ask it why, for example:");
  for (const char* question :
       {"explain delta:BTC", "explain target delta:BTC", "explain proposal delta:BTC"}) {
    complain(fmt::format("  ballast {} --journal {} --at 2026-01-05T14:30:00Z", question, journal));
  }
  return Exit::fine;
}

// ---- live

/// The day until it goes on live, so that there is something to look at from the start.
Result<void> run_night(const DemoArguments& arguments, WorldExecution& world) {
  Run::Options options;
  options.journal = arguments.file("desk.db");
  BALLAST_TRY(run, Run::open(demo_desk(), options));
  PathsFile charts(arguments.file("desk.db.paths"));
  Progress progress("the desk's night");
  std::uint64_t count = 0;
  Result<void> fed;
  LoopEnds ends = ends_of(*run, fed, [&] {
    const auto done = static_cast<std::uint64_t>((run->engine().now() - demo_day_start).ns);
    progress.update(++count, done, static_cast<std::uint64_t>((live_from - demo_day_start).ns));
    charts.paths().replayed(run->engine());
  });
  ends.wakes = [&] { return run->engine().wakes(); };
  ClosedLoop loop(std::move(ends), &world);
  BALLAST_CHECK(loop.pass(live_from));
  progress.finish();
  charts.paths().resume(run->engine());
  BALLAST_CHECK(charts.save());
  return run->finish();
}

Exit serve_day(const DemoArguments& arguments) {
  const auto listen = parse_listen(arguments.listen);
  if (!listen) {
    complain("--listen: " + listen.error().what);
    return Exit::usage;
  }
  if (!listen->loopback()) {
    complain("--listen: the demonstration asks for no token and has no TLS: loopback only");
    return Exit::usage;
  }
  const Desk desk = demo_desk();
  const auto world = std::make_shared<WorldExecution>(desk, arguments.seed);
  complain(
      fmt::format("a desk quotes, hedges and moves cash in a world made from seed {}; its day "
                  "begins",
                  arguments.seed));
  if (const auto ran = run_night(arguments, *world); !ran) return complain(ran.error());
  ServicePlan plan;
  plan.configure = [&] { return read_configuration(arguments.file("desk.toml")); };
  plan.execute = [&](const Engine&) -> Result<std::unique_ptr<Execution>> {
    return WorldExecution::handle(world);
  };
  plan.clock = [&](const Engine& engine) {
    return std::make_unique<ScaledClock>(engine.now(), arguments.speed);
  };
  plan.journal = arguments.file("desk.db");
  plan.listen = *listen;
  plan.no_auth = true;
  plan.simulated = true;
  plan.quit_on_key = true;
  complain(fmt::format("live at {:g} times the speed of the wall; q, Ctrl-C or SIGTERM stops it",
                       arguments.speed));
  return serve(plan);
}

Exit run(const DemoArguments& arguments) {
  if (const auto prepared = prepare(arguments); !prepared) return complain(prepared.error());
  return arguments.report ? report_day(arguments) : serve_day(arguments);
}

}  // namespace

std::function<Exit()> make_demo(CLI::App& app) {
  auto arguments = std::make_shared<DemoArguments>();
  app.add_option("--seed", arguments->seed, "another world");
  app.add_option("--dir", arguments->dir, "where the journal, the desk and the HTML report go");
  app.add_option("--listen", arguments->listen, "the address to serve on")
      ->type_name("ADDRESS:PORT");
  app.add_option("--speed", arguments->speed, "seconds of the desk a second")
      ->check(CLI::PositiveNumber);
  app.add_flag("--report", arguments->report, "run a whole day at once and show its report");
  add_output(app, arguments->output, false);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
