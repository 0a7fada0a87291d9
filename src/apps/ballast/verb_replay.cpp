#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/codec/event_file.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "runtime/merge.hpp"

namespace ballast {
namespace {

struct ReplayArguments {
  std::string config;
  std::optional<std::string> journal;
  std::vector<std::string> inputs;
  Span span;
  Output output;
  bool change_desk = false;
  bool restated = false;
  std::optional<double> require;
};

Result<std::unique_ptr<EventSource>> open_inputs(const std::vector<std::string>& paths, Run& run) {
  std::vector<std::unique_ptr<EventSource>> sources;
  for (const std::string& path : paths) {
    BALLAST_TRY(source, open_event_file(path, run.engine().desk(),
                                        [&run](const std::string& where, const Error& error) {
                                          run.refuse_input(where, error);
                                        }));
    sources.push_back(std::move(source));
  }
  return std::make_unique<MergedSource>(std::move(sources));
}

/// Feeds every event of the inputs up to the end of the span.
Result<void> feed_all(EventSource& source, Run& run, std::optional<Timestamp> to) {
  Progress progress("replaying");
  Event event;
  std::uint64_t count = 0;
  for (;;) {
    BALLAST_TRY(more, source.next(event));
    if (!more) break;
    if (to && event.t >= *to) continue;  // a later line may still be of the span
    progress.update(++count, source.bytes_read(), source.bytes_total());
    BALLAST_CHECK(run.feed(event, &source));
  }
  return {};
}

/// The same inputs with every event at its own time: what would have been, had no news been late.
Result<Report> restated(const ReplayArguments& arguments, const Desk& desk) {
  Run::Options options;
  options.engine.from = arguments.span.from;
  options.engine.to = arguments.span.to;
  BALLAST_TRY(run, Run::open(desk, options));
  BALLAST_TRY(source, open_inputs(arguments.inputs, *run));
  std::vector<Event> events;
  Event event;
  for (;;) {
    BALLAST_TRY(more, source->next(event));
    if (!more) break;
    if (!arguments.span.to || event.t < *arguments.span.to) events.push_back(event);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.t < b.t; });
  for (const Event& e : events)
    run->engine().step(e);
  if (arguments.span.to && run->engine().started()) run->engine().pass_time(*arguments.span.to);
  return run->report();
}

Exit run(const ReplayArguments& arguments) {
  auto desk = read_desk(arguments.config);
  if (!desk) {
    complain(desk.error().what);
    return desk.error().code == Errc::io ? Exit::failed : Exit::bad_configuration;
  }
  Run::Options options;
  options.engine.from = arguments.span.from;
  options.engine.to = arguments.span.to;
  options.journal = arguments.journal;
  options.change_desk = arguments.change_desk;
  options.go_on = true;
  options.from_start =
      shows_history(arguments.output.format) || arguments.span.from || arguments.span.to;
  auto opened = Run::open(*desk, options);
  if (!opened) return complain(opened.error());
  Run& run = **opened;
  auto source = open_inputs(arguments.inputs, run);
  if (!source) return complain(source.error());
  if (auto fed = feed_all(**source, run, arguments.span.to); !fed) return complain(fed.error());
  if (auto finished = run.finish(); !finished) return complain(finished.error());
  if (run.passed_over() > 0) {
    complain(fmt::format("{} held the first {} of these events already; {} were added",
                         *arguments.journal, run.passed_over(), run.added()));
  }
  // No event says so, so the journal's own end is where its events end.
  if (arguments.span.to && run.engine().started() && run.engine().now() < *arguments.span.to) {
    run.engine().pass_time(*arguments.span.to);
  }

  Report report = run.report();
  if (arguments.restated) {
    auto other = restated(arguments, *desk);
    if (!other) return complain(other.error());
    report.restated_adherence = other->adherence;
    for (std::size_t i = 0; i < report.factors.size(); ++i) {
      report.factors[i].restated_adherence = other->factors[i].adherence;
    }
  }
  if (auto written = print_report(report, arguments.output); !written) {
    return complain(written.error());
  }
  for (const std::string& line : report.refusals)
    complain(line);
  return verdict(report, arguments.require);
}

}  // namespace

std::function<Exit()> make_replay(CLI::App& app) {
  auto arguments = std::make_shared<ReplayArguments>();
  app.add_option("-c,--config", arguments->config, "the desk's configuration, TOML")
      ->type_name("FILE")
      ->required();
  app.add_option("--journal", arguments->journal, "keep the events in this journal")
      ->type_name("FILE");
  app.add_flag("--change-desk", arguments->change_desk,
               "go on with a journal that was written for another configuration: its events are "
               "judged anew under this one");
  app.add_option(
         "INPUT", arguments->inputs,
         "files of events, JSON lines, plain or gzip; - is standard input; several merge by time")
      ->type_name("FILE")
      ->required();
  add_span(app, arguments->span);
  add_output(app, arguments->output, true);
  app.add_flag("--restated", arguments->restated,
               "also judge with every late event at its own time, and show both");
  add_require(app, arguments->require);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
