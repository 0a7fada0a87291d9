#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "adapters/report/calibration.hpp"
#include "adapters/report/calibration_chart.hpp"
#include "adapters/report/calibration_sheets.hpp"
#include "adapters/report/figures.hpp"
#include "adapters/report/html_style.hpp"
#include "adapters/report/html_tables.hpp"
#include "adapters/report/html_text.hpp"

namespace ballast {
namespace {

std::string clock_text(Timestamp t) { return time_text(floor_to(t, Duration::seconds(1))); }

std::string tile(std::string_view name, std::string_view value, std::string_view unit) {
  return fmt::format("<div><dt>{}</dt><dd>{} <small>{}</small></dd></div>", name, value, unit);
}

std::string head_of(const ChainFit& fit) {
  std::string out = R"(<header class="head"><div><p class="kicker">)";
  out += fmt::format("{} calibration</p><h1>{} options</h1>", model_name(fit),
                     escape_html(fit.underlying));
  out += fmt::format(R"(<p class="span"><time datetime="{}">{}</time> UTC</p></div>)",
                     to_string(fit.at), clock_text(fit.at));
  out += R"(<dl class="tiles">)";
  out += tile("Root mean square error", vol_text(fit.rmse_vol), "vols");
  out += tile("Expiries fitted", fmt::format("{}", fit.fitted()),
              fmt::format("of {}", fit.expiries.size()));
  out += tile("Quotes with two sides", fmt::format("{}", fit.two_sided),
              fmt::format("{} outside bid and ask", fit.outside_spread));
  out += tile("Quotes with one side", fmt::format("{}", fit.one_sided),
              fmt::format("{} on its wrong side", fit.one_sided_violated));
  return out + "</dl></header>\n";
}

std::string notes_of(const ChainFit& fit) {
  std::string out = "<section><h2>What was fitted</h2>";
  for (const std::string& note : calibration_notes(fit))
    out += fmt::format(R"(<p class="note">{}.</p>)", escape_html(note));
  for (const std::string& warning : calibration_warnings(fit))
    out += fmt::format(R"(<p class="note warning">Note: {}.</p>)", escape_html(warning));
  return out + "</section>\n";
}

constexpr std::string_view keys =
    R"(<ul class="keys"><li><svg class="smile" viewBox="0 0 18 12" aria-hidden="true">)"
    R"(<path class="market" d="M9 1V11"/></svg>bid to ask</li>)"
    R"(<li><svg class="smile" viewBox="0 0 18 12" aria-hidden="true">)"
    R"(<path class="bound" d="M6 3L12 3L9 10Z"/></svg>one side: where the vol may be</li>)"
    R"(<li><svg class="smile" viewBox="0 0 18 12" aria-hidden="true">)"
    R"(<path class="model" d="M0 6H18"/></svg>model</li>)"
    R"(<li><svg class="smile" viewBox="0 0 18 12" aria-hidden="true">)"
    R"(<path class="money" d="M9 0V12"/></svg>forward</li></ul>)";

std::string smiles_of_fit(const ChainFit& fit) {
  std::string out = "<section><h2>Market against model</h2>";
  out += keys;
  out += R"(<div class="smiles">)";
  for (const ExpiryFit& expiry : fit.expiries) {
    const std::string chart = smile_chart(expiry);
    if (chart.empty()) continue;
    const std::string days = number_text(expiry.smile.years * option_year_days, 1);
    out += fmt::format("<figure><figcaption>{} <small>{} days{}</small></figcaption>{}</figure>\n",
                       time_text(expiry.smile.expires).substr(0, 10), days,
                       expiry.residuals
                           ? fmt::format(", RMSE {} vols", vol_text(expiry.residuals->rmse_vol))
                           : std::string(", not fitted"),
                       chart);
  }
  return out + R"(</div><p class="note">Implied vols in percent by strike.</p></section>)" + "\n";
}

template <class Value>
std::string series_of(std::span<const ChainFit> fits, std::string_view title, const Value& value) {
  std::vector<SeriesPoint> points;
  for (const ChainFit& fit : fits)
    points.push_back({fit.at, value(fit)});
  return series_chart(title, points);
}

std::string series_section(std::span<const ChainFit> fits) {
  std::string out =
      fmt::format(R"(<section><h2>{} snapshots, {} to {} UTC</h2><div class="smiles">)",
                  fits.size(), clock_text(fits.front().at), clock_text(fits.back().at));
  out += series_of(fits, "Forward of the last expiry",
                   [](const ChainFit& fit) { return fit.expiries.back().smile.forward; });
  out += series_of(fits, "RMSE, vols", [](const ChainFit& fit) { return 100.0 * fit.rmse_vol; });
  if (fits.front().heston) {
    const auto parameter = [&](std::string_view title, double HestonParameters::*member) {
      out += series_of(fits, title, [member](const ChainFit& fit) {
        return fit.heston ? fit.heston->parameters.*member : 0.0;
      });
    };
    const auto root = [&](std::string_view title, double HestonParameters::*member) {
      out += series_of(fits, title, [member](const ChainFit& fit) {
        return fit.heston ? 100.0 * std::sqrt(fit.heston->parameters.*member) : 0.0;
      });
    };
    root("Vol now, percent (root of v0)", &HestonParameters::v0);
    root("Vol in the long run, percent (root of theta)", &HestonParameters::theta);
    parameter("kappa, per year", &HestonParameters::kappa);
    parameter("sigma", &HestonParameters::sigma);
    parameter("rho", &HestonParameters::rho);
  }
  out += series_of(fits, "Quotes with two sides",
                   [](const ChainFit& fit) { return static_cast<double>(fit.two_sided); });
  return out + "</div></section>\n";
}

}  // namespace

std::string render_calibration_html(std::span<const ChainFit> fits) {
  const ChainFit& last = fits.back();
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  out += R"(<meta name="color-scheme" content="light dark">)";
  out += fmt::format("\n<title>{} calibration of {} options, {}</title>\n<style>", model_name(last),
                     escape_html(last.underlying), clock_text(last.at));
  out += report_style;
  out += calibration_style();
  out += "</style>\n</head>\n<body>\n<main>\n";
  out += head_of(last);
  if (fits.size() > 1) out += series_section(fits);
  out += notes_of(last);
  out += smiles_of_fit(last);
  for (const Sheet& sheet :
       {heston_sheet(last), expiries_sheet(last), smiles_sheet(last), searches_sheet(last)}) {
    out += sheet_section(sheet);
  }
  if (fits.size() > 1) out += sheet_section(series_sheet(fits));
  out += R"(<footer><p>A vol is one percent of implied volatility. Figures are rounded for )"
         "reading; the JSON holds every digit.</p></footer>\n";
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace ballast
