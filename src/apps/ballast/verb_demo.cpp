#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/report/render.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "runtime/closed_loop.hpp"
#include "sim/demo_world.hpp"

namespace ballast {
namespace {

struct DemoArguments {
  std::uint64_t seed = 7;
  std::string dir = "demo";
  Output output;
};

/// The desk's day, as a closed loop.
Result<std::unique_ptr<Run>> run_day(const std::string& journal, std::uint64_t seed) {
  Run::Options options;
  options.journal = journal;
  BALLAST_TRY(run, Run::open(demo_desk(), options));
  DemoWorld world(run->engine().desk(), seed);
  Progress progress("a desk's day");
  std::uint64_t count = 0;
  Result<void> fed;
  LoopEnds ends;
  ends.step = [&](const Event& event) -> std::span<const Effect> {
    fed = run->feed(event, nullptr);
    return run->effects();
  };
  ends.sink = [&](const Event&) -> Result<void> {
    progress.update(++count, world.bytes_read(), world.bytes_total());
    return fed;
  };
  ClosedLoop loop(std::move(ends), &world);
  BALLAST_TRY(counts, loop.run(world));
  progress.finish();
  BALLAST_CHECK(run->finish());
  complain(
      fmt::format("{} events of the market and its people, {} of the paper venues, {} decisions",
                  counts.recorded, counts.executed, counts.decisions));
  return std::move(run);
}

Exit run(const DemoArguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(arguments.dir, error);
  const fs::path dir(arguments.dir);
  const std::string journal = (dir / "desk.db").string();
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    fs::remove(journal + suffix, error);

  complain(fmt::format("a desk quotes, hedges and moves cash through a day made from seed {}",
                       arguments.seed));
  const double begin = monotonic_seconds();
  auto ran = run_day(journal, arguments.seed);
  if (!ran) return complain(ran.error());
  const double seconds = monotonic_seconds() - begin;
  const Report report = (*ran)->report();
  complain(fmt::format("{} events journaled, applied and projected in {:.1f} s", report.events.read,
                       seconds));
  const std::string config = (dir / "desk.toml").string();
  const std::string html = (dir / "report.html").string();
  if (auto written = write_output(config, std::string(demo_desk_toml)); !written)
    return complain(written.error());
  if (auto written = write_output(html, render_html(report)); !written) {
    return complain(written.error());
  }
  if (auto printed = print_report(report, arguments.output); !printed) {
    return complain(printed.error());
  }
  complain(fmt::format("the report to look at: {}", fs::absolute(html).string()));
  complain(
      fmt::format("its journal, a table for any SQLite tool: {}; its desk: {}", journal, config));
  complain("ask it why, for example:");
  for (const char* question :
       {"explain delta:BTC", "explain target delta:BTC", "explain proposal delta:BTC"}) {
    complain(fmt::format("  ballast {} --journal {} --at 2026-01-05T14:30:00Z", question, journal));
  }
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_demo(CLI::App& app) {
  auto arguments = std::make_shared<DemoArguments>();
  app.add_option("--seed", arguments->seed, "another day");
  app.add_option("--dir", arguments->dir, "where the journal, the desk and the HTML report go");
  add_output(app, arguments->output, false);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
