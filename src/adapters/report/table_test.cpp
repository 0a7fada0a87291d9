#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/golden.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {
namespace {

void expect_golden(const std::string& name, const std::string& text) {
  EXPECT_EQ(text, golden(name, text)) << "if the change is meant, review it after UPDATE_GOLDEN=1";
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    result.push_back(line);
  return result;
}

/// The fields of one CSV line, quotes undone.
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> result(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      result.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

std::string csv_value(const std::string& csv, std::size_t row, const std::string& column) {
  const auto all = lines(csv);
  const auto header = fields(all.at(0));
  const auto at = std::find(header.begin(), header.end(), column) - header.begin();
  return fields(all.at(row)).at(static_cast<std::size_t>(at));
}

TEST(ReportTable, the_worked_example_as_a_trader_sees_it) {
  expect_golden("worked_example.txt", render_table(sample::worked_example(), {}));
}

TEST(ReportTable, a_report_with_everything_in_it) {
  expect_golden("everything.txt", render_table(sample::everything(), {}));
}

TEST(ReportTable, a_report_of_nothing_has_dashes_and_no_numbers_that_are_none) {
  const std::string text = render_table(sample::nothing(), {});
  EXPECT_NE(text.find("Adherence  \u2013"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

TEST(ReportTable, colour_is_only_for_those_who_ask) {
  const Report report = sample::everything();
  const std::string plain = render_table(report, {});
  const std::string coloured = render_table(report, {.colour = true});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[31m"), std::string::npos);
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      stripped += coloured[i];
    }
  }
  EXPECT_EQ(stripped, plain);
}

TEST(ReportTable, a_name_cannot_send_commands_to_the_terminal) {
  Report report = sample::worked_example();
  report.desk = "a\x1b[2Jb\nc";
  report.positions[0].book = "x\x07";
  report.refusals = {"r\x1b"};
  const std::string text = render_table(report, {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(lines(text)[0], "a?[2Jb?c");
}

TEST(ReportTable, firing_alerts_and_open_breaks_stand_first) {
  const Report report = sample::everything();
  EXPECT_EQ(alert_order(report.alerts), (std::vector<std::size_t>{1, 2, 0, 3}));
  EXPECT_EQ(breaks_sheet(report).rows[0][0].text, "bybit");
}

TEST(ReportTable, points_stand_in_one_line) {
  const Sheet sheet{"", {{"n", Align::point}}, {{{"1"}}, {{"-20.25"}}, {{"3.5"}}}};
  EXPECT_EQ(point_padding(sheet, 0), (std::vector<std::size_t>{3, 0, 1}));
}

TEST(Figures, are_rounded_half_even_grouped_and_signed) {
  const auto fixed = [](const char* text, int digits) {
    return fixed_text(*parse_decimal_raw(text), digits);
  };
  EXPECT_EQ(fixed("1234567.125", 2), "1,234,567.12");
  EXPECT_EQ(fixed("-1234567.135", 2), "-1,234,567.14");
  EXPECT_EQ(fixed("0.5", 0), "0");
  EXPECT_EQ(fixed("1.5", 0), "2");
  EXPECT_EQ(fixed("999.995", 2), "1,000.00");
  EXPECT_EQ(fixed("-0.001", 2), "0.00");
  EXPECT_EQ(fixed("100000000000000000000", 0), "100,000,000,000,000,000,000");
}

TEST(Figures, keep_what_a_trader_needs_and_no_more) {
  const auto quantity = [](const char* text) { return quantity_text(*parse_decimal_raw(text)); };
  EXPECT_EQ(quantity("91595.02900"), "91,595.03");
  EXPECT_EQ(quantity("0.00012345678"), "0.000123");
  EXPECT_EQ(quantity("-4411"), "-4,411");
  EXPECT_EQ(quantity("0.000000000001"), "0.000000000001");
  EXPECT_EQ(quantity("0"), "0");
  EXPECT_EQ(money_text(*parse_decimal_raw("12345.678")), "12,345.68");
  EXPECT_EQ(money_text(*parse_decimal_raw("0.0004")), "0.0004");
  EXPECT_EQ(percent_text(0.825), "82.50 %");
  EXPECT_EQ(percent_text(std::nullopt), no_figure);
  EXPECT_EQ(percent_text(-1e-12), "0.00 %");
  EXPECT_EQ(percent_text(-12.345), "-1,234.50 %");
  EXPECT_EQ(restated_text(0.5, 0.5 - 1e-12), "50.00 % (+0.00 points)");
  EXPECT_EQ(restated_text(0.5, 0.475), "47.50 % (-2.50 points)");
  EXPECT_EQ(number_text(-1234.5), "-1,234.50");
  EXPECT_EQ(number_text(-0.001), "0.00");
  EXPECT_EQ(seconds_text(0.25), "0.25 s");
  EXPECT_EQ(seconds_text(59.4), "59 s");
  EXPECT_EQ(seconds_text(252.0), "4 min 12 s");
  EXPECT_EQ(seconds_text(7500.0), "2 h 05 min");
  EXPECT_EQ(seconds_text(273600.0), "3 d 04 h");
}

TEST(ReportCsv, has_a_row_per_factor_with_every_figure_exact) {
  const Report report = sample::everything();
  const std::string csv = render_csv(report);
  ASSERT_EQ(lines(csv).size(), 3U);
  for (const std::string& line : lines(csv)) {
    EXPECT_EQ(fields(line).size(), fields(lines(csv)[0]).size());
  }
  EXPECT_EQ(csv_value(csv, 1, "factor"), "delta:BTC");
  EXPECT_EQ(csv_value(csv, 1, "band_lower"), "2");
  EXPECT_EQ(csv_value(csv, 1, "limit_upper"), "6");
  EXPECT_EQ(csv_value(csv, 1, "adherence"), "0.825");
  EXPECT_EQ(csv_value(csv, 1, "effectiveness"), "0.3333333333333333");
  EXPECT_EQ(csv_value(csv, 1, "excursions"), "2");
  EXPECT_EQ(csv_value(csv, 1, "pnl_deviation"), "-320");
  EXPECT_EQ(csv_value(csv, 1, "deviation_pnl"), "-987.65");
  EXPECT_EQ(csv_value(csv, 1, "minimum_variance_index"), "0.42");
  EXPECT_EQ(csv_value(csv, 1, "out_of_band_seconds_by_cause"), "quote=30.0;band=20.0");
  EXPECT_EQ(csv_value(csv, 2, "factor"), report.factors[1].factor);
  EXPECT_EQ(csv_value(csv, 2, "pnl_total"), "");
}

TEST(ReportCsv, absent_figures_are_empty) {
  const std::string csv = render_csv(sample::nothing());
  EXPECT_EQ(csv_value(csv, 1, "z"), "");
  EXPECT_EQ(csv_value(csv, 1, "ise"), "");
  EXPECT_EQ(csv_value(csv, 1, "actual"), "");
}

TEST(WindowRows, print_as_a_table_and_as_csv) {
  const auto rows = sample::windows();
  expect_golden("windows.txt", render_windows_table(rows, {}));
  expect_golden("windows.csv", render_windows_csv(rows));
  EXPECT_EQ(csv_value(render_windows_csv(rows), 2, "factor"), rows[1].factor);
  EXPECT_EQ(csv_value(render_windows_csv(rows), 1, "ise"), "680.0");
  EXPECT_EQ(lines(render_windows_csv({})).size(), 1U);
  EXPECT_EQ(render_windows_table({}, {}), "No window has any events.\n");
}

}  // namespace
}  // namespace ballast
