#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/store/hours.hpp"
#include "adapters/store/reader.hpp"
#include "adherence/still_run.hpp"
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

/// And its end.
Timestamp window_end(Timestamp t, std::string_view window) {
  const Timestamp begin = window_begin(t, window);
  if (window == "hour") return begin + Duration::hours(1);
  if (window == "week") return begin + Duration::days(7);
  if (window == "month") return window_begin(begin + Duration::days(31), window);
  return begin + Duration::days(1);
}

/// The hours of each factor in turn, merged to one row a window.
class Windows {
 public:
  Windows(const Desk& desk, std::string_view window) : desk_(desk), window_(window) {}

  /// An hour, or as much of a run of them as is within the span and one window.
  void add(const StoredHour& hour) {
    const bool same =
        open_ && open_->factor == hour.factor && open_->book == hour.book &&
        window_begin(open_->summary.from, window_) == window_begin(hour.summary.from, window_);
    if (same) {
      open_->summary = merge(open_->summary, hour.summary);
    } else {
      close();
      open_ = hour;
    }
  }
  std::vector<WindowRow> take() {
    close();
    return std::move(rows_);
  }

 private:
  void close() {
    if (!open_) return;
    WindowRow row;
    static_cast<FactorFigures&>(row) = factor_figures(open_->summary, desk_.grid);
    row.factor = open_->factor;
    row.book = open_->book;
    const FactorId id = desk_.find_factor(open_->factor, open_->book);
    if (id.valid()) row.unit = desk_.asset(desk_.factor(id).unit).name;
    row.from = open_->summary.from;
    row.to = open_->summary.to;
    rows_.push_back(std::move(row));
    open_.reset();
  }

  const Desk& desk_;
  std::string_view window_;
  std::vector<WindowRow> rows_;
  std::optional<StoredHour> open_;
};

Result<std::vector<WindowRow>> merged_windows(const ReportArguments& arguments) {
  BALLAST_TRY(journal, JournalReader::open(arguments.journal));
  BALLAST_TRY(desk, load_desk(journal.desk(), arguments.journal));
  Windows windows(desk, arguments.window);
  BALLAST_CHECK(visit_hours(arguments.journal, [&](const StoredHour& hour) {
    const Summary& summary = hour.summary;
    const Timestamp from = std::max(summary.from, arguments.span.from.value_or(summary.from));
    const Timestamp to = std::min(summary.to, arguments.span.to.value_or(summary.to));
    if (from >= to) return;
    if (!is_still_run(summary)) return windows.add(hour);
    for (Timestamp begin = from, end; begin < to; begin = end) {
      end = std::min(to, window_end(begin, arguments.window));
      windows.add({hour.factor, hour.book, part_of_still_run(summary, begin, end, desk.grid)});
    }
  }));
  return windows.take();
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
