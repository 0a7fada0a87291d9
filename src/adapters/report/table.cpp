#include <algorithm>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {
namespace {

/// Characters on the screen: code points, each one cell wide (names are text, not emoji).
std::size_t screen_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Control characters in a name must not reach a terminal.
std::string printable(std::string_view text) {
  std::string safe(text);
  std::replace_if(
      safe.begin(), safe.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return safe;
}

class Screen {
 public:
  explicit Screen(TableStyle style) : style_(style) {}

  void line(std::string_view text = {}) {
    out_ += text;
    out_ += '\n';
  }
  void sheet(const Sheet& sheet);
  std::string bold(std::string_view text) const { return paint(text, "1"); }
  std::string toned(std::string_view text, Tone tone) const {
    switch (tone) {
      case Tone::plain:
        break;
      case Tone::good:
        return paint(text, "32");
      case Tone::warning:
        return paint(text, "33");
      case Tone::critical:
        return paint(text, "31");
    }
    return std::string(text);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string paint(std::string_view text, std::string_view code) const {
    return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  TableStyle style_;
  std::string out_;
};

void Screen::sheet(const Sheet& sheet) {
  if (sheet.empty()) return;
  const std::size_t count = sheet.columns.size();
  std::vector<std::size_t> widths(count);
  std::vector<std::vector<std::size_t>> padding(count);
  for (std::size_t c = 0; c < count; ++c) {
    padding[c] = point_padding(sheet, c);
    widths[c] = screen_width(sheet.columns[c].title);
    for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
      widths[c] =
          std::max(widths[c], screen_width(printable(sheet.rows[r][c].text)) + padding[c][r]);
    }
  }
  const auto put = [&](std::string& row, std::size_t c, std::string_view text, std::size_t pad,
                       std::string_view painted) {
    const std::string before(widths[c] - screen_width(text) - pad, ' ');
    const bool left = sheet.columns[c].align == Align::text;
    row += "  ";
    row += left ? std::string(painted) + before : before + std::string(painted);
    row.append(pad, ' ');
  };
  const auto finish = [&](std::string row) {
    row.erase(row.find_last_not_of(' ') + 1);
    line(row);
  };

  line();
  line(bold(sheet.title));
  std::string header;
  for (std::size_t c = 0; c < count; ++c) {
    put(header, c, sheet.columns[c].title, 0, sheet.columns[c].title);
  }
  finish(header);
  std::string rule;
  for (std::size_t c = 0; c < count; ++c) {
    rule += "  ";
    for (std::size_t i = 0; i < widths[c]; ++i)
      rule += "\u2500";
  }
  line(rule);
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    std::string row;
    for (std::size_t c = 0; c < count; ++c) {
      const Cell& cell = sheet.rows[r][c];
      const std::string text = printable(cell.text);
      put(row, c, text, padding[c][r], toned(text, cell.tone));
    }
    finish(row);
  }
}

std::string events_text(const EventCounts& events) {
  return fmt::format("{} read, {} applied, {} duplicate, {} refused, {} late", events.read,
                     events.applied, events.duplicate, events.refused, events.late);
}

void put_header(Screen& screen, const Report& report) {
  screen.line(screen.bold(printable(report.desk)));
  screen.line(fmt::format("{} to {} UTC", time_text(report.from), time_text(report.to)));
  screen.line();
  screen.line(screen.bold(fmt::format("Adherence  {}", percent_text(report.adherence))));
  if (!report.weights_basis.empty()) {
    std::string weights;
    for (const auto& [factor, weight] : report.weights) {
      weights += fmt::format("{}{} {:.3f}", weights.empty() ? "" : ", ", printable(factor), weight);
    }
    screen.line(fmt::format("{}{}{}", weights_text(printable(report.weights_basis)),
                            weights.empty() ? "" : ": ", weights));
  }
  if (report.restated_adherence) {
    screen.line(fmt::format("restated, late events at their own time: {}",
                            restated_text(report.adherence, *report.restated_adherence)));
  }
  if (report.net_asset_value) {
    screen.line(fmt::format("net asset value {} {}", money_text(report.net_asset_value->raw),
                            printable(report.currency)));
  }
  if (report.tracking_risk) {
    screen.line(fmt::format("tracking risk {} {} per square-root day",
                            number_text(report.tracking_risk), printable(report.currency)));
  }
}

}  // namespace

std::string render_table(const Report& report, TableStyle style) {
  Screen screen(style);
  put_header(screen, report);
  screen.sheet(factors_sheet(report));
  for (const FactorReport& f : report.factors) {
    if (f.unknown_reason.empty()) continue;
    screen.line(
        screen.toned(fmt::format("  {} is unknown: {}", printable(factor_text(f.factor, f.book)),
                                 printable(f.unknown_reason)),
                     Tone::warning));
  }
  screen.sheet(alerts_sheet(report));
  screen.sheet(breaks_sheet(report));
  screen.sheet(causes_sheet(report));
  screen.sheet(profit_sheet(report));
  screen.sheet(control_sheet(report));
  screen.sheet(actions_sheet(report));
  screen.sheet(weighed_sheet(report));
  screen.sheet(quotes_sheet(report));
  screen.sheet(positions_sheet(report));
  screen.sheet(balances_sheet(report));
  screen.sheet(flights_sheet(report));
  screen.sheet(objectives_sheet(report));
  screen.line();
  screen.line(fmt::format("Events  {}", events_text(report.events)));
  for (const std::string& refusal : report.refusals) {
    screen.line(screen.toned(fmt::format("  {}", printable(refusal)), Tone::warning));
  }
  screen.line(fmt::format("Digest  {}", report.digest));
  return screen.take();
}

std::string render_windows_table(std::span<const WindowRow> rows, TableStyle style) {
  Screen screen(style);
  const Sheet sheet = windows_sheet(rows);
  if (sheet.empty()) screen.line("No window has any events.");
  screen.sheet(sheet);
  return screen.take();
}

}  // namespace ballast
