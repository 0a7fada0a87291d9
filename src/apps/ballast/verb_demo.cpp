#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/report/render.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "sim/demo_day.hpp"

namespace ballast {
namespace {

struct DemoArguments {
  std::uint64_t seed = 7;
  std::string dir = "demo";
  Output output;
};

Result<Report> run_day(const DemoDay& day, const std::string& journal) {
  Run::Options options;
  options.journal = journal;
  BALLAST_TRY(run, Run::open(day.desk, options));
  Progress progress("a desk day");
  std::uint64_t count = 0;
  for (const Event& event : day.events) {
    BALLAST_CHECK(run->feed(event, nullptr));
    ++count;
    progress.update(count, count, day.events.size());
  }
  progress.finish();
  BALLAST_CHECK(run->finish());
  return run->report();
}

Exit run(const DemoArguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(arguments.dir, error);
  const fs::path dir(arguments.dir);
  const std::string journal = (dir / "desk.db").string();
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    fs::remove(journal + suffix, error);

  complain(fmt::format("making a desk's day from seed {}", arguments.seed));
  const DemoDay day = make_demo_day(arguments.seed);
  const double begin = monotonic_seconds();
  auto report = run_day(day, journal);
  if (!report) return complain(report.error());
  const double seconds = monotonic_seconds() - begin;
  complain(fmt::format("{} events journaled, applied and projected in {:.1f} s", day.events.size(),
                       seconds));
  const std::string config = (dir / "desk.toml").string();
  const std::string html = (dir / "report.html").string();
  if (auto written = write_output(config, day.desk_toml); !written)
    return complain(written.error());
  if (auto written = write_output(html, render_html(*report)); !written) {
    return complain(written.error());
  }
  if (auto printed = print_report(*report, arguments.output); !printed) {
    return complain(printed.error());
  }
  complain(fmt::format("the report to look at: {}", fs::absolute(html).string()));
  complain(
      fmt::format("its journal: {} (try `ballast explain delta:BTC --journal {} --at "
                  "2026-01-05T14:30:00Z`, or any SQLite tool), its desk: {}",
                  journal, journal, config));
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
