#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/store/hours.hpp"
#include "adapters/store/reader.hpp"
#include "apps/ballast/journal_run.hpp"
#include "apps/ballast/output.hpp"
#include "engine/report_factor.hpp"

namespace ballast {
namespace {

struct ReportArguments {
  std::string journal;
  Span span;
  std::string window;
  Output output;
  std::optional<double> require;
};

/// The calendar window that holds t: its beginning. Weeks begin on Monday.
Timestamp window_begin(Timestamp t, std::string_view window) {
  if (window == "hour") return floor_to(t, Duration::hours(1));
  const Timestamp day = floor_to(t, Duration::days(1));
  const CivilTime civil = civil_time(day);
  if (window == "week") return day - Duration::days((civil.weekday + 6) % 7);
  if (window == "month") return day - Duration::days(civil.day - 1);
  return day;
}

/// One row per factor and window. Hours in which nothing happened stand together in the journal;
/// such a run counts in the window in which it begins, and the row says from when to when it is.
Result<std::vector<WindowRow>> merged_windows(const ReportArguments& arguments) {
  BALLAST_TRY(journal, JournalReader::open(arguments.journal));
  BALLAST_TRY(desk, load_desk(journal.desk(), arguments.journal));
  std::vector<WindowRow> rows;
  std::optional<StoredHour> open;
  const auto close = [&] {
    if (!open) return;
    WindowRow row;
    static_cast<FactorFigures&>(row) = factor_figures(open->summary, desk.grid);
    row.factor = open->factor;
    row.book = open->book;
    const FactorId id = desk.find_factor(open->factor, open->book);
    if (id.valid()) row.unit = desk.asset(desk.factor(id).unit).name;
    row.from = open->summary.from;
    row.to = open->summary.to;
    rows.push_back(std::move(row));
    open.reset();
  };
  BALLAST_CHECK(visit_hours(arguments.journal, [&](const StoredHour& hour) {
    const Timestamp at = hour.summary.from;
    if (arguments.span.from && at < *arguments.span.from) return;
    if (arguments.span.to && at >= *arguments.span.to) return;
    const bool same =
        open && open->factor == hour.factor && open->book == hour.book &&
        window_begin(open->summary.from, arguments.window) == window_begin(at, arguments.window);
    if (same) {
      open->summary = merge(open->summary, hour.summary);
    } else {
      close();
      open = hour;
    }
  }));
  close();
  return rows;
}

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
    const auto rows = merged_windows(arguments);
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
