#include "apps/ballast/output.hpp"

#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/report/render.hpp"
#include "apps/ballast/console.hpp"

namespace ballast {
bool shows_history(Format format) { return format == Format::html || format == Format::json; }

void add_time(CLI::App& app, const char* name, std::optional<Timestamp>& time, const char* help) {
  app.add_option_function<std::string>(
         name,
         [&time, name](const std::string& text) {
           const auto parsed = parse_timestamp(text);
           if (!parsed) throw CLI::ValidationError(name, parsed.error().what);
           time = *parsed;
         },
         help)
      ->type_name("TIME");
}

void add_span(CLI::App& app, Span& span) {
  add_time(app, "--from", span.from,
           "judge from this time on (RFC 3339 UTC); default: the first event");
  add_time(app, "--to", span.to, "judge up to this time, exclusive; default: the last event");
}

void add_output(CLI::App& app, Output& output, bool html) {
  std::map<std::string, Format> formats{
      {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}};
  if (html) formats.emplace("html", Format::html);
  app.add_option("-o,--output", output.format,
                 html ? "table, json, csv or html" : "table, json or csv")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
      ->type_name("FORMAT");
  app.add_option("--out", output.path, "write here instead of to standard output")
      ->type_name("FILE");
}

void add_require(CLI::App& app, std::optional<double>& require) {
  app.add_option("--require", require, "exit with 4 when the desk's adherence is below this")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->type_name("SHARE");
}

Result<void> print_report(const Report& report, const Output& output) {
  const bool colour = output.path.empty() && colour_wanted();
  switch (output.format) {
    case Format::table:
      return write_output(output.path, render_table(report, {colour}));
    case Format::json:
      return write_output(output.path, render_json(report));
    case Format::csv:
      return write_output(output.path, render_csv(report));
    case Format::html:
      return write_output(output.path, render_html(report));
  }
  return {};
}

Result<void> print_windows(std::span<const WindowRow> rows, const Output& output) {
  const bool colour = output.path.empty() && colour_wanted();
  switch (output.format) {
    case Format::json:
      return write_output(output.path, render_windows_json(rows));
    case Format::csv:
      return write_output(output.path, render_windows_csv(rows));
    default:
      return write_output(output.path, render_windows_table(rows, {colour}));
  }
}

Exit verdict(const Report& report, std::optional<double> require) {
  for (const AlertReport& alert : report.alerts) {
    if (alert.reason.empty() || alert.cleared) continue;
    complain(fmt::format("{} {} since {}: {}; only a rearm lifts it", alert.rule, alert.factor,
                         to_string(alert.fired.value_or(alert.since)), alert.reason));
  }
  if (require && (!report.adherence || *report.adherence < *require)) {
    complain(fmt::format("adherence {} is below the required {}",
                         report.adherence ? fmt::format("{:.6f}", *report.adherence) : "unknown",
                         *require));
    return Exit::adherence_below;
  }
  if (report.events.refused > 0) {
    complain(
        fmt::format("{} of {} events were refused", report.events.refused, report.events.read));
    return Exit::input_refused;
  }
  return Exit::fine;
}

}  // namespace ballast
