#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/calendar.hpp"
#include "apps/ballast/journal_run.hpp"
#include "apps/ballast/output.hpp"

namespace ballast {
namespace {

struct ReportArguments {
  std::string journal;
  Span span;
  std::string window;
  Output output;
  std::optional<double> require;
};

std::optional<std::string> not_with_windows(const ReportArguments& arguments) {
  const auto within_an_hour = [](std::optional<Timestamp> t) {
    return t && floor_to(*t, Duration::hours(1)) != *t;
  };
  if (arguments.output.format == Format::html) return "--window gives a list: table, json or csv";
  if (arguments.require) return "--require judges the whole span: leave out --window";
  if (within_an_hour(arguments.span.from) || within_an_hour(arguments.span.to)) {
    return "--window counts whole hours: --from and --to must be full hours";
  }
  return std::nullopt;
}

Exit run(const ReportArguments& arguments) {
  if (!arguments.window.empty()) {
    if (const auto why = not_with_windows(arguments)) {
      complain(*why);
      return Exit::usage;
    }
    const auto rows = calendar_rows(
        arguments.journal,
        {.window = arguments.window, .from = arguments.span.from, .to = arguments.span.to});
    if (!rows) return complain(rows.error());
    const auto printed = print_windows(*rows, arguments.output);
    return printed ? Exit::fine : complain(printed.error());
  }
  auto made = run_journal(arguments.journal, {.from = arguments.span.from,
                                              .to = arguments.span.to,
                                              .until = {},
                                              .history = shows_history(arguments.output.format)});
  if (!made) return complain(made.error());
  if (arguments.span.to) (*made)->engine().pass_time(*arguments.span.to);
  const Report report = (*made)->report();
  if (auto printed = print_report(report, arguments.output); !printed) {
    return complain(printed.error());
  }
  for (const std::string& line : report.refusals)
    complain(line);
  return verdict(report, arguments.require);
}

}  // namespace

std::function<Exit()> make_report(CLI::App& app) {
  auto arguments = std::make_shared<ReportArguments>();
  app.add_option("--journal", arguments->journal, "the journal to report on")
      ->type_name("FILE")
      ->required();
  add_span(app, arguments->span);
  app.add_option("--window", arguments->window,
                 "one row per factor and calendar hour, day, week or month")
      ->check(CLI::IsMember({"hour", "day", "week", "month"}));
  add_output(app, arguments->output, true);
  add_require(app, arguments->require);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
