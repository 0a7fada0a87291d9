// Engine::report: the state and the figures as plain values.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "engine/engine.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast {

PositionReport position_report(const Desk& desk,
                               const Books& books,
                               const Market& market,
                               const Position& position) {
  const Instrument& instrument = desk.instrument(position.instrument);
  const Place& place = books.account(position.account);
  PositionReport out;
  out.venue = desk.venue(place.venue).name;
  out.account = place.account.str();
  out.book = books.book(position.book).str();
  out.instrument = instrument.name;
  out.settlement = desk.asset(instrument.settlement()).name;
  out.qty = position.qty;
  if (!position.qty.zero()) out.average_price = position.average;
  out.realized_pnl = position.realized;
  if (const Quoted& mark = market.price(position.instrument); mark.present) {
    out.mark = mark.price;
    out.unrealized_pnl = unrealized(Contract::of(instrument), position, mark.price);
  } else if (position.qty.zero()) {
    out.unrealized_pnl = Amount{};
  }
  for (const AssetTotals& total : position.totals) {
    const std::string& asset = desk.asset(total.asset).name;
    if (!total.fees.zero()) out.fees.emplace_back(asset, total.fees);
    if (!total.funding.zero()) out.funding.emplace_back(asset, total.funding);
  }
  return out;
}

namespace {

std::string candidate_text(const BreakCandidate& candidate) {
  const std::string qty = to_string(candidate.qty);
  const std::string id = candidate.id.str();
  const std::string both = candidate.other.empty() ? id : id + " and " + candidate.other.str();
  switch (candidate.kind) {
    case BreakCandidate::Kind::in_flight:
      return fmt::format("transfer {} of {} is in flight: the venue may have booked it", id, qty);
    case BreakCandidate::Kind::not_traded:
      return fmt::format("without fill {} ({}) we would agree: a bust not heard of", both, qty);
    case BreakCandidate::Kind::traded_more:
      return fmt::format("with fill {} once more ({}) we would agree: one missed", both, qty);
    case BreakCandidate::Kind::dropped:
      return fmt::format("fill {} ({}) was refused or taken for a duplicate", both, qty);
  }
  return {};
}

}  // namespace

BreakReport break_report(const Desk& desk, const Books& books, const Break& item) {
  const Place& place = books.account(item.place.account);
  BreakReport out;
  out.venue = desk.venue(place.venue).name;
  out.account = place.account.str();
  out.subject = item.place.instrument.valid() ? desk.instrument(item.place.instrument).name
                                              : desk.asset(item.place.asset).name;
  out.stated = item.stated;
  out.ours = item.ours;
  out.since = item.since;
  out.open = !item.closed;
  for (const BreakCandidate& candidate : item.candidates) {
    out.candidates.push_back(candidate_text(candidate));
  }
  return out;
}

FlightReport flight_report(const Desk& desk,
                           const Books& books,
                           const TransferRecord& transfer,
                           Timestamp now) {
  const auto name = [&](AccountId id) {
    const Place& place = books.account(id);
    return desk.venue(place.venue).name + "/" + place.account.str();
  };
  return {.id = transfer.id.str(),
          .asset = desk.asset(transfer.asset).name,
          .from = name(transfer.from),
          .to = name(transfer.to),
          .qty = transfer.qty,
          .sent = transfer.sent,
          .overdue = now - transfer.sent > desk.transfer_overdue};
}

namespace {

template <class Episode>  // of a rule, or a stop
AlertReport report_of(const Desk& desk, const Episode& episode) {
  const AlertTransition transition = episode.transition();
  AlertName name = alert_name(desk, transition);
  AlertReport out;
  out.id = alert_id(desk, transition);
  out.rule = std::move(name.rule);
  out.factor = std::move(name.factor);
  out.book = std::move(name.book);
  out.reason = transition.reason;
  out.episode = episode.episode;
  out.severity = std::string(to_string(episode.severity));
  out.state = std::string(alert_state_names[static_cast<std::size_t>(episode.state)]);
  out.since = episode.since;
  out.fired = episode.fired;
  out.cleared = episode.cleared;
  out.value = episode.value;
  return out;
}

}  // namespace

AlertReport alert_report(const Desk& desk, const AlertEpisode& episode) {
  return report_of(desk, episode);
}
AlertReport alert_report(const Desk& desk, const StopEpisode& stop) {
  return report_of(desk, stop);
}

namespace {

BurnReport burn_report(const Desk& desk, const ObjectiveConfig& objective, const Burn& burn) {
  BurnReport out;
  out.objective = objective.name;
  out.factor = factor_label(desk.factor(objective.factor));
  out.goal = objective.goal;
  out.measured = burn.measure;
  out.budget_remaining = burn.budget_remaining;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const auto name = [](Window w) {
      return std::string(window_infos[static_cast<std::size_t>(w)].name);
    };
    out.burn_rates.emplace_back(name(burn_pairs[i].long_window), burn.pairs[i].long_rate);
    out.burn_rates.emplace_back(name(burn_pairs[i].short_window), burn.pairs[i].short_rate);
  }
  return out;
}

}  // namespace

std::string_view basis_name(WeightBasis basis) {
  switch (basis) {
    case WeightBasis::band_risk:
      return "money at risk";
    case WeightBasis::equal:
      return "equal";
    case WeightBasis::manual:
      return "configured";
    case WeightBasis::mixed:
      return "configured, the rest by money at risk";
  }
  return "";
}

FactorReport Engine::factor_report(FactorId id) const {
  return factor_report(id, trackers_[id.index()].report_window(now_));
}

FactorReport Engine::factor_report(FactorId id, const Summary& summary) const {
  const FactorConfig& config = desk_.factor(id);
  const FactorNow& factor = factors_[id.index()];
  const Reading& reading = trackers_[id.index()].reading();
  FactorReport out;
  static_cast<FactorFigures&>(out) = factor_figures(summary, desk_.grid);
  out.factor = config.name;
  out.book = config.book;
  out.unit = desk_.asset(config.unit).name;
  out.state = std::string(to_string(reading.region));
  if (factor.knowledge != Knowledge::known) {
    out.unknown_reason = std::string(to_string(factor.knowledge));
  }
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
  }
  if (config.kind == FactorKind::delta) {
    if (!profit_.incomplete(id)) out.profit = factor_profit(summary.pnl);
  } else {
    out.deviation_pnl.reset();
  }
  if (const auto index = trackers_[id.index()].minimum_variance_index(now_)) {
    out.minimum_variance = {.index = index->index,
                            .low = index->low,
                            .high = index->high,
                            .m = static_cast<int>(index->order),
                            .delay_samples = static_cast<int>(index->delay_samples),
                            .samples = static_cast<std::uint64_t>(index->samples)};
  }
  return out;
}

void Engine::report_adherence(Report& report) const {
  std::vector<FactorShare> shares;
  for (std::size_t i = 0; i < trackers_.size(); ++i) {
    const Summary summary = trackers_[i].report_window(now_);
    report.factors.push_back(factor_report(FactorId{i}, summary));
    shares.push_back({report.factors.back().adherence, desk_.factors[i].weight,
                      figures(summary, desk_.grid).mean_weight});
  }
  const DeskAdherence whole = desk_adherence(shares);
  report.adherence = whole.adherence;
  report.weights_basis = std::string(basis_name(whole.basis));
  for (std::size_t i = 0; i < whole.weights.size(); ++i) {
    report.weights.emplace_back(factor_label(desk_.factors[i]), whole.weights[i]);
  }
  report.tracking_risk = ballast::tracking_risk(risk_.totals(now_) - risk_at_from_);
}

void Engine::report_holdings(Report& report) const {
  for (const Position& position : books_.positions()) {
    report.positions.push_back(position_report(desk_, books_, market_, position));
  }
  std::sort(report.positions.begin(), report.positions.end(), [](const auto& a, const auto& b) {
    return std::tie(a.venue, a.account, a.book, a.instrument) <
           std::tie(b.venue, b.account, b.book, b.instrument);
  });
  for (std::size_t i = 0; i < books_.account_count(); ++i) {
    const Place& place = books_.account(AccountId{i});
    for (const Balance& balance : books_.balances(AccountId{i})) {
      report.balances.push_back({desk_.venue(place.venue).name, place.account.str(),
                                 desk_.asset(balance.asset).name, balance.qty});
    }
  }
  std::sort(report.balances.begin(), report.balances.end(), [](const auto& a, const auto& b) {
    return std::tie(a.venue, a.account, a.asset) < std::tie(b.venue, b.account, b.asset);
  });
  for (const std::uint32_t open : books_.transfers().open()) {
    report.in_flight.push_back(flight_report(desk_, books_, books_.transfers().all()[open], now_));
  }
  for (const Break& item : books_.breaks()) {
    report.breaks.push_back(break_report(desk_, books_, item));
  }
  report.net_asset_value = NetAssetValue::of(desk_, books_, market_);
}

/// The episodes that overlap the span: what fires first, then the latest.
void Engine::report_alerts(Report& report) const {
  const auto list = [&](const auto& episode) {
    if (options_.from && episode.cleared && *episode.cleared <= *options_.from) return;
    if (options_.to && episode.began >= *options_.to) return;
    report.alerts.push_back(alert_report(desk_, episode));
  };
  const auto stops = [&](bool over) {
    for (const StopEpisode& stop : stops_.all()) {
      if (stop.cleared.has_value() == over) list(stop);
    }
  };
  stops(false);
  const auto active = alerts_.active();
  std::for_each(active.begin(), active.end(), list);
  const auto history = alerts_.history();
  std::for_each(history.rbegin(), history.rend(), list);
  stops(true);
}

Report Engine::report() const {
  Report report;
  report.desk = desk_.name;
  report.currency = desk_.asset(desk_.currency).name;
  report.from = options_.from.value_or(started_at_);
  report.to = options_.to.value_or(now_);
  report.events = counts_;
  report.digest = digest_.hex();
  if (!started_) return report;
  report_adherence(report);
  report_holdings(report);
  report_alerts(report);
  report_control(report);
  for (std::size_t i = 0; i < desk_.objectives.size(); ++i) {
    report.objectives.push_back(
        burn_report(desk_, desk_.objectives[i], alerts_.burn(i, now_, *this)));
  }
  return report;
}

}  // namespace ballast
