// A Report as text: JSON for programs, a table for a terminal, CSV for a spreadsheet, HTML for
// people.
//
// JSON and CSV are exact: decimals print every digit they have, statistics print the shortest text
// that reads back as the same double. The table and the HTML round for reading. Nothing prints NaN
// or infinity: an absent or non-finite figure is null (JSON), empty (CSV) or a dash. Pure functions
// of their arguments: equal reports give equal bytes.
#pragma once

#include <span>
#include <string>

#include "engine/report.hpp"
#include "json/report_json.hpp"  // render_json, render_windows_json

namespace ballast {

struct TableStyle {
  bool colour = false;  // ANSI colours; for a terminal that was asked
};

/// Everything but the charts, in sections, each aligned.
std::string render_table(const Report& report, TableStyle style);
/// The factors alone: one row each, all figures, under a header.
std::string render_csv(const Report& report);
/// One self-contained file: no script, no request to anywhere.
std::string render_html(const Report& report);

/// One row per window and factor, in the order given.
std::string render_windows_table(std::span<const WindowRow> rows, TableStyle style);
std::string render_windows_csv(std::span<const WindowRow> rows);

}  // namespace ballast
