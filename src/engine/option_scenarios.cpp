// Smiles and scenarios of option_views.hpp.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/option_views.hpp"
#include "engine/report_factor.hpp"
#include "quant/pricing/elementary.hpp"
#include "quant/pricing/implied_vol.hpp"

namespace ballast {
namespace {

// ---- smiles

constexpr std::size_t curve_points = 61;
constexpr double curve_deviations = 4.0;

std::optional<double> implied(const OptionTerms& terms,
                              const OptionExpiry& expiry,
                              double years,
                              Price price) {
  if (price.raw <= 0) return std::nullopt;
  const double paid = to_double(price);
  const auto vol =
      implied_vol({.right = terms.right,
                   .forward = expiry.forward,
                   .strike = terms.strike,
                   .years = years,
                   .price = terms.paid_in == PaidIn::coin ? paid * expiry.forward : paid});
  if (!vol || *vol <= 0.0) return std::nullopt;
  return *vol;
}

SmileQuoteView smile_quote(const Engine& engine,
                           const OptionTerms& terms,
                           const OptionExpiry& expiry,
                           double years) {
  const Instrument& instrument = engine.desk().instrument(terms.instrument);
  SmileQuoteView out{instrument.name, terms.strike, terms.right, {}, {}, {}};
  const Market& market = engine.market();
  if (market.top_at(terms.instrument)) {
    const Top& top = market.top(terms.instrument);
    if (!top.bid_qty.zero()) out.bid_vol = implied(terms, expiry, years, top.bid);
    if (!top.ask_qty.zero()) out.ask_vol = implied(terms, expiry, years, top.ask);
  }
  if (const Quoted& mark = market.price(terms.instrument); mark.present)
    out.mark_vol = implied(terms, expiry, years, mark.price);
  return out;
}

/// The smile as the surface has it, as far as the strikes that there are, and a little beyond.
std::vector<SmileCurvePoint> smile_curve(const OptionBook& book,
                                         const OptionExpiry& expiry,
                                         const ExpirySmile& smile,
                                         double years) {
  const double log_forward = kernel::log_ratio(expiry.forward, 1.0);
  const double reference = smile.log_reference(log_forward, SmileDynamics::sticky_strike);
  const double deviation = smile.vol(log_forward - reference) * std::sqrt(years);
  const auto beyond = [&](std::size_t line, double by) {
    const double k = book.log_strikes()[line] - log_forward + by * deviation;
    return std::clamp(k, -curve_deviations * deviation, curve_deviations * deviation);
  };
  const double low = std::min(beyond(expiry.begin, -0.5), -0.5 * deviation);
  const double high = std::max(beyond(expiry.end - 1, 0.5), 0.5 * deviation);
  std::vector<SmileCurvePoint> curve;
  for (std::size_t i = 0; i < curve_points; ++i) {
    const double k =
        low + (high - low) * (static_cast<double>(i) / static_cast<double>(curve_points - 1));
    curve.push_back({expiry.forward * kernel::exp(k), smile.vol(log_forward + k - reference)});
  }
  return curve;
}

std::vector<SmileOwn> own_by_strike(const OptionBook& book, const OptionExpiry& expiry) {
  std::vector<SmileOwn> own;
  for (std::size_t i = expiry.begin; i < expiry.end; ++i) {
    if (book.coins(i) == 0.0) continue;
    if (own.empty() || own.back().strike != book.terms(i).strike)
      own.push_back({book.terms(i).strike, 0.0, std::nullopt});
    own.back().contracts += book.contracts(i);
    if (valued(expiry.state))
      own.back().vega = own.back().vega.value_or(0.0) + book.exposure(i).vega / 100.0;
  }
  return own;
}

// ---- scenarios

FactorId factor_of(const Engine& engine,
                   const OptionDesk::Underlying& of,
                   const std::string& book,
                   FactorKind kind) {
  for (const FactorId id : of.factors) {
    const FactorConfig& factor = engine.desk().factor(id);
    if (factor.kind == kind && factor.book == book && factor.bucket == ExpiryBucket{}) return id;
  }
  return {};
}

std::optional<ScenarioTarget> target_of(const Engine& engine, FactorId id) {
  if (!id.valid() || !engine.factor(id).defined) return std::nullopt;
  const FactorState& state = engine.factor(id).state;
  return ScenarioTarget{factor_label(engine.desk().factor(id)),
                        {to_double(state.target), to_double(state.lower), to_double(state.upper)}};
}

DeltaKind kind_of(DeltaConvention convention) {
  switch (convention) {
    case DeltaConvention::delta:
      break;
    case DeltaConvention::delta_net:
      return DeltaKind::delta_net;
    case DeltaConvention::delta_equity:
      return DeltaKind::delta_equity;
  }
  return DeltaKind::delta;
}

/// What a delta factor holds beside options, at the price of the underlying. Under `delta_equity`
/// an inverse contract and what it earned are together a number of coins that no price moves.
Result<HedgePosition> hedges_of(const Engine& engine,
                                const OptionDesk::Underlying& of,
                                FactorId id) {
  const FactorExposure& exposure = engine.exposures().factor(id);
  if (exposure.overflowed)
    return fail(Errc::stale_data, "the holding of its factor left the range of decimals");
  HedgePosition out;
  out.coins = to_double(exposure.holding);
  double inverse = 0.0;
  for (const Leg& leg : engine.exposures().legs(id)) {
    if (!leg.priced) {
      return fail(Errc::stale_data, fmt::format("{} is held and has no price",
                                                engine.desk().instrument(leg.instrument).name));
    }
    const bool moves = leg.contract.inverse && exposure.convention != DeltaConvention::delta_equity;
    (moves ? inverse : out.coins) += to_double(leg.exposure);
  }
  if (out.coins == 0.0 && inverse == 0.0) return out;
  const auto spot = OptionDesk::spot(of, engine.market());
  if (!spot) {
    return fail(Errc::stale_data,
                fmt::format("{} has no price", engine.desk().asset(of.asset).name));
  }
  out.forward = *spot;
  out.inverse_quote = inverse * *spot;
  return out;
}

Result<std::vector<Duration>> times_of(const std::vector<double>& days) {
  constexpr double days_max = 36'500.0;
  std::vector<Duration> times;
  for (const double day : days) {
    if (!(day >= 0.0 && day <= days_max)) {
      return fail(Errc::bad_input,
                  fmt::format("days hold {}: they are from 0 to {}", day, days_max));
    }
    times.push_back(Duration::nanoseconds(std::llround(day * 86'400e9)));
  }
  return times;
}

std::optional<InventoryBand> band_of(const std::optional<ScenarioTarget>& target) {
  return target ? std::optional(target->band) : std::nullopt;
}

ScenarioFigures figures_of(const ScenarioCell& cell, const ScenarioView& view) {
  ScenarioFigures out{.pnl = cell.pnl,
                      .delta = cell.delta,
                      .gamma = cell.gamma_percent,
                      .vega = cell.vega / 100.0,
                      .theta = cell.theta / 365.0};
  out.delta_side = side_of(out.delta, band_of(view.delta_target));
  out.gamma_side = side_of(out.gamma, band_of(view.gamma_target));
  out.vega_side = side_of(out.vega, band_of(view.vega_target));
  return out;
}

void head_of(const Engine& engine,
             const OptionDesk::Underlying& of,
             const std::string& book,
             OptionsOf& out) {
  out = {engine.desk().asset(of.asset).name, engine.desk().asset(of.quote).name, book,
         engine.now()};
}

}  // namespace

SmileView smile_view(const Engine& engine, OptionPlace place) {
  const OptionDesk::Underlying& of = engine.options().underlyings()[place.underlying];
  const OptionDesk::Scope& scope = of.scopes[place.scope];
  const Timestamp at = floor_to(engine.now(), OptionDesk::time_step);
  const OptionBook book = OptionDesk::valued_book(of, scope, at);
  SmileView out;
  head_of(engine, of, scope.book, out);
  for (const OptionExpiry& expiry : book.expiries()) {
    if (expiry.expiry <= engine.now()) continue;
    const double years = years_between(at, expiry.expiry);
    ExpirySmileView view;
    view.expiry = expiry.expiry;
    view.days = (expiry.expiry - engine.now()).to_seconds() / 86'400.0;
    view.own = own_by_strike(book, expiry);
    const ExpirySmile smile = of.surface.find_smile(at, expiry.expiry);
    if (smile.near != nullptr) {
      view.surface_age_seconds =
          (engine.now() - std::min(smile.near->said, smile.far->said)).to_seconds();
    }
    if (expiry.forward != 0.0) {
      view.forward = expiry.forward;
      if (smile.near != nullptr) view.curve = smile_curve(book, expiry, smile, years);
      for (std::size_t i = expiry.begin; i < expiry.end; ++i) {
        SmileQuoteView quote = smile_quote(engine, book.terms(i), expiry, years);
        if (quote.bid_vol || quote.ask_vol || quote.mark_vol)
          view.quotes.push_back(std::move(quote));
      }
    }
    out.expiries.push_back(std::move(view));
  }
  return out;
}

ScenarioAsk usual_scenarios() {
  ScenarioAsk ask;
  for (int percent = -30; percent <= 30; percent += 5)
    ask.spot.push_back(percent / 100.0);
  for (int points = -20; points <= 40; points += 10)
    ask.vol.push_back(points / 100.0);
  ask.days = {0.0, 1.0, 7.0};
  return ask;
}

Result<ScenarioView> scenario_view(const Engine& engine,
                                   OptionPlace place,
                                   const ScenarioAsk& ask) {
  const std::size_t most = std::max({ask.spot.size(), ask.vol.size(), ask.days.size()});
  if (most > scenario_view_cells_max ||
      ask.spot.size() * ask.vol.size() * ask.days.size() > scenario_view_cells_max) {
    return fail(Errc::bad_input,
                fmt::format("the grid is {} x {} x {}: at most {} cells", ask.spot.size(),
                            ask.vol.size(), ask.days.size(), scenario_view_cells_max));
  }
  const OptionDesk::Underlying& of = engine.options().underlyings()[place.underlying];
  const OptionDesk::Scope& scope = of.scopes[place.scope];
  const Timestamp at = floor_to(engine.now(), OptionDesk::time_step);
  const FactorId delta = factor_of(engine, of, scope.book, FactorKind::delta);
  ScenarioView out;
  head_of(engine, of, scope.book, out);
  out.dynamics = ask.dynamics;
  const DeltaKind counted =
      delta.valid() ? kind_of(engine.desk().factor(delta).convention) : DeltaKind::delta;
  out.delta = ask.delta.value_or(counted);
  out.spot = ask.spot;
  out.vol = ask.vol;
  out.days = ask.days;
  // Another convention than the factor's is not what its band is about.
  const bool comparable = delta.valid() && out.delta == counted;
  if (comparable) out.delta_target = target_of(engine, delta);
  out.gamma_target = target_of(engine, factor_of(engine, of, scope.book, FactorKind::gamma));
  out.vega_target = target_of(engine, factor_of(engine, of, scope.book, FactorKind::vega));

  ScenarioRequest request;
  request.spot_moves = ask.spot;
  request.vol_shifts = ask.vol;
  BALLAST_TRY(times, times_of(ask.days));
  request.times = times;
  request.dynamics = ask.dynamics;
  request.delta = out.delta;
  if (comparable) {
    auto hedges = hedges_of(engine, of, delta);
    if (hedges) {
      request.hedges = *hedges;
    } else {
      out.unknown_reason = hedges.error().what;
    }
  }
  if (scope.overflowed) out.unknown_reason = "a position left the range of decimals";
  const auto grid = scenario_grid(OptionDesk::valued_book(of, scope, at), of.surface, at, request);
  if (!grid) {
    if (grid.error().code == Errc::bad_input) return tl::unexpected(grid.error());
    out.unknown_reason = grid.error().what;
  }
  if (!out.unknown_reason.empty()) return out;
  for (const ScenarioCell& cell : grid->cells)
    out.cells.push_back(figures_of(cell, out));
  return out;
}

}  // namespace ballast
