#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/codec/event_file.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "runtime/closed_loop.hpp"
#include "runtime/merge.hpp"
#include "sim/paper_venue.hpp"

namespace ballast {
namespace {

struct SimulateArguments {
  std::string config;
  std::optional<std::string> journal;
  std::optional<std::string> events;
  std::vector<std::string> inputs;
  PaperOptions paper;
  std::string latency = "50ms";
  std::string jitter = "0s";
  std::string lost_for = "30s";
  std::string share = "1";
  Span span;
  Output output;
  std::optional<double> require;
};

/// An option's value, or what is wrong with it under its name.
template <class T>
Result<T> named(std::string_view option, Result<T> value) {
  if (!value) return fail(value.error().code, fmt::format("{}: {}", option, value.error().what));
  return value;
}

Result<PaperOptions> paper_options(const SimulateArguments& arguments) {
  PaperOptions paper = arguments.paper;
  BALLAST_TRY(latency, named("--latency", parse_duration(arguments.latency)));
  BALLAST_TRY(jitter, named("--jitter", parse_duration(arguments.jitter)));
  BALLAST_TRY(lost_for, named("--lost-for", parse_duration(arguments.lost_for)));
  BALLAST_TRY(share, named("--share", parse_decimal<Decimal>(arguments.share)));
  paper.latency = latency;
  paper.jitter = jitter;
  paper.lost_for = lost_for;
  paper.share = share;
  return paper;
}

/// What a loop did, in one line each.
void tell(const LoopCounts& counts, const Engine& engine) {
  complain(fmt::format("{} events recorded, {} told by the paper venue, {} decisions",
                       counts.recorded, counts.executed, counts.decisions));
  for (std::size_t i = 0; i < engine.desk().controls.size(); ++i) {
    const ControlConfig& control = engine.desk().controls[i];
    const FactorWatch* const watch = engine.control().watch(control.factor);
    if (watch == nullptr) continue;
    complain(fmt::format("{}: {} proposals", engine.desk().factor(control.factor).name,
                         watch->proposals));
  }
}

Result<std::unique_ptr<Run>> simulate(const SimulateArguments& arguments, Desk desk) {
  BALLAST_TRY(options, paper_options(arguments));
  Run::Options run_options;
  run_options.engine.from = arguments.span.from;
  run_options.engine.to = arguments.span.to;
  run_options.journal = arguments.journal;
  BALLAST_TRY(run, Run::open(std::move(desk), run_options));
  if (run->recovered() > 0) {
    return fail(Errc::bad_input, *arguments.journal +
                                     ": holds events already; a simulation begins with an empty "
                                     "journal, so remove it or name another");
  }
  const Desk& of = run->engine().desk();
  BALLAST_TRY(venue, PaperVenue::create(of, options));
  std::vector<std::unique_ptr<EventSource>> sources;
  Run* const target = run.get();
  for (const std::string& path : arguments.inputs) {
    BALLAST_TRY(source,
                open_event_file(path, of, [target](const std::string& where, const Error& error) {
                  target->refuse_input(where, error);
                }));
    sources.push_back(std::move(source));
  }
  MergedSource recording(std::move(sources));
  const EventWriter writer(of);
  std::string lines;
  Progress progress("simulating");
  std::uint64_t count = 0;
  Result<void> fed;
  LoopEnds ends;
  ends.step = [&](const Event& event) -> std::span<const Effect> {
    fed = run->feed(event, nullptr);
    return run->effects();
  };
  ends.sink = [&](const Event& event) -> Result<void> {
    BALLAST_CHECK(fed);
    progress.update(++count, recording.bytes_read(), recording.bytes_total());
    if (!arguments.events) return {};
    writer.write(event, lines);
    lines += '\n';
    return {};
  };
  ends.wakes = [run = target] { return run->engine().wakes(); };
  ClosedLoop loop(std::move(ends), &venue);
  BALLAST_TRY(counts, loop.run(recording));
  progress.finish();
  BALLAST_CHECK(run->finish());
  if (arguments.events) BALLAST_CHECK(write_output(*arguments.events, lines));
  tell(counts, run->engine());
  return std::move(run);
}

Exit run(const SimulateArguments& arguments) {
  auto desk = read_desk(arguments.config);
  if (!desk) {
    complain(desk.error().what);
    return desk.error().code == Errc::io ? Exit::failed : Exit::bad_configuration;
  }
  auto simulated = simulate(arguments, std::move(*desk));
  if (!simulated) return complain(simulated.error());
  Run& run = **simulated;
  if (arguments.span.to && run.engine().started() && run.engine().now() < *arguments.span.to) {
    run.engine().pass_time(*arguments.span.to);
  }
  const Report report = run.report();
  if (auto written = print_report(report, arguments.output); !written) {
    return complain(written.error());
  }
  for (const std::string& line : report.refusals)
    complain(line);
  return verdict(report, arguments.require);
}

}  // namespace

std::function<Exit()> make_simulate(CLI::App& app) {
  auto arguments = std::make_shared<SimulateArguments>();
  app.add_option("-c,--config", arguments->config,
                 "the desk's configuration, TOML, with its controls, quotes and hedges")
      ->type_name("FILE")
      ->required();
  app.add_option("--journal", arguments->journal, "keep every event in this journal, which is new")
      ->type_name("FILE");
  app.add_option("--events", arguments->events,
                 "write every event, the venue's and the decisions among them, as JSON lines")
      ->type_name("FILE");
  app.add_option("INPUT", arguments->inputs, "files of recorded events: tops, trades, client fills")
      ->type_name("FILE")
      ->required();
  app.add_option("--seed", arguments->paper.seed, "of latencies, rejects and lost answers");
  app.add_option("--latency", arguments->latency, "from a request to the venue");
  app.add_option("--jitter", arguments->jitter, "at most this comes on top");
  app.add_option("--rejects", arguments->paper.rejects, "share of orders that are rejected");
  app.add_option("--lost", arguments->paper.lost_answers, "share of orders whose answer is lost");
  app.add_option("--lost-for", arguments->lost_for, "how long");
  app.add_option("--failed-transfers", arguments->paper.failed_transfers,
                 "share of transfers that fail");
  app.add_option("--share", arguments->share, "of a visible quantity that one may take");
  add_span(app, arguments->span);
  add_output(app, arguments->output, true);
  add_require(app, arguments->require);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
