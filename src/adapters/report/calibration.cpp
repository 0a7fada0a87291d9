#include "adapters/report/calibration.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "adapters/report/calibration_sheets.hpp"
#include "adapters/report/figures.hpp"
#include "adapters/report/screen.hpp"
#include "json/json_writer.hpp"

namespace ballast {
namespace {

using Layout = JsonWriter::Layout;

void put_heston_parameters(JsonWriter& json, const HestonParameters& p) {
  json.begin_object(Layout::inline_);
  json.key("v0").value(p.v0);
  json.key("kappa").value(p.kappa);
  json.key("theta").value(p.theta);
  json.key("sigma").value(p.sigma);
  json.key("rho").value(p.rho);
  json.end_object();
}

void put_heston(JsonWriter& json, const HestonCalibration& heston) {
  json.begin_object();
  json.key("parameters");
  put_heston_parameters(json, heston.parameters);
  json.key("standard_errors");
  if (heston.standard_errors) {
    put_heston_parameters(json, *heston.standard_errors);
  } else {
    json.null();
  }
  json.key("condition").value(heston.condition);
  json.key("iterations").value(heston.iterations);
  json.key("feller_holds").value(heston.feller_holds);
  json.key("at_bound").begin_array(Layout::inline_);
  for (const std::string_view name : heston.at_bound)
    json.value(name);
  json.end_array();
  json.key("previous");
  if (heston.previous) {
    json.begin_object();
    json.key("rmse_vol").value(heston.previous->rmse_vol);
    json.key("change");
    put_heston_parameters(json, heston.previous->change);
    json.end_object();
  } else {
    json.null();
  }
  json.key("searches").begin_array();
  for (const HestonSearch& search : heston.searches) {
    json.begin_object(Layout::inline_);
    json.key("start");
    put_heston_parameters(json, search.start);
    json.key("end");
    put_heston_parameters(json, search.end);
    json.key("rmse_vol").value(search.rmse_vol);
    json.key("iterations").value(search.iterations);
    json.key("has_converged").value(search.has_converged);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void put_svi(JsonWriter& json, const SviFit& fit) {
  json.begin_object(Layout::inline_);
  json.key("a").value(fit.svi.a);
  json.key("b").value(fit.svi.b);
  json.key("rho").value(fit.svi.rho);
  json.key("m").value(fit.svi.m);
  json.key("sigma").value(fit.svi.sigma);
  json.key("iterations").value(fit.iterations);
  json.key("g_min").value(fit.butterfly.g_min);
  json.key("butterfly_free").value(fit.butterfly.is_free);
  json.key("calendar_gap_min");
  json.value(fit.calendar ? std::optional(fit.calendar->gap_min) : std::nullopt);
  json.key("calendar_free");
  json.value(fit.calendar ? std::optional(fit.calendar->is_free) : std::nullopt);
  json.end_object();
}

void put_quotes(JsonWriter& json, const ExpiryFit& expiry) {
  json.begin_array();
  for (std::size_t i = 0; i < expiry.smile.quotes.size(); ++i) {
    const SmileQuote& quote = expiry.smile.quotes[i];
    json.begin_object(Layout::inline_);
    json.key("log_strike").value(quote.log_strike);
    json.key("bid_vol").value(quote.bid);
    json.key("ask_vol").value(quote.ask);
    json.key("weight").value(quote.weight);
    json.key("residual_vol");
    json.value(expiry.residuals ? std::optional(expiry.residuals->vols[i]) : std::nullopt);
    json.end_object();
  }
  json.end_array();
}

void put_expiry(JsonWriter& json, const ExpiryFit& expiry) {
  const ChainSmile& smile = expiry.smile;
  json.begin_object();
  json.key("expires").value(smile.expires);
  json.key("years").value(smile.years);
  json.key("forward").value(smile.forward);
  json.key("two_sided").value(smile.two_sided);
  json.key("one_sided").value(smile.one_sided);
  json.key("not_used").begin_object(Layout::inline_);
  constexpr std::array<std::string_view, unused_names.size()> keys{"in_the_money", "no_quote",
                                                                   "crossed", "no_vol"};
  for (std::size_t i = 0; i < keys.size(); ++i)
    json.key(keys[i]).value(smile.unused[i]);
  json.end_object();
  json.key("why_not_fitted");
  if (expiry.why_not.empty()) {
    json.null();
  } else {
    json.value(expiry.why_not);
  }
  if (expiry.residuals) {
    json.key("rmse_vol").value(expiry.residuals->rmse_vol);
    json.key("outside_spread").value(expiry.residuals->outside_spread);
    json.key("one_sided_violated").value(expiry.residuals->one_sided_violated);
  }
  if (expiry.previous_rmse_vol) json.key("previous_rmse_vol").value(*expiry.previous_rmse_vol);
  if (expiry.svi) {
    json.key("svi");
    put_svi(json, *expiry.svi);
  }
  json.key("quotes");
  put_quotes(json, expiry);
  json.end_object();
}

void put_ssvi(JsonWriter& json, const SsviFit& fit) {
  json.begin_object();
  json.key("rho").value(fit.ssvi.rho);
  json.key("eta").value(fit.ssvi.eta);
  json.key("gamma").value(fit.ssvi.gamma);
  json.key("is_free").value(fit.is_free);
  json.key("iterations").value(fit.iterations);
  json.key("thetas").begin_array(Layout::inline_);
  for (const double theta : fit.thetas)
    json.value(theta);
  json.end_array();
  json.key("rmse_vols").begin_array(Layout::inline_);
  for (const SmileResiduals& r : fit.residuals)
    json.value(r.rmse_vol);
  json.end_array();
  json.end_object();
}

void put_marks(JsonWriter& json, const std::optional<MarkCheck>& marks) {
  if (!marks) return json.null();
  json.begin_object(Layout::inline_);
  json.key("count").value(marks->count);
  json.key("median_coin").value(marks->median);
  json.key("ninth_decile_coin").value(marks->ninth_decile);
  json.key("percentile_99_coin").value(marks->percentile_99);
  json.key("max_coin").value(marks->most);
  json.end_object();
}

void put_fit(JsonWriter& json, const ChainFit& fit) {
  json.begin_object();
  json.key("underlying").value(fit.underlying);
  json.key("at").value(fit.at);
  json.key("rmse_vol").value(fit.rmse_vol);
  json.key("two_sided").value(fit.two_sided);
  json.key("outside_spread").value(fit.outside_spread);
  json.key("one_sided").value(fit.one_sided);
  json.key("one_sided_violated").value(fit.one_sided_violated);
  json.key("expired").value(fit.expired);
  json.key("marks");
  put_marks(json, fit.marks);
  if (fit.heston) {
    json.key("heston");
    put_heston(json, *fit.heston);
  } else {
    json.key("is_free").value(fit.is_free());
    json.key("ssvi");
    if (fit.ssvi) {
      put_ssvi(json, *fit.ssvi);
    } else {
      json.null();
    }
  }
  json.key("expiries").begin_array();
  for (const ExpiryFit& expiry : fit.expiries)
    put_expiry(json, expiry);
  json.end_array();
  json.end_object();
}

std::string csv_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? shortest_text(*value) : std::string();
}

std::string heston_csv(std::span<const ChainFit> fits) {
  std::string out =
      "at,underlying,expiries,two_sided,rmse_vol,outside_spread,one_sided,one_sided_violated,v0,"
      "kappa,theta,sigma,rho,v0_error,kappa_error,theta_error,sigma_error,rho_error,condition,"
      "iterations,at_bound,feller_holds\n";
  for (const ChainFit& fit : fits) {
    if (!fit.heston) continue;
    const HestonCalibration& heston = *fit.heston;
    out += fmt::format("{},{},{},{},{},{},{},{}", to_string(fit.at), fit.underlying, fit.fitted(),
                       fit.two_sided, csv_number(fit.rmse_vol), fit.outside_spread, fit.one_sided,
                       fit.one_sided_violated);
    constexpr std::array members{&HestonParameters::v0, &HestonParameters::kappa,
                                 &HestonParameters::theta, &HestonParameters::sigma,
                                 &HestonParameters::rho};
    for (const auto member : members)
      out += "," + csv_number(heston.parameters.*member);
    for (const auto member : members) {
      out += ",";
      if (heston.standard_errors) out += csv_number((*heston.standard_errors).*member);
    }
    out += fmt::format(",{},{},{},{}\n", csv_number(heston.condition), heston.iterations,
                       fmt::join(heston.at_bound, " "), heston.feller_holds);
  }
  return out;
}

std::string svi_csv(std::span<const ChainFit> fits) {
  std::string out =
      "at,underlying,expires,years,forward,two_sided,one_sided,rmse_vol,outside_spread,"
      "one_sided_violated,a,b,rho,m,sigma,g_min,butterfly_free,calendar_free\n";
  for (const ChainFit& fit : fits) {
    for (const ExpiryFit& expiry : fit.expiries) {
      const ChainSmile& smile = expiry.smile;
      out += fmt::format("{},{},{},{},{},{},{}", to_string(fit.at), fit.underlying,
                         to_string(smile.expires), csv_number(smile.years),
                         csv_number(smile.forward), smile.two_sided, smile.one_sided);
      if (!expiry.svi) {
        out += ",,,,,,,,,,,\n";
        continue;
      }
      const SviFit& svi = *expiry.svi;
      out += fmt::format(",{},{},{},{},{},{},{},{},{},{},{}\n", csv_number(svi.residuals.rmse_vol),
                         svi.residuals.outside_spread, svi.residuals.one_sided_violated,
                         csv_number(svi.svi.a), csv_number(svi.svi.b), csv_number(svi.svi.rho),
                         csv_number(svi.svi.m), csv_number(svi.svi.sigma),
                         csv_number(svi.butterfly.g_min), svi.butterfly.is_free,
                         svi.calendar ? fmt::format("{}", svi.calendar->is_free) : std::string());
    }
  }
  return out;
}

void show_fit(Screen& screen, const ChainFit& fit) {
  screen.line(screen.bold(fmt::format("{} options at {} UTC", screen_text(fit.underlying),
                                      time_text(floor_to(fit.at, Duration::seconds(1))))));
  for (const std::string& note : calibration_notes(fit))
    screen.line(screen_text(note));
  for (const std::string& warning : calibration_warnings(fit))
    screen.line(screen.toned(fmt::format("Note: {}", screen_text(warning)), Tone::warning));
  screen.sheet(heston_sheet(fit));
  screen.sheet(searches_sheet(fit));
  screen.sheet(expiries_sheet(fit));
  screen.sheet(smiles_sheet(fit));
}

}  // namespace

std::string render_calibration_table(std::span<const ChainFit> fits, TableStyle style) {
  Screen screen(style);
  if (fits.size() == 1) {
    show_fit(screen, fits.front());
  } else {
    screen.line(
        screen.bold(fmt::format("{} of {} snapshots", model_name(fits.front()), fits.size())));
    screen.sheet(series_sheet(fits));
  }
  return screen.take();
}

std::string render_calibration_json(std::span<const ChainFit> fits) {
  JsonWriter json;
  json.begin_object();
  json.key("model").value(fits.front().heston ? "heston" : "svi");
  json.key("calibrations").begin_array();
  for (const ChainFit& fit : fits)
    put_fit(json, fit);
  json.end_array();
  json.end_object();
  return json.take();
}

std::string render_calibration_csv(std::span<const ChainFit> fits) {
  return fits.front().heston ? heston_csv(fits) : svi_csv(fits);
}

}  // namespace ballast
