#include "engine/views.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adherence/measure.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"
#include "model/scope.hpp"

namespace ballast {
namespace {

using View = SlidingWindows::View;

std::optional<View> view_of(const Engine& engine, FactorId id, std::optional<Window> window) {
  const Tracker& tracker = engine.tracker(id);
  return window ? tracker.view(*window, engine.now()) : tracker.today(engine.now());
}

std::optional<double> adherence_of(const std::optional<View>& view) {
  return view ? measured(*view, Measure::adherence) : std::nullopt;
}

std::optional<double> adherence_since_start(const Engine& engine, FactorId id) {
  const Summary summary = engine.tracker(id).since_start(engine.now());
  if (summary.times.known() == 0) return std::nullopt;
  return summary.integral(Integral::alpha).to_double() / static_cast<double>(summary.times.known());
}

DeskAdherence weigh(const Engine& engine, std::optional<Window> window) {
  std::vector<FactorShare> shares;
  for (std::size_t i = 0; i < engine.desk().factors.size(); ++i) {
    FactorShare share{std::nullopt, engine.desk().factors[i].weight, std::nullopt};
    if (const auto view = view_of(engine, FactorId{i}, window)) {
      share.adherence = measured(*view, Measure::adherence);
      share.mean_weight = mean_weight(*view);
    }
    shares.push_back(share);
  }
  return ballast::desk_adherence(shares);
}

/// The cheapest way back that was weighed for the deviation as it is now.
std::optional<double> cost_to_return(const FactorWatch* watch, std::optional<Timestamp> out_since) {
  if (watch == nullptr || !watch->proposal || !out_since) return std::nullopt;
  if (!watch->open && watch->proposal->since < *out_since) return std::nullopt;
  std::optional<double> least;
  for (const Option& option : watch->proposal->options) {
    if (option.possible && (!least || option.cost < *least)) least = option.cost;
  }
  return least;
}

}  // namespace

FactorId find_factor_by_key(const Desk& desk, std::string_view key) {
  const auto at = key.rfind('@');
  if (at != std::string_view::npos) {
    const FactorId of_book = desk.find_factor(key.substr(0, at), key.substr(at + 1));
    if (of_book.valid() && !desk.factor(of_book).whole_desk()) return of_book;
  }
  return desk.find_factor(key, "*");  // a name may hold an @: cash:USDT@binance
}

// ---- adherence

AdherenceView adherence_view(const Engine& engine, FactorId id) {
  AdherenceView out;
  for (std::size_t i = 0; i < board_windows.size(); ++i)
    out.windows[i] = adherence_of(view_of(engine, id, board_windows[i]));
  out.today = adherence_of(view_of(engine, id, std::nullopt));
  out.all = adherence_since_start(engine, id);
  return out;
}

DeskAdherenceView desk_adherence_view(const Engine& engine) {
  DeskAdherenceView out;
  for (std::size_t i = 0; i < board_windows.size(); ++i)
    out.adherence.windows[i] = weigh(engine, board_windows[i]).adherence;
  out.adherence.today = weigh(engine, std::nullopt).adherence;
  std::vector<FactorShare> shares;
  for (std::size_t i = 0; i < engine.desk().factors.size(); ++i) {
    const Summary summary = engine.tracker(FactorId{i}).since_start(engine.now());
    const Figures f = figures(summary, engine.desk().grid);
    shares.push_back({f.adherence, engine.desk().factors[i].weight, f.mean_weight});
  }
  const DeskAdherence all = ballast::desk_adherence(shares);
  out.adherence.all = all.adherence;
  out.weights_basis = basis_name(all.basis);
  return out;
}

WindowRow window_row(const Engine& engine, FactorId id, std::optional<Window> window) {
  const FactorConfig& config = engine.desk().factor(id);
  WindowRow row;
  row.factor = config.name;
  row.book = config.book;
  row.unit = engine.desk().asset(config.unit).name;
  row.from = row.to = engine.now();
  const auto view = view_of(engine, id, window);
  if (!view) return row;
  static_cast<FactorFigures&>(row) = factor_figures(view->summary(), engine.desk().grid);
  if (config.kind != FactorKind::delta) row.deviation_pnl.reset();
  row.from = view->from();
  row.to = view->to();
  return row;
}

std::optional<double> desk_adherence(const Engine& engine, std::optional<Window> window) {
  return weigh(engine, window).adherence;
}

// ---- a factor on the adherence board

ExposureView exposure_view(const Engine& engine, FactorId id) {
  const Desk& desk = engine.desk();
  const FactorConfig& config = desk.factor(id);
  const FactorNow& factor = engine.factor(id);
  const Tracker& tracker = engine.tracker(id);
  const Reading& reading = tracker.reading();
  ExposureView out;
  out.key = factor_label(config);
  out.factor = config.name;
  out.book = config.book;
  out.unit = desk.asset(config.unit).name;
  out.state = reading.region;
  if (factor.knowledge != Knowledge::known) out.unknown_reason = to_string(factor.knowledge);
  if (factor.defined) {
    const FactorState& s = factor.state;
    out.actual = s.actual;
    out.target = s.target;
    out.deviation = reading.deviation;
    out.band = Range{s.lower, s.upper};
    out.limit = Range{s.limit_lower, s.limit_upper};
  }
  if (reading.known()) {
    out.z = reading.z;
    out.skew = reading.skew;
    out.alpha = reading.alpha;
  }
  out.adherence = adherence_view(engine, id);
  if (const auto today = tracker.today(engine.now()))
    out.time_in_band_today = measured(*today, Measure::time_in_band);
  const auto out_since = tracker.out_of_band_since();
  if (out_since) {
    out.excursion = {.seconds = (engine.now() - *out_since).to_seconds(),
                     .cause = to_string(tracker.attribution().dominant())};
  }
  const FactorWatch* const watch = engine.control().watch(id);
  out.cost_to_return = cost_to_return(watch, out_since);
  if (watch != nullptr && watch->open) out.proposal = &*watch->proposal;
  const auto override = engine.target(id).in_force(engine.now());
  out.overridden = override && (override->target || override->band);
  if (const auto age = engine.input_age(id)) out.age_seconds = age->to_seconds();
  out.since = out_since ? out_since : tracker.unknown_since();
  return out;
}

// ---- control

FoundProposal find_proposal(const Engine& engine, std::string_view id) {
  const auto wanted = TradeId::create(id);
  if (!wanted) return {};
  for (const ControlConfig& control : engine.desk().controls) {
    const FactorWatch* const watch = engine.control().watch(control.factor);
    if (watch->proposal && watch->proposal->id == *wanted)
      return {control.factor, &*watch->proposal};
    if (const Proposal* const found = watch->record.find(*wanted)) return {control.factor, found};
  }
  return {};
}

bool is_open(const Proposal& proposal) {
  return !proposal.nothing_possible && !proposal.ended &&
         (proposal.waits() || proposal.under_way());
}

QuoteView quote_view(const Engine& engine, std::size_t index) {
  const Desk& desk = engine.desk();
  const QuoteConfig& config = desk.quotes[index];
  const OwnQuote& own = engine.control().quoting().standing(index);
  const QuoteRecord& record = engine.control().quoting().record(index);
  QuoteView out;
  out.instrument = desk.instrument(config.instrument).name;
  out.venue = desk.venue(config.place.venue).name;
  out.account = config.place.account.view();
  out.book = config.book.view();
  out.factor = factor_label(desk.factor(config.factor));
  out.known = own.known;
  if (own.known) {
    out.bid_qty = own.bid_qty;
    out.ask_qty = own.ask_qty;
    if (!own.bid_qty.zero()) out.bid = own.bid;
    if (!own.ask_qty.zero()) out.ask = own.ask;
  }
  out.bid_reason = record.why(Side::buy);
  out.ask_reason = record.why(Side::sell);
  out.two_sided = quote_report(desk, config, record.totals(engine.now())).two_sided;
  return out;
}

namespace {

/// As a `rearm` takes it.
std::string scope_text(const Desk& desk, const Scope& scope) {
  return scope.kind == ScopeKind::factor ? "factor:" + factor_label(desk.factor(scope.factor))
                                         : to_text(desk, scope);
}

}  // namespace

std::vector<StopView> stop_views(const Engine& engine) {
  std::vector<StopView> out;
  for (const KillSwitches::Switch& s : engine.control().switches().all())
    out.push_back({scope_text(engine.desk(), s.scope), false, s.by.str(), s.reason.str(), s.since});
  for (const StopEpisode& stop : engine.stops().all()) {
    if (stop.rule != breaker_rule || stop.cleared) continue;
    Scope scope;
    scope.kind = ScopeKind::factor;
    scope.factor = stop.factor;
    out.push_back({scope_text(engine.desk(), scope), true, {}, stop.reason, stop.began});
  }
  return out;
}

// ---- rules

std::size_t rule_count(const Desk& desk) { return desk.rules.size() + desk.objectives.size(); }

RuleView rule_view(const Engine& engine, RuleId number) {
  const Desk& desk = engine.desk();
  const auto measure = [](Measure m) { return measure_names[static_cast<std::size_t>(m)]; };
  const auto window = [](Window w) { return window_infos[static_cast<std::size_t>(w)].name; };
  RuleView out;
  out.shelved_until = engine.alerts().shelved_until(number);
  if (number.index() >= desk.rules.size()) {
    const ObjectiveConfig& config = desk.objectives[number.index() - desk.rules.size()];
    out.name = config.name;
    out.when =
        fmt::format("{} >= {} over {}", measure(config.measure), config.goal, window(config.over));
    out.factors.push_back(factor_label(desk.factor(config.factor)));
    out.severity = config.severity;
    out.objective = true;
    out.clear = config.clear;
    return out;
  }
  const RuleConfig& config = desk.rules[number.index()];
  out.name = config.name;
  out.when =
      fmt::format("{} {} {}", measure(config.measure),
                  comparison_names[static_cast<std::size_t>(config.comparison)], config.threshold);
  if (windowed(config.measure)) out.when += fmt::format(" over {}", window(config.window));
  for (const FactorId id : config.factors)
    out.factors.push_back(factor_label(desk.factor(id)));
  out.severity = config.severity;
  out.dwell = config.dwell;
  out.clear = config.clear;
  return out;
}

// ---- money

std::optional<FactorProfit> profit_of(const Engine& engine, FactorId id) {
  if (engine.desk().factor(id).kind != FactorKind::delta || engine.profit().incomplete(id))
    return std::nullopt;
  return factor_profit(engine.tracker(id).report_window(engine.now()).pnl);
}

PositionsProfit positions_profit(const Engine& engine) {
  const Desk& desk = engine.desk();
  // By asset first: the sums are exact, and each is converted once.
  struct Sums {
    Amount realized, unrealized, fees, funding;
    bool unmarked = false;
  };
  std::vector<Sums> sums(desk.assets.size());
  for (const Position& position : engine.books().positions()) {
    const Instrument& instrument = desk.instrument(position.instrument);
    Sums& settled = sums[instrument.settlement().index()];
    settled.realized += position.realized;
    const Quoted& mark = engine.market().price(position.instrument);
    const auto open =
        mark.present
            ? unrealized(Contract::of(instrument), position, mark.price)
            : std::optional<Amount>(position.qty.zero() ? std::optional(Amount{}) : std::nullopt);
    if (open) {
      settled.unrealized += *open;
    } else {
      settled.unmarked = true;
    }
    for (const AssetTotals& total : position.totals) {
      sums[total.asset.index()].fees += total.fees;
      sums[total.asset.index()].funding += total.funding;
    }
  }
  PositionsProfit out;
  out.realized = out.unrealized = out.fees = out.funding = Decimal{};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Quoted& price = engine.market().asset_price(AssetId{i});
    bool unpriced = false;
    const auto add = [&](std::optional<Decimal>& total, Amount amount) {
      if (amount.zero()) return;
      unpriced = unpriced || !price.present;
      const auto worth = price.present ? product<Decimal>(amount, price.price)
                                       : Result<Decimal>(fail(Errc::stale_data, "no price"));
      const auto sum = worth && total ? checked_add(*total, *worth)
                                      : Result<Decimal>(fail(Errc::stale_data, "no price"));
      total = sum ? std::optional(*sum) : std::nullopt;
    };
    add(out.realized, sums[i].realized);
    add(out.unrealized, sums[i].unrealized);
    add(out.fees, sums[i].fees);
    add(out.funding, sums[i].funding);
    if (sums[i].unmarked) out.unrealized.reset();
    if (unpriced) out.unpriced.push_back(desk.assets[i].name);
  }
  return out;
}

}  // namespace ballast
