#include "engine/option_views.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "engine/report_factor.hpp"

namespace ballast {
namespace {

constexpr double day_seconds = 86'400.0;

const OptionDesk::Underlying& underlying_of(const Engine& engine, OptionPlace place) {
  return engine.options().underlyings()[place.underlying];
}
const OptionDesk::Scope& scope_of(const Engine& engine, OptionPlace place) {
  return underlying_of(engine, place).scopes[place.scope];
}

/// When the factors' options are valued.
Timestamp valued_at(const Engine& engine) { return floor_to(engine.now(), OptionDesk::time_step); }

void head(const Engine& engine, OptionPlace place, OptionsOf& out) {
  const OptionDesk::Underlying& of = underlying_of(engine, place);
  out.underlying = engine.desk().asset(of.asset).name;
  out.quote = engine.desk().asset(of.quote).name;
  out.book = scope_of(engine, place).book;
  out.as_of = engine.now();
}

double days_left(const Engine& engine, Timestamp expiry) {
  return (expiry - engine.now()).to_seconds() / day_seconds;
}

GreekFigures figures_of(const OptionExposure& sum, double forward) {
  GreekFigures figures;  // added to zero, so that no zero is negative
  figures += {.value = sum.value,
              .delta = sum.delta,
              .delta_net = sum.delta_net,
              .delta_equity = sum.delta_net + sum.value_coin,
              .gamma = sum.gamma * forward / 100.0,
              .vega = sum.vega / 100.0,
              .theta = sum.theta / 365.0,
              .vanna = sum.vanna / 100.0,
              .volga = sum.volga / 10'000.0};
  return figures;
}

std::optional<double> at_the_money(const VolSurface& surface,
                                   Timestamp at,
                                   const OptionExpiry& expiry) {
  if (expiry.forward == 0.0 || expiry.expiry <= at) return std::nullopt;
  const auto vol =
      surface.vol(at, expiry.expiry, expiry.forward, expiry.forward, SmileDynamics::sticky_strike);
  return vol ? std::optional(*vol) : std::nullopt;
}

OptionExpiryView expiry_view(const Engine& engine,
                             const VolSurface& surface,
                             const OptionBook& book,
                             const OptionExpiry& expiry) {
  OptionExpiryView out;
  out.expiry = expiry.expiry;
  out.days = days_left(engine, expiry.expiry);
  out.state = expiry.state;
  if (expiry.forward != 0.0 && expiry.state != PricingState::unsettled)
    out.forward = expiry.forward;
  out.atm_vol = at_the_money(surface, valued_at(engine), expiry);
  for (std::size_t i = expiry.begin; i < expiry.end; ++i)
    out.contracts += std::abs(book.contracts(i));
  if (valued(expiry.state)) out.total = figures_of(expiry.sum, expiry.valued_forward);
  return out;
}

OptionLineView line_view(const Engine& engine, const OptionBook& book, std::size_t line) {
  const OptionTerms& terms = book.terms(line);
  const OptionExpiry& expiry = book.expiry_of(line);
  OptionLineView out;
  out.instrument = engine.desk().instrument(terms.instrument).name;
  out.expiry = terms.expiry;
  out.strike = terms.strike;
  out.right = terms.right;
  out.contracts = book.contracts(line);
  out.coins = book.coins(line);
  if (const Quoted& mark = engine.market().price(terms.instrument); mark.present)
    out.mark = to_double(mark.price);
  if (expiry.state == PricingState::priced) out.vol = book.vol(line);
  if (valued(expiry.state)) out.greeks = figures_of(book.exposure(line), expiry.valued_forward);
  return out;
}

/// What was earned from `from` on, where the engine began a span then.
void cut_to_span(const Engine& engine,
                 const ExplainRecord& record,
                 ExplainView& view,
                 Timestamp from) {
  const bool begun = from <= engine.now();
  view.from = from;
  view.all = begun ? record.span().parts : PnlExplain{};
  view.unknown_seconds = begun ? record.span().unknown.to_seconds() : 0.0;
  if (!begun) view.open.reset();
  std::erase_if(view.steps, [&](const ExplainStep& step) { return step.from < from; });
}

}  // namespace

GreekFigures& GreekFigures::operator+=(const GreekFigures& other) {
  value += other.value;
  delta += other.delta;
  delta_net += other.delta_net;
  delta_equity += other.delta_equity;
  gamma += other.gamma;
  vega += other.vega;
  theta += other.theta;
  vanna += other.vanna;
  volga += other.volga;
  return *this;
}

std::string_view pricing_word(PricingState state) {
  constexpr std::array<std::string_view, 6> words{"no_forward", "no_surface", "out_of_range",
                                                  "unsettled",  "priced",     "settled"};
  return words[static_cast<std::size_t>(state)];
}

Result<std::size_t> find_option_underlying(const Engine& engine, std::string_view underlying) {
  const auto all = engine.options().underlyings();
  Suggestion near(underlying);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string& name = engine.desk().asset(all[i].asset).name;
    if (name == underlying) return i;
    near.consider(name);
  }
  return fail(Errc::not_found, all.empty() ? std::string("no factor of this desk counts options")
                                           : fmt::format("no factor counts options on `{}`{}",
                                                         underlying, near.text()));
}

Result<OptionPlace> find_options(const Engine& engine,
                                 std::string_view underlying,
                                 std::string_view book) {
  BALLAST_TRY(at, find_option_underlying(engine, underlying));
  const auto& scopes = engine.options().underlyings()[at].scopes;
  Suggestion near(book);
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (scopes[i].book == book) return OptionPlace{at, i};
    near.consider(scopes[i].book);
  }
  return fail(Errc::not_found, fmt::format("no factor counts the options on {} of a book `{}`{}",
                                           underlying, book, near.text()));
}

std::vector<std::string> option_books(const Engine& engine, std::size_t underlying) {
  std::vector<std::string> books;
  for (const OptionDesk::Scope& scope : engine.options().underlyings()[underlying].scopes)
    books.push_back(scope.book);
  return books;
}

GreeksView greeks_view(const Engine& engine, OptionPlace place) {
  const OptionDesk::Underlying& of = underlying_of(engine, place);
  const OptionDesk::Scope& scope = scope_of(engine, place);
  const OptionBook book = OptionDesk::valued_book(of, scope, valued_at(engine));
  GreeksView out;
  head(engine, place, out);
  GreekFigures total;
  for (const OptionExpiry& expiry : book.expiries()) {
    if (expiry.held == 0 && expiry.expiry <= engine.now()) continue;
    out.expiries.push_back(expiry_view(engine, of.surface, book, expiry));
    if (expiry.held == 0) continue;
    if (out.expiries.back().total) {
      total += *out.expiries.back().total;
    } else if (out.unknown_reason.empty()) {
      out.unknown_reason =
          fmt::format("options of {}: {}", to_string(expiry.expiry), to_string(expiry.state));
    }
    for (std::size_t i = expiry.begin; i < expiry.end; ++i) {
      if (book.coins(i) != 0.0) out.lines.push_back(line_view(engine, book, i));
    }
  }
  if (scope.overflowed) out.unknown_reason = "a position left the range of decimals";
  if (out.unknown_reason.empty()) out.total = total;
  std::stable_sort(out.lines.begin(), out.lines.end(), [](const auto& a, const auto& b) {
    return std::tie(a.expiry, a.strike, a.right) < std::tie(b.expiry, b.strike, b.right);
  });
  return out;
}

ExplainView explain_view(const Engine& engine, OptionPlace place) {
  const OptionDesk::Scope& scope = scope_of(engine, place);
  const ExplainRecord& record = scope.record;
  ExplainView out;
  head(engine, place, out);
  out.from = engine.started_at();
  out.to = record.open() ? record.from() : engine.now();
  out.all = record.all().parts;
  out.unknown_seconds = record.all().unknown.to_seconds();
  const ExplainSum today = record.today(engine.now());
  out.today = today.parts;
  out.unknown_seconds_today = today.unknown.to_seconds();
  out.steps.assign(record.steps().begin(), record.steps().end());
  if (record.open()) {
    const auto open =
        record.explain(OptionDesk::valued_book(underlying_of(engine, place), scope, engine.now()));
    if (open) out.open = *open;
  }
  return out;
}

std::vector<OptionsReport> option_reports(const Engine& engine, Timestamp from) {
  std::vector<OptionsReport> out;
  const auto underlyings = engine.options().underlyings();
  for (std::size_t u = 0; u < underlyings.size(); ++u) {
    for (std::size_t s = 0; s < underlyings[u].scopes.size(); ++s) {
      const OptionPlace place{u, s};
      OptionsReport report{
          greeks_view(engine, place), smile_view(engine, place), {}, explain_view(engine, place)};
      ScenarioAsk ask = usual_scenarios();
      std::erase_if(ask.spot, [](double move) { return move < -0.2 || move > 0.2; });
      std::erase_if(ask.vol, [](double shift) { return shift < -0.1 || shift > 0.2; });
      if (auto scenarios = scenario_view(engine, place, ask)) report.scenarios = *scenarios;
      if (from > engine.started_at())
        cut_to_span(engine, underlyings[u].scopes[s].record, report.explain, from);
      out.push_back(std::move(report));
    }
  }
  return out;
}

}  // namespace ballast
