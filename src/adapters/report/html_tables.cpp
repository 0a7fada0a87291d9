#include "adapters/report/html_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/html_text.hpp"

namespace ballast {
namespace {

/// Figure spaces in place of missing digits, and a punctuation space for a missing point.
std::string html_padding(std::string_view text, std::size_t count) {
  std::string out;
  if (count > 0 && text.find('.') == std::string_view::npos) {
    out += "&#8200;";
    --count;
  }
  for (; count > 0; --count)
    out += "&#8199;";
  return out;
}

std::string cell_html(const Sheet& sheet,
                      std::size_t row,
                      std::size_t column,
                      std::size_t padding) {
  const Cell& cell = sheet.rows[row][column];
  const bool number = sheet.columns[column].align != Align::text;
  std::string classes(tone_class(cell.tone));
  if (number) classes += classes.empty() ? "num" : " num";
  if (!number && cell.text.size() > 48) classes += classes.empty() ? "wrap" : " wrap";
  const std::string_view tag = column == 0 ? "th" : "td";
  return fmt::format("<{0}{1}{2}>{3}{4}</{0}>", tag, column == 0 ? R"( scope="row")" : "",
                     classes.empty() ? "" : fmt::format(R"( class="{}")", classes),
                     escape_html(cell.text), html_padding(cell.text, padding));
}

/// A bar from `zero` to `end`, both shares of the width.
std::string bar_html(std::string_view kind, double zero, double end) {
  const double left = 100.0 * std::min(zero, end);
  const double width = 100.0 * std::abs(end - zero);
  return fmt::format(
      R"(<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">)"
      R"(<rect class="{}" x="{}" y="1" width="{}" height="8"/>)"
      R"(<path class="zero" d="M{} 0V10"/></svg></td>)",
      kind, coordinate(left), coordinate(width), coordinate(100.0 * zero));
}

}  // namespace

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::good:
      return "good";
    case Tone::warning:
      return "warning";
    case Tone::critical:
      return "critical";
  }
  return "";
}

std::string sheet_table(const Sheet& sheet) {
  const std::size_t count = sheet.columns.size();
  std::string out = fmt::format(
      R"(<div class="scroll{}" role="region" tabindex="0" aria-label="{}"><table><thead><tr>)",
      count > 8 ? " wide" : "", escape_html(sheet.title));
  std::vector<std::vector<std::size_t>> padding;
  for (std::size_t c = 0; c < count; ++c) {
    padding.push_back(point_padding(sheet, c));
    out += fmt::format(R"(<th scope="col"{}>{}</th>)",
                       sheet.columns[c].align == Align::text ? "" : R"( class="num")",
                       escape_html(sheet.columns[c].title));
  }
  out += "</tr></thead><tbody>\n";
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    out += "<tr>";
    for (std::size_t c = 0; c < count; ++c)
      out += cell_html(sheet, r, c, padding[c][r]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>";
}

std::string sheet_section(const Sheet& sheet) {
  if (sheet.empty()) return {};
  return fmt::format("<section><h2>{}</h2>{}</section>\n", escape_html(sheet.title),
                     sheet_table(sheet));
}

std::string causes_bars(const FactorReport& factor) {
  double total = 0.0;
  double largest = 0.0;
  for (const auto& [cause, seconds] : factor.out_of_band_seconds_by_cause) {
    total += seconds;
    largest = std::max(largest, seconds);
  }
  if (!(total > 0.0)) return {};
  std::string out =
      R"(<table class="bars"><caption>Time out of band, by what caused it</caption>)"
      R"(<thead><tr><th scope="col">Cause</th><td class="bar"></td>)"
      R"(<th scope="col" class="num">Time</th><th scope="col" class="num">Share</th></tr></thead>)"
      "<tbody>";
  for (const auto& [cause, seconds] : factor.out_of_band_seconds_by_cause) {
    if (!(seconds > 0.0)) continue;
    out += fmt::format(
        R"(<tr><th scope="row">{}</th>{}<td class="num">{}</td><td class="num">{}</td></tr>)",
        escape_html(cause), bar_html("time", 0.0, seconds / largest), seconds_text(seconds),
        percent_text(seconds / total));
  }
  out += fmt::format(R"(<tr class="sum"><th scope="row">total</th><td></td><td class="num">{}</td>)"
                     R"(<td class="num">{}</td></tr>)",
                     seconds_text(total), percent_text(1.0));
  return out + "</tbody></table>";
}

std::string profit_bars(const FactorReport& factor, const std::string& currency) {
  if (!factor.profit) return {};
  const FactorProfit& p = *factor.profit;
  const std::array<std::pair<std::string_view, Decimal>, 6> parts{{{"spread", p.spread},
                                                                   {"target", p.target},
                                                                   {"deviation", p.deviation},
                                                                   {"basis", p.basis},
                                                                   {"funding", p.funding},
                                                                   {"fees", p.fees}}};
  double low = std::min(0.0, to_double(p.total));
  double high = std::max(0.0, to_double(p.total));
  for (const auto& [name, value] : parts) {
    low = std::min(low, to_double(value));
    high = std::max(high, to_double(value));
  }
  const double span = high > low ? high - low : 1.0;
  const double zero = -low / span;
  const auto row = [&](std::string_view name, Decimal value, bool sum) {
    return fmt::format(
        R"(<tr{}><th scope="row">{}</th>{}<td class="num{}">{}</td></tr>)",
        sum ? R"( class="sum")" : "", name,
        bar_html(value.sign() < 0 ? "loss" : "gain", zero, zero + to_double(value) / span),
        value.sign() < 0 ? " critical" : "", money_text(value.raw));
  };
  std::string out = fmt::format(R"(<table class="bars"><caption>Profit and loss, {0}</caption>)"
                                R"(<thead><tr><th scope="col">Part</th><td class="bar"></td>)"
                                R"(<th scope="col" class="num">{0}</th></tr></thead><tbody>)",
                                escape_html(currency));
  for (const auto& [name, value] : parts)
    out += row(name, value, false);
  return out + row("total", p.total, true) + "</tbody></table>";
}

}  // namespace ballast
