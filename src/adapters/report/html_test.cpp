#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "adapters/report/golden.hpp"
#include "adapters/report/html_chart.hpp"
#include "adapters/report/html_style.hpp"
#include "adapters/report/html_text.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

void expect_golden(const std::string& name, const std::string& text) {
  EXPECT_EQ(text, golden(name, text)) << "if the change is meant, review it after UPDATE_GOLDEN=1";
}

/// What is wrong with the nesting of tags and the quoting of attributes; empty when nothing is.
std::string malformed(const std::string& html) {
  static const std::set<std::string> empty_elements{"meta"};
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at)) {
    if (html.compare(at, 9, "<!DOCTYPE") == 0) {
      at = html.find('>', at);
      continue;
    }
    const bool closing = html[at + 1] == '/';
    std::size_t end = at + (closing ? 2U : 1U);
    std::string name;
    while (std::isalnum(static_cast<unsigned char>(html[end])) != 0)
      name += html[end++];
    if (name.empty()) return "a bare < at " + html.substr(at, 40);
    bool quoted = false;
    while (end < html.size() && (quoted || html[end] != '>')) {
      if (html[end] == '"') quoted = !quoted;
      if (html[end] == '<') return "a < inside the tag " + html.substr(at, 60);
      ++end;
    }
    if (end >= html.size()) return "the tag is never closed: " + html.substr(at, 40);
    const bool self_closing = html[end - 1] == '/';
    if (closing) {
      if (open.empty() || open.back() != name) {
        return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
      }
      open.pop_back();
    } else if (!self_closing && empty_elements.count(name) == 0) {
      open.push_back(name);
    }
    at = name == "style" && !closing ? html.find("</style", end) : end;
  }
  return open.empty() ? std::string() : "<" + open.back() + "> is never closed";
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

bool has_word(const std::string& text, std::string_view word) {
  const auto letter = [&](std::size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
  };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!(at > 0 && letter(at - 1)) && !letter(at + word.size())) return true;
  }
  return false;
}

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t start = text.find(from);
  const std::size_t end = text.find(to, start);
  return start == std::string::npos ? std::string() : text.substr(start, end + to.size() - start);
}

TEST(ReportHtml, the_checker_of_these_tests_finds_what_is_wrong) {
  EXPECT_EQ(malformed("<p><b>x</b></p>"), "");
  EXPECT_NE(malformed("<p><b>x</p></b>"), "");
  EXPECT_NE(malformed("<p>a < b</p>"), "");
  EXPECT_NE(malformed("<p>"), "");
  EXPECT_NE(malformed("<p class=\"a>x</p>"), "");
}

TEST(ReportHtml, is_well_formed_whatever_is_in_the_report) {
  for (const Report& report : {sample::worked_example(), sample::everything(), sample::nothing()}) {
    EXPECT_EQ(malformed(render_html(report)), "");
  }
}

TEST(ReportHtml, no_name_becomes_markup) {
  const std::string html = render_html(sample::everything());
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("alert(\""), std::string::npos);
  EXPECT_GT(count(html, "&lt;script&gt;"), 20U);
}

TEST(ReportHtml, asks_nobody_for_anything) {
  const std::string html = render_html(sample::everything());
  for (const std::string_view part :
       {"http:", "https:", "src=", "url(", "@import", "<link", "<img"}) {
    EXPECT_EQ(html.find(part), std::string::npos) << part;
  }
}

TEST(ReportHtml, prints_no_number_that_is_none) {
  for (const Report& report : {sample::everything(), sample::nothing()}) {
    const std::string html = render_html(report);
    const std::string body = html.substr(html.find("<body>"));
    EXPECT_FALSE(has_word(body, "nan"));
    EXPECT_FALSE(has_word(body, "inf"));
  }
}

TEST(ReportHtml, says_in_words_and_tables_what_the_chart_shows) {
  const std::string html = render_html(sample::worked_example());
  EXPECT_NE(html.find("<html lang=\"en\">"), std::string::npos);
  EXPECT_EQ(count(html, "<h1"), 1U);
  EXPECT_EQ(count(html, "role=\"img\""), 1U);
  EXPECT_NE(html.find("<desc id=\"factor-1-desc\">"), std::string::npos);
  EXPECT_NE(html.find("In band 50.00 % of known time, out of it 2 times, largest |z| 3.00"),
            std::string::npos);
  EXPECT_EQ(count(html, "<th>"), 0U) << "every heading of a table says its scope";
  EXPECT_NE(html.find("82.50"), std::string::npos);
}

TEST(ReportHtml, marks_hedges_and_proposals_on_the_chart_of_their_factor) {
  const std::string html = render_html(sample::everything());
  const std::string first = between(html, "<section class=\"factor\"", "</section>");
  EXPECT_EQ(count(first, "<path class=\"hedge\""), 1U);
  EXPECT_EQ(count(first, "<path class=\"proposal\""), 1U);
  EXPECT_EQ(count(first, "<path class=\"lost\""), 1U);
  EXPECT_EQ(count(html, "<path class=\"hedge\""), 1U) << "only the factor that was hedged";
  EXPECT_NE(html.find("<h2>Control</h2>"), std::string::npos);
  EXPECT_EQ(render_html(sample::worked_example()).find("<h2>Control</h2>"), std::string::npos);
}

TEST(ReportHtml, the_worked_example_s_factor) {
  const std::string html = render_html(sample::worked_example());
  expect_golden("worked_example_factor.html",
                between(html, "<section class=\"factor\"", "</section>"));
}

TEST(ReportHtml, the_chart_stays_small_and_whole_for_any_path) {
  FactorReport factor = sample::worked_factor();
  factor.path.clear();
  Rng rng(11);
  for (int i = 0; i < 200'000; ++i) {
    PathPoint p = sample::point(i, 3.0 * rng.normal(), rng.uniform(), -2.0, 3.0 + rng.uniform());
    p.known = !rng.chance(0.1);
    factor.path.push_back(p);
  }
  const std::string chart =
      chart_html(factor, sample::noon_plus(0), sample::noon_plus(200'000), {}, "x");
  EXPECT_LT(chart.size(), 600'000U);
  EXPECT_EQ(malformed(chart), "");
  const std::string line = between(chart, "<path class=\"actual\"", "/>");
  EXPECT_LE(count(line, "V"), 1500U);
}

TEST(ReportHtml, a_chart_of_one_moment_and_of_flat_lines_is_drawn) {
  FactorReport factor = sample::worked_factor();
  factor.path = {PathPoint{sample::noon_plus(0), true, 0, 0, 0, 0, 0, 0}};
  const std::string chart = chart_html(factor, sample::noon_plus(0), sample::noon_plus(0), {}, "x");
  EXPECT_EQ(malformed(chart), "");
  EXPECT_EQ(chart.find("nan"), std::string::npos);
  factor.path.clear();
  EXPECT_EQ(chart_html(factor, sample::noon_plus(0), sample::noon_plus(9), {}, "x"), "");
}

TEST(ReportHtml, unknown_time_is_hatched_and_the_actual_not_drawn_there) {
  FactorReport factor = sample::worked_factor();
  factor.path[2].known = false;  // from 40 s to 50 s
  const std::string chart =
      chart_html(factor, sample::noon_plus(0), sample::noon_plus(100), {}, "x");
  EXPECT_NE(chart.find(R"(<i class="unknown" style="left:40%;width:10%">)"), std::string::npos);
  const std::string line = between(chart, "<path class=\"actual\"", "/>");
  EXPECT_EQ(count(line, "M"), 2U);
}

TEST(ReportHtml, coordinates_are_plain_numbers) {
  EXPECT_EQ(coordinate(1.0 / 3.0), "0.33");
  EXPECT_EQ(coordinate(-0.001), "0");
  EXPECT_EQ(coordinate(1e300), "1000000");
  EXPECT_EQ(coordinate(std::nan("")), "0");
}

/// Relative luminance (WCAG 2.1) of "#rgb" or "#rrggbb".
double luminance(std::string colour) {
  if (colour.size() == 4) {
    colour = {'#', colour[1], colour[1], colour[2], colour[2], colour[3], colour[3]};
  }
  constexpr std::array<double, 3> weights{0.2126, 0.7152, 0.0722};
  double sum = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double part =
        static_cast<double>(std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16)) / 255.0;
    sum += weights[i] * (part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& a, const std::string& b) {
  const double x = luminance(a);
  const double y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(ReportHtml, text_and_marks_stand_out_from_the_ground_in_both_palettes) {
  EXPECT_NEAR(contrast("#000", "#ffffff"), 21.0, 1e-9);
  const std::string style(report_style);
  const std::size_t dark = style.find("prefers-color-scheme:dark");
  ASSERT_NE(dark, std::string::npos);
  for (const std::string& palette : {style.substr(0, dark), style.substr(dark)}) {
    const auto colour = [&](const std::string& name) {
      const std::size_t at = palette.find("--" + name + ":") + name.size() + 3;
      return palette.substr(at, palette.find_first_of(";}", at) - at);
    };
    for (const char* text : {"ink", "quiet", "good", "warn", "bad"}) {
      EXPECT_GE(contrast(colour(text), colour("ground")), 4.5) << text << ' ' << colour(text);
    }
    for (const char* mark : {"actual", "target", "band", "mark", "hatch"}) {
      EXPECT_GE(contrast(colour(mark), colour("ground")), 3.0) << mark << ' ' << colour(mark);
    }
  }
}

}  // namespace
}  // namespace ballast
