// The options that several verbs share: the span of a report, its format, what is asked of it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "apps/ballast/verb.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "engine/report.hpp"

namespace ballast {

enum class Format { table, json, csv, html };

struct Output {
  Format format = Format::table;
  std::string path;  // empty or "-": standard output
};

/// Charts and excursions one by one: of each event, where a snapshot holds sums.
bool shows_history(Format format);

/// [from, to); absent ends are the events' own.
struct Span {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
};

void add_time(CLI::App& app, const char* name, std::optional<Timestamp>& time, const char* help);
void add_span(CLI::App& app, Span& span);
void add_output(CLI::App& app, Output& output, bool html);
void add_require(CLI::App& app, std::optional<double>& require);

Result<void> print_report(const Report& report, const Output& output);
Result<void> print_windows(std::span<const WindowRow> rows, const Output& output);

/// The exit code that a finished report deserves; says on standard error what is short.
Exit verdict(const Report& report, std::optional<double> require);

}  // namespace ballast
