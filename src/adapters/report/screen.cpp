#include "adapters/report/screen.hpp"

#include <algorithm>

namespace ballast {
namespace {

/// Characters on the screen: code points, each one cell wide (names are text, not emoji).
std::size_t screen_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string screen_text(std::string_view text) {
  std::string safe(text);
  std::replace_if(
      safe.begin(), safe.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return safe;
}

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
          std::max(widths[c], screen_width(screen_text(sheet.rows[r][c].text)) + padding[c][r]);
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
      const std::string text = screen_text(cell.text);
      put(row, c, text, padding[c][r], toned(text, cell.tone));
    }
    finish(row);
  }
}

}  // namespace ballast
