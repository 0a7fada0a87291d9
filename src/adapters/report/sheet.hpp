// Sheet: one table of the report, as words and rounded figures, before it is known whether a
// terminal or a page will show it. What the two have in common is decided once, here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/report.hpp"

namespace ballast {

enum class Align : std::uint8_t { text, number, point };  // left, right, on the decimal point
/// What a cell says about the desk. Never said by colour alone: the words carry it too.
enum class Tone : std::uint8_t { plain, good, warning, critical };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

struct Column {
  std::string title;
  Align align = Align::text;
};

struct Sheet {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as wide as `columns`
  bool empty() const { return rows.empty(); }
};

/// How many characters a cell lacks after its last digit so that the points of its column stand in
/// one line: by row, zero for columns that do not align on the point.
std::vector<std::size_t> point_padding(const Sheet& sheet, std::size_t column);

Tone state_tone(const FactorReport& factor);
Tone severity_tone(const AlertReport& alert);

Sheet factors_sheet(const Report& report);
Sheet causes_sheet(const Report& report);  // out-of-band time by cause; empty when there was none
Sheet profit_sheet(const Report& report);
Sheet positions_sheet(const Report& report);
Sheet balances_sheet(const Report& report);
Sheet flights_sheet(const Report& report);
Sheet alerts_sheet(const Report& report);  // firing first, then by time
Sheet breaks_sheet(const Report& report);  // open first
Sheet objectives_sheet(const Report& report);
Sheet control_sheet(const Report& report);    // by controlled factor: what became of proposals
Sheet actions_sheet(const Report& report);    // and what they cost, by action
Sheet weighed_sheet(const Report& report);    // what the last proposal of each factor weighed
Sheet proposals_sheet(const Report& report);  // the latest of all factors, newest first
Sheet quotes_sheet(const Report& report);
Sheet windows_sheet(std::span<const WindowRow> rows);

/// Indices of the alerts as alerts_sheet lists them.
std::vector<std::size_t> alert_order(const std::vector<AlertReport>& alerts);

}  // namespace ballast
