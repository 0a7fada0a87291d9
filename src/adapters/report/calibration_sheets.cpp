#include "adapters/report/calibration_sheets.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"

namespace ballast {
namespace {

/// Six significant digits, as parameters are compared by.
std::string parameter_text(double value) { return fmt::format("{:.6g}", value); }

/// None where it is less than the last digit of the parameter: searches end that far apart.
std::string change_text(double change, double now) {
  return std::fabs(change) < 1e-6 * std::fabs(now) ? "none" : fmt::format("{:.3g}", change);
}

std::string expiry_text(Timestamp t) { return time_text(t).substr(0, 10); }

std::string left_out_text(const ChainSmile& smile) {
  std::string text;
  for (std::size_t i = 0; i < unused_names.size(); ++i) {
    if (smile.unused[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", smile.unused[i], unused_names[i]);
  }
  return text.empty() ? std::string(no_figure) : text;
}

/// The parameters by name, in the order of the model's definition.
struct NamedParameter {
  std::string_view name;
  double HestonParameters::*member;
  std::string_view about;
};
constexpr std::array heston_names{
    NamedParameter{"v0", &HestonParameters::v0, "variance now"},
    NamedParameter{"kappa", &HestonParameters::kappa, "speed of return, per year"},
    NamedParameter{"theta", &HestonParameters::theta, "variance in the long run"},
    NamedParameter{"sigma", &HestonParameters::sigma, "vol of variance"},
    NamedParameter{"rho", &HestonParameters::rho, "correlation"},
};

std::string marks_note(const MarkCheck& marks) {
  return fmt::format(
      "Marks from mark vols: {} reproduced within {:.1e} coin (median), {:.1e} (99 %), {:.1e} "
      "(all)",
      marks.count, marks.median, marks.percentile_99, marks.most);
}

std::string ssvi_note(const SsviFit& fit) {
  double square_sum = 0.0;
  double count = 0.0;
  for (const SmileResiduals& r : fit.residuals) {
    square_sum += r.rmse_vol * r.rmse_vol * static_cast<double>(r.two_sided);
    count += static_cast<double>(r.two_sided);
  }
  return fmt::format("SSVI across expiries: rho {}, eta {}, gamma {}, RMSE {} vols, {}",
                     parameter_text(fit.ssvi.rho), parameter_text(fit.ssvi.eta),
                     parameter_text(fit.ssvi.gamma), vol_text(std::sqrt(square_sum / count)),
                     fit.is_free ? "free of arbitrage" : "not shown to be free of arbitrage");
}

}  // namespace

std::string_view model_name(const ChainFit& fit) { return fit.heston ? "Heston" : "SVI"; }

std::string vol_text(double vol) {
  const double percent = 100.0 * vol;
  const bool tiny = percent != 0.0 && std::fabs(percent) < 0.01;
  return number_text(percent, tiny ? 4 : 2);
}

std::vector<std::string> calibration_notes(const ChainFit& fit) {
  std::vector<std::string> notes;
  notes.push_back(fmt::format(
      "{}: {} of {} expiries, {} quotes with two sides; RMSE {} vols; {} outside bid and ask",
      model_name(fit), fit.fitted(), fit.expiries.size(), fit.two_sided, vol_text(fit.rmse_vol),
      fit.outside_spread));
  if (fit.one_sided > 0) {
    notes.push_back(fmt::format("Quotes with one side: {}, {}; {} on the wrong side of it",
                                fit.one_sided, fit.heston ? "not fitted" : "taken as bounds",
                                fit.one_sided_violated));
  }
  if (fit.expired > 0)
    notes.push_back(fmt::format("Left out, for they had expired: {} options", fit.expired));
  if (fit.marks) notes.push_back(marks_note(*fit.marks));
  if (fit.heston) {
    const HestonCalibration& heston = *fit.heston;
    notes.push_back(fmt::format(
        "{} iterations, condition {}; Feller's condition {}", heston.iterations,
        heston.condition ? fmt::format("{:.3g}", *heston.condition) : std::string(no_figure),
        heston.feller_holds ? "holds" : "does not hold"));
    if (heston.previous) {
      notes.push_back(fmt::format("The previous parameters: RMSE {} vols on these quotes",
                                  vol_text(heston.previous->rmse_vol)));
    }
  }
  if (fit.ssvi) notes.push_back(ssvi_note(*fit.ssvi));
  if (!fit.why_no_ssvi.empty()) notes.push_back(fmt::format("No SSVI: {}", fit.why_no_ssvi));
  return notes;
}

std::vector<std::string> calibration_warnings(const ChainFit& fit) {
  std::vector<std::string> warnings;
  for (const ExpiryFit& expiry : fit.expiries) {
    const std::string name = expiry_text(expiry.smile.expires);
    if (!expiry.why_not.empty())
      warnings.push_back(fmt::format("{} is not fitted: {}", name, expiry.why_not));
    if (!expiry.svi) continue;
    const ButterflyCheck& butterfly = expiry.svi->butterfly;
    if (!butterfly.is_free) {
      warnings.push_back(fmt::format("{} has butterfly arbitrage: g is {:.3g} at ln(K/F) = {:.3g}",
                                     name, butterfly.g_min, butterfly.at_k));
    }
    if (expiry.svi->calendar && !expiry.svi->calendar->is_free) {
      warnings.push_back(fmt::format(
          "{} has calendar arbitrage: total variance {:.3g} below the expiry before at ln(K/F) = "
          "{:.3g}",
          name, -expiry.svi->calendar->gap_min, expiry.svi->calendar->at_k));
    }
  }
  if (!fit.heston) return warnings;
  for (const std::string_view name : fit.heston->at_bound)
    warnings.push_back(fmt::format("{} ended at a bound: the quotes want more of it", name));
  std::size_t lost = 0;
  for (const HestonSearch& search : fit.heston->searches)
    lost += search.has_converged ? 0U : 1U;
  if (lost > 0) {
    warnings.push_back(fmt::format("{} of {} searches ended before they converged", lost,
                                   fit.heston->searches.size()));
  }
  return warnings;
}

Sheet heston_sheet(const ChainFit& fit) {
  Sheet sheet{"Parameters", {{"Parameter"}, {"Value", Align::point}}, {}};
  if (!fit.heston) return sheet;
  const HestonCalibration& heston = *fit.heston;
  sheet.columns.push_back({"Standard error", Align::point});
  if (heston.previous) sheet.columns.push_back({"Change", Align::point});
  sheet.columns.push_back({"Meaning"});
  for (const NamedParameter& p : heston_names) {
    std::optional<double> error;
    if (heston.standard_errors) error = (*heston.standard_errors).*p.member;
    std::vector<Cell> row{{std::string(p.name)},
                          {parameter_text(heston.parameters.*p.member)},
                          {error ? fmt::format("{:.2g}", *error) : std::string(no_figure)}};
    if (heston.previous) {
      row.push_back({change_text(heston.previous->change.*p.member, heston.parameters.*p.member)});
    }
    row.push_back({std::string(p.about)});
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet searches_sheet(const ChainFit& fit) {
  Sheet sheet{"Searches", {{"Start"}}, {}};
  if (!fit.heston) return sheet;
  for (const NamedParameter& p : heston_names)
    sheet.columns.push_back({std::string(p.name), Align::point});
  sheet.columns.push_back({"RMSE, vols", Align::point});
  sheet.columns.push_back({"Iterations", Align::number});
  sheet.columns.push_back({"Ended"});
  std::size_t number = 0;
  for (const HestonSearch& search : fit.heston->searches) {
    std::vector<Cell> row{{fmt::format("{}", ++number)}};
    for (const NamedParameter& p : heston_names)
      row.push_back({fmt::format("{:.4g}", search.end.*p.member)});
    row.push_back({vol_text(search.rmse_vol)});
    row.push_back({fmt::format("{}", search.iterations)});
    row.push_back(search.has_converged ? Cell{"converged"} : Cell{"gave up", Tone::warning});
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet expiries_sheet(const ChainFit& fit) {
  bool compared = false;
  for (const ExpiryFit& expiry : fit.expiries)
    compared = compared || expiry.previous_rmse_vol.has_value();
  Sheet sheet{"Expiries",
              {{"Expiry"},
               {"Days", Align::point},
               {"Forward", Align::point},
               {"Two-sided", Align::number},
               {"One-sided", Align::number},
               {"RMSE, vols", Align::point},
               {"Outside", Align::number},
               {"Violated", Align::number}},
              {}};
  if (compared) sheet.columns.push_back({"Before", Align::point});
  sheet.columns.push_back({"Not used"});
  for (const ExpiryFit& expiry : fit.expiries) {
    const ChainSmile& smile = expiry.smile;
    const auto& r = expiry.residuals;
    std::vector<Cell> row{{expiry_text(smile.expires)},
                          {number_text(smile.years * option_year_days)},
                          {number_text(smile.forward)},
                          {fmt::format("{}", smile.two_sided)},
                          {fmt::format("{}", smile.one_sided)},
                          {r ? vol_text(r->rmse_vol) : std::string(no_figure)},
                          {r ? fmt::format("{}", r->outside_spread) : std::string(no_figure)},
                          {r ? fmt::format("{}", r->one_sided_violated) : std::string(no_figure)}};
    if (compared) {
      row.push_back({expiry.previous_rmse_vol ? vol_text(*expiry.previous_rmse_vol)
                                              : std::string(no_figure)});
    }
    row.push_back({left_out_text(smile)});
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet smiles_sheet(const ChainFit& fit) {
  Sheet sheet{"Raw SVI",
              {{"Expiry"},
               {"a", Align::point},
               {"b", Align::point},
               {"rho", Align::point},
               {"m", Align::point},
               {"sigma", Align::point},
               {"Least g", Align::point},
               {"Calendar gap", Align::point},
               {"Arbitrage"}},
              {}};
  for (const ExpiryFit& expiry : fit.expiries) {
    if (!expiry.svi) continue;
    const SviFit& svi = *expiry.svi;
    const bool free = svi.butterfly.is_free && (!svi.calendar || svi.calendar->is_free);
    sheet.rows.push_back(
        {{expiry_text(expiry.smile.expires)},
         {parameter_text(svi.svi.a)},
         {parameter_text(svi.svi.b)},
         {parameter_text(svi.svi.rho)},
         {parameter_text(svi.svi.m)},
         {parameter_text(svi.svi.sigma)},
         {fmt::format("{:.3g}", svi.butterfly.g_min)},
         {svi.calendar ? fmt::format("{:.2g}", svi.calendar->gap_min) : std::string(no_figure)},
         free ? Cell{"none", Tone::good} : Cell{"some", Tone::critical}});
  }
  return sheet;
}

Sheet series_sheet(std::span<const ChainFit> fits) {
  Sheet sheet{"Time series",
              {{"Snapshot (UTC)"},
               {"Coin"},
               {"Expiries", Align::number},
               {"Quotes", Align::number},
               {"RMSE, vols", Align::point},
               {"Outside", Align::number},
               {"Violated", Align::number}},
              {}};
  const bool heston = fits.front().heston.has_value();
  if (heston) {
    for (const NamedParameter& p : heston_names)
      sheet.columns.push_back({std::string(p.name), Align::point});
    sheet.columns.push_back({"At a bound"});
  } else {
    sheet.columns.push_back({"Arbitrage"});
  }
  for (const ChainFit& fit : fits) {
    std::vector<Cell> row{{time_text(floor_to(fit.at, Duration::seconds(1)))},
                          {fit.underlying},
                          {fmt::format("{}", fit.fitted())},
                          {fmt::format("{}", fit.two_sided)},
                          {vol_text(fit.rmse_vol)},
                          {fmt::format("{}", fit.outside_spread)},
                          {fmt::format("{}", fit.one_sided_violated)}};
    if (heston && fit.heston) {
      for (const NamedParameter& p : heston_names)
        row.push_back({fmt::format("{:.4g}", fit.heston->parameters.*p.member)});
      const std::string at_bound = fmt::format("{}", fmt::join(fit.heston->at_bound, ", "));
      row.push_back(at_bound.empty() ? Cell{std::string(no_figure)}
                                     : Cell{at_bound, Tone::warning});
    } else {
      row.push_back(fit.is_free() ? Cell{"none", Tone::good} : Cell{"some", Tone::critical});
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace ballast
