#include "quant/pricing/chain_calibration.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/rng.hpp"
#include "quant/pricing/implied_vol.hpp"

namespace ballast {
namespace {

constexpr std::size_t curve_points = 61;

/// Everything of a chain but the model.
Result<ChainFit> smiles_of(const OptionChain& chain) {
  ChainFit fit{.underlying = chain.underlying, .at = chain.at, .expired = chain.expired};
  BALLAST_TRY(marks, check_marks(chain));
  fit.marks = marks;
  for (const ChainExpiry& expiry : chain.expiries) {
    BALLAST_TRY(smile, chain_smile(expiry));
    fit.expiries.push_back({.smile = std::move(smile)});
  }
  return fit;
}

/// The log-strikes of the curve: over the quotes, and a little beyond.
std::vector<double> curve_strikes(std::span<const SmileQuote> quotes) {
  std::vector<double> strikes;
  const double low = quotes.front().log_strike;
  const double high = quotes.back().log_strike;
  for (std::size_t i = 0; i < curve_points; ++i)
    strikes.push_back(std::lerp(low, high, static_cast<double>(i) / (curve_points - 1)));
  return strikes;
}

void sum_up(ChainFit& fit) {
  double square_sum = 0.0;
  for (const ExpiryFit& expiry : fit.expiries) {
    if (!expiry.residuals) continue;
    const SmileResiduals& r = *expiry.residuals;
    square_sum += r.rmse_vol * r.rmse_vol * static_cast<double>(r.two_sided);
    fit.two_sided += r.two_sided;
    fit.one_sided += r.one_sided;
    fit.one_sided_violated += r.one_sided_violated;
    fit.outside_spread += r.outside_spread;
  }
  if (fit.two_sided > 0) fit.rmse_vol = std::sqrt(square_sum / static_cast<double>(fit.two_sided));
}

Error nothing_fitted(const ChainFit& fit) {
  const std::string first = fit.expiries.empty()
                                ? std::string("there is none")
                                : fmt::format("{}: {}", to_string(fit.expiries[0].smile.expires),
                                              fit.expiries[0].why_not);
  return {Errc::infeasible, fmt::format("{} at {}: no expiry can be fitted ({})", fit.underlying,
                                        to_string(fit.at), first)};
}

// ---- SVI

/// What the next expiries are quoted at beyond the strikes of the one at `place`.
std::vector<VarianceCeiling> ceilings_of(std::span<const ExpiryFit> expiries, std::size_t place) {
  std::vector<VarianceCeiling> ceilings;
  const auto& own = expiries[place].smile.quotes;
  constexpr std::size_t looked_ahead = 2;
  for (std::size_t i = place + 1; i < std::min(expiries.size(), place + 1 + looked_ahead); ++i) {
    const ChainSmile& later = expiries[i].smile;
    for (const SmileQuote& quote : later.quotes) {
      if (!quote.bid || !quote.ask || own.empty()) continue;
      const bool within =
          quote.log_strike >= own.front().log_strike && quote.log_strike <= own.back().log_strike;
      if (within) continue;
      const double vol = 0.5 * (*quote.bid + *quote.ask);
      ceilings.push_back({quote.log_strike, vol * vol * later.years});
    }
  }
  return ceilings;
}

void take_svi(ExpiryFit& expiry, SviFit fit) {
  for (const double k : curve_strikes(expiry.smile.quotes)) {
    const double w = std::max(0.0, svi_total_variance(fit.svi, k));
    expiry.curve.push_back({k, std::sqrt(w / expiry.smile.years)});
  }
  expiry.residuals = fit.residuals;
  expiry.svi = std::move(fit);
}

void compare_svi(ExpiryFit& expiry, std::span<const PreviousSmile> previous) {
  for (const PreviousSmile& before : previous) {
    if (before.expires != expiry.smile.expires) continue;
    std::vector<double> vols;
    for (const SmileQuote& quote : expiry.smile.quotes) {
      const double w = std::max(0.0, svi_total_variance(before.svi, quote.log_strike));
      vols.push_back(std::sqrt(w / expiry.smile.years));
    }
    expiry.previous_rmse_vol = smile_residuals(expiry.smile.quotes, vols).rmse_vol;
  }
}

void fit_across(ChainFit& fit) {
  std::vector<SmileExpiry> fitted;
  for (const ExpiryFit& expiry : fit.expiries) {
    if (expiry.svi) fitted.push_back({expiry.smile.years, expiry.smile.quotes});
  }
  if (fitted.size() < 2) return;
  auto across = fit_ssvi(fitted);
  if (across) {
    fit.ssvi = std::move(*across);
  } else {
    fit.why_no_ssvi = across.error().what;
  }
}

// ---- Heston

double model_strike(const ChainSmile& smile, double log_strike) {
  return smile.forward * std::exp(log_strike);
}
HestonOption model_option(const ChainSmile& smile, double log_strike) {
  return {log_strike >= 0.0 ? OptionRight::call : OptionRight::put,
          model_strike(smile, log_strike)};
}

/// Vols of the model at log-strikes of one expiry. Prices below what Heston's sums resolve count as
/// the least that they do.
Result<std::vector<double>> heston_vols(const HestonParameters& parameters,
                                        const ChainSmile& smile,
                                        std::span<const double> log_strikes) {
  std::vector<HestonOption> options;
  for (const double k : log_strikes)
    options.push_back(model_option(smile, k));
  std::vector<double> prices(options.size());
  BALLAST_CHECK(
      heston_prices(parameters, {.forward = smile.forward, .years = smile.years}, options, prices));
  std::vector<double> vols;
  for (std::size_t i = 0; i < options.size(); ++i) {
    constexpr double resolved = 1e-13;
    const double least = resolved * std::sqrt(smile.forward * options[i].strike);
    BALLAST_TRY(vol, implied_vol({.right = options[i].right,
                                  .forward = smile.forward,
                                  .strike = options[i].strike,
                                  .years = smile.years,
                                  .price = std::max(prices[i], least)}));
    vols.push_back(vol);
  }
  return vols;
}

Result<void> take_heston(ExpiryFit& expiry, const HestonParameters& parameters) {
  std::vector<double> strikes;
  for (const SmileQuote& quote : expiry.smile.quotes)
    strikes.push_back(quote.log_strike);
  BALLAST_TRY(vols, heston_vols(parameters, expiry.smile, strikes));
  expiry.residuals = smile_residuals(expiry.smile.quotes, vols);
  const std::vector<double> places = curve_strikes(expiry.smile.quotes);
  BALLAST_TRY(curve, heston_vols(parameters, expiry.smile, places));
  for (std::size_t i = 0; i < places.size(); ++i)
    expiry.curve.push_back({places[i], curve[i]});
  return {};
}

/// Of those fitted: the middles of quotes with two sides.
std::vector<HestonQuote> heston_quotes(const ChainFit& fit) {
  std::vector<HestonQuote> quotes;
  for (const ExpiryFit& expiry : fit.expiries) {
    if (!expiry.why_not.empty()) continue;
    const ChainSmile& smile = expiry.smile;
    for (const SmileQuote& quote : smile.quotes) {
      if (!quote.bid || !quote.ask) continue;
      quotes.push_back({.expiry = {.forward = smile.forward, .years = smile.years},
                        .option = model_option(smile, quote.log_strike),
                        .vol = 0.5 * (*quote.bid + *quote.ask),
                        .weight = quote.weight});
    }
  }
  return quotes;
}

double variance_at_the_money(const ChainSmile& smile) {
  const SmileQuote* nearest = nullptr;
  for (const SmileQuote& quote : smile.quotes) {
    if (!quote.bid || !quote.ask) continue;
    if (nearest == nullptr || std::fabs(quote.log_strike) < std::fabs(nearest->log_strike))
      nearest = &quote;
  }
  if (nearest == nullptr) return 0.0;
  const double vol = 0.5 * (*nearest->bid + *nearest->ask);
  return vol * vol;
}

}  // namespace

std::size_t ChainFit::fitted() const {
  return static_cast<std::size_t>(
      std::count_if(expiries.begin(), expiries.end(),
                    [](const ExpiryFit& e) { return e.residuals.has_value(); }));
}

bool ChainFit::is_free() const {
  return std::all_of(expiries.begin(), expiries.end(), [](const ExpiryFit& e) {
    return !e.svi || (e.svi->butterfly.is_free && (!e.svi->calendar || e.svi->calendar->is_free));
  });
}

Result<ChainFit> fit_svi_chain(const OptionChain& chain, std::span<const PreviousSmile> previous) {
  BALLAST_TRY(fit, smiles_of(chain));
  const RawSvi* earlier = nullptr;
  for (std::size_t i = 0; i < fit.expiries.size(); ++i) {
    ExpiryFit& expiry = fit.expiries[i];
    auto smile =
        fit_svi(expiry.smile.quotes, expiry.smile.years, earlier, ceilings_of(fit.expiries, i));
    if (!smile) {
      expiry.why_not = smile.error().what;
      continue;
    }
    take_svi(expiry, std::move(*smile));
    compare_svi(expiry, previous);
    earlier = &expiry.svi->svi;
  }
  if (fit.fitted() == 0) return tl::unexpected(nothing_fitted(fit));
  sum_up(fit);
  fit_across(fit);
  return std::move(fit);
}

std::vector<HestonParameters> heston_starts(std::span<const ChainSmile> smiles, std::size_t count) {
  constexpr double least_variance = 1e-4;
  const double near = smiles.empty() ? 0.25 : variance_at_the_money(smiles.front());
  const double far = smiles.empty() ? 0.25 : variance_at_the_money(smiles.back());
  const double v0 = std::max(near, least_variance);
  const double theta = std::max(far, least_variance);
  const double root = std::sqrt(theta);
  std::vector<HestonParameters> starts{{v0, 1.5, theta, 0.8 * root + 0.2, -0.4},
                                       {v0, 4.0, theta, 1.5 * root + 0.3, -0.7},
                                       {v0, 0.5, 1.2 * theta, 0.4, 0.2},
                                       {0.8 * v0, 8.0, theta, 2.0 * root + 0.5, -0.1},
                                       {1.2 * v0, 2.0, 0.7 * theta, 0.6, 0.5}};
  Rng rng(1);
  const auto between = [&](double low, double high) {  // even in the logarithm
    return low * std::pow(high / low, rng.uniform());
  };
  while (starts.size() < count) {
    const double v = v0 * between(0.5, 2.0);
    const double kappa = between(0.3, 15.0);
    const double level = theta * between(0.5, 2.0);
    const double sigma = between(0.2, 4.0);
    starts.push_back({v, kappa, level, sigma, -0.9 + 1.5 * rng.uniform()});
  }
  starts.resize(std::max<std::size_t>(count, 1));
  return starts;
}

Result<ChainFit> fit_heston_chain(const OptionChain& chain, const HestonChainOptions& options) {
  BALLAST_TRY(fit, smiles_of(chain));
  std::vector<ChainSmile> smiles;
  for (ExpiryFit& expiry : fit.expiries) {
    if (expiry.smile.years < options.years_min) {
      expiry.why_not =
          fmt::format("it expires within {:.4g} days", options.years_min * option_year_days);
    } else if (expiry.smile.two_sided == 0) {
      expiry.why_not = "no quote has two sides";
    } else {
      smiles.push_back(expiry.smile);
    }
  }
  if (smiles.empty()) return tl::unexpected(nothing_fitted(fit));
  const std::vector<HestonQuote> quotes = heston_quotes(fit);
  HestonCalibrationOptions how{.starts = options.from, .feller = options.feller};
  for (const HestonParameters& start : heston_starts(smiles, options.starts))
    how.starts.push_back(start);
  how.previous = options.previous;
  auto heston = calibrate_heston(quotes, how);
  if (!heston && heston.error().code == Errc::no_convergence && how.previous) {
    how.previous.reset();
    heston = calibrate_heston(quotes, how);
  }
  if (!heston) {
    return fail(heston.error().code, fmt::format("{} at {}: {}", fit.underlying, to_string(fit.at),
                                                 heston.error().what));
  }
  for (ExpiryFit& expiry : fit.expiries) {
    if (expiry.why_not.empty()) BALLAST_CHECK(take_heston(expiry, heston->parameters));
  }
  fit.heston = std::move(*heston);
  sum_up(fit);
  return std::move(fit);
}

}  // namespace ballast
