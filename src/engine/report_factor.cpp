#include "engine/report_factor.hpp"

#include <algorithm>

namespace ballast {
namespace {

Decimal rounded(const Int256& at_36_digits) {
  return decimal_cast<Decimal>(rounded_amount(at_36_digits));
}

std::optional<double> seconds(std::optional<Duration> d) {
  return d ? std::optional(d->to_seconds()) : std::nullopt;
}

}  // namespace

FactorFigures factor_figures(const Summary& summary, Duration grid) {
  const Figures f = figures(summary, grid);
  FactorFigures out;
  out.known_seconds = f.known.to_seconds();
  out.unknown_fraction = f.unknown_fraction.value_or(0.0);
  out.adherence = f.adherence;
  out.time_in_band = f.time_in_band;
  out.time_above = f.time_above;
  out.time_below = f.time_below;
  out.time_past_limit = f.time_past_limit;
  out.bias = f.bias;
  out.rms_z = f.rms_z;
  out.max_abs_z = f.max_abs_z;
  out.iae = f.iae;
  out.ise = f.ise;
  out.excursions.count = static_cast<std::uint64_t>(f.excursions);
  out.excursions.longest_seconds = seconds(f.longest_excursion).value_or(0.0);
  out.excursions.mean_seconds = seconds(f.mean_excursion);
  out.excursions.mean_seconds_between_starts = seconds(f.mean_between_starts);
  out.excursions.open_seconds = seconds(f.open_excursion);
  out.half_life_seconds = f.half_life_seconds;
  out.deviation_pnl = decimal_cast<Decimal>(f.deviation_pnl);
  out.effectiveness = f.effectiveness;
  for (std::size_t c = 0; c < cause_count; ++c) {
    if (f.out_of_band_by_cause[c].ns == 0) continue;
    out.out_of_band_seconds_by_cause.emplace_back(cause_names[c],
                                                  f.out_of_band_by_cause[c].to_seconds());
  }
  std::stable_sort(out.out_of_band_seconds_by_cause.begin(), out.out_of_band_seconds_by_cause.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

FactorProfit factor_profit(const FactorPnl& pnl) {
  const auto part = [&](PnlPart p) { return rounded(pnl.part(p)); };
  return {.spread = part(PnlPart::spread),
          .target = rounded(pnl.target),
          .deviation = rounded(pnl.deviation),
          .basis = part(PnlPart::basis),
          .funding = part(PnlPart::funding),
          .fees = part(PnlPart::fees),
          .total = rounded(pnl.total())};
}

std::string factor_label(const FactorConfig& factor) {
  return factor.whole_desk() ? factor.name : factor.name + "@" + factor.book;
}

}  // namespace ballast
