#include "engine/margin_views.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "control/account_margin.hpp"

namespace ballast {
namespace {

/// Those of the desk whose derivatives the account can hold, in the order of its instruments.
std::vector<std::string> coins_of(const Desk& desk, const MarginConfig& config) {
  std::vector<std::string> coins;
  for (const Instrument& instrument : desk.instruments) {
    if (!margined_in(config, instrument)) continue;
    const std::string& coin = desk.asset(instrument.base).name;
    if (std::find(coins.begin(), coins.end(), coin) == coins.end()) coins.push_back(coin);
  }
  return coins;
}

MarginState state_of(const AccountMargin& margin) {
  if (margin.equity < margin.maintenance) return MarginState::below_maintenance;
  return margin.equity < margin.initial ? MarginState::below_initial : MarginState::covered;
}

MarginFigures figures_of(const Engine& engine, std::size_t index, const MarginDetail& detail) {
  MarginFigures out{.equity = detail.equity,
                    .initial = detail.initial,
                    .maintenance = detail.maintenance,
                    .free = detail.free()};
  if (detail.equity > 0.0) out.use = detail.initial / detail.equity;
  if (const auto in_flight = engine.margin_in_flight(index)) out.free_in_flight = in_flight->free();
  if (detail.oldest_input) out.age_seconds = (engine.now() - *detail.oldest_input).to_seconds();
  return out;
}

CoinMarginView coin_view(const Desk& desk, const MarginConfig& config, const CoinMargin& coin) {
  CoinMarginView out{.coin = desk.asset(coin.coin).name,
                     .initial = coin.margin.initial,
                     .maintenance = coin.margin.maintenance,
                     .loss = coin.loss,
                     .delta_shock = coin.delta_shock,
                     .roll_shock = coin.roll_shock};
  if (coin.loss > 0.0) {
    WorstScenario worst{coin.worst.price_move, coin.worst.vol, 0.0, coin.worst.extended};
    if (worst.vol == DeribitVolShock::up) worst.vol_move = config.volatility_up;
    if (worst.vol == DeribitVolShock::down) worst.vol_move = -config.volatility_down;
    out.worst = worst;
  }
  return out;
}

}  // namespace

std::string_view to_string(MarginState state) {
  constexpr std::array<std::string_view, 4> words{"unknown", "covered", "below_initial",
                                                  "below_maintenance"};
  return words[static_cast<std::size_t>(state)];
}

std::string_view to_string(DeribitVolShock shock) {
  constexpr std::array<std::string_view, 3> words{"up", "same", "down"};
  return words[static_cast<std::size_t>(shock)];
}

MarginView margin_view(const Engine& engine, std::size_t index) {
  const Desk& desk = engine.desk();
  const MarginConfig& config = desk.margins[index];
  MarginView out;
  out.venue = desk.venue(config.place.venue).name;
  out.account = config.place.account.str();
  out.currency = desk.asset(config.currency).name;
  out.model = margin_kind_names[static_cast<std::size_t>(config.kind)];
  out.coins = coins_of(desk, config);
  out.as_of = engine.now();
  const auto detail = engine.margin_detail(index);
  if (!detail) {
    out.unknown_reason = detail.error().what;
    return out;
  }
  out.state = state_of(*detail);
  out.figures = figures_of(engine, index, *detail);
  for (const PositionMargin& position : detail->positions) {
    MarginPosition& one = out.positions.emplace_back();
    one.instrument = desk.instrument(position.instrument).name;
    one.coins = position.coins;
    if (!position.margin) continue;
    one.initial = position.margin->initial;
    one.maintenance = position.margin->maintenance;
  }
  for (const CoinMargin& coin : detail->coins)
    out.by_coin.push_back(coin_view(desk, config, coin));
  return out;
}

std::vector<MarginView> margin_views(const Engine& engine) {
  std::vector<MarginView> out;
  for (std::size_t i = 0; i < engine.desk().margins.size(); ++i)
    out.push_back(margin_view(engine, i));
  return out;
}

std::string margin_label(const Desk& desk, const MarginConfig& config) {
  return fmt::format("{}/{} {}", desk.venue(config.place.venue).name, config.place.account.view(),
                     desk.asset(config.currency).name);
}

}  // namespace ballast
