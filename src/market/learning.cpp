#include "market/learning.hpp"

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "market/learning_time.hpp"

namespace ballast {

using namespace learning_time;

namespace {

constexpr double hours_max = 8760.0;  // of a funding interval; beyond a year it is damage
constexpr std::int64_t funding_steps_max =
    10'000'000'000;  // of a second at least, in 2 x 292 years

/// Of levels sorted from the best: what stands within `distance` of the mid.
double quantity_within(std::span<const BookLevel> levels, double mid, double distance) {
  double total = 0.0;
  for (const BookLevel& level : levels) {
    if (std::abs(to_double(level.price) - mid) > distance) break;
    total += to_double(level.qty);
  }
  return total;
}

}  // namespace

MarketLearning::Prices::Prices(const LearningConfig& config)
    : variance(days(config.volatility_half_life)) {}

MarketLearning::State::State(const LearningConfig& config)
    : top(config.liquidity_half_life.to_seconds()),
      book(config.liquidity_half_life.to_seconds()),
      trades(config.liquidity_half_life.to_seconds()),
      intensity(config.intensity_half_life.to_seconds()),
      prices(config),
      funding(days(config.funding_half_life)) {}

MarketLearning::MarketLearning(const Desk& desk,
                               const LearningConfig& config,
                               std::span<const InstrumentId> instruments)
    : config_(config),
      instruments_(instruments.begin(), instruments.end()),
      slots_(desk.instruments.size(), none),
      states_(instruments.size(), State(config)),
      covariance_(instruments.size(), days(config.covariance_half_life)),
      logs_(instruments.size()) {
  BALLAST_ASSERT(check(config));
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    std::uint32_t& slot = slots_.at(instruments_[i].index());
    BALLAST_ASSERT(slot == none);
    slot = static_cast<std::uint32_t>(i);
  }
}

// ---- tops, books, trades

/// False for what is late. Brings the rates up to a silence that it ends.
bool MarketLearning::hear_flow(State& state, Timestamp t, Feed feed) {
  if (state.flow && t < *state.flow) return false;
  if (!state.flow) {
    state.exposed = t;
  } else if (further(*state.flow, t, config_.max_age)) {
    expose(state, *state.flow);
    const double silence = seconds_between(*state.flow, t);
    state.trades.pass(silence, false);
    state.trades_then.forget();
    state.intensity.pass(silence, false);
    state.exposed = t;
  }
  state.flow = t;
  state.heard[index(feed)] = t;
  return true;
}

/// Lets the rates' time go by. Depths are seen only while there is a mid.
void MarketLearning::expose(State& state, Timestamp to) const {
  if (to <= state.exposed) return;
  const double seconds = seconds_between(state.exposed, to);
  state.trades.pass(seconds);
  state.trades_then.forget();
  state.intensity.pass(seconds, depths_seen(state, to));
  state.exposed = to;
}

bool MarketLearning::depths_seen(const State& state, Timestamp to) const {
  return state.mid > 0.0 && !further(*state.heard[index(Feed::top)], to, config_.max_age);
}

void MarketLearning::apply(Timestamp t, const Top& top) {
  State* state = find(top.instrument);
  if (state == nullptr) return;
  const std::optional<Timestamp> before = state->heard[index(Feed::top)];
  if (!hear_flow(*state, t, Feed::top)) return;
  pass_held(state->top, before, t);
  const bool two_sided =
      top.bid_qty.sign() > 0 && top.ask_qty.sign() > 0 && top.bid.sign() > 0 && top.ask >= top.bid;
  if (!two_sided) {  // the time until now was seen with the mid that was
    if (state->mid > 0.0) expose(*state, t);
    state->mid = 0.0;
    state->top.release();
    return;
  }
  if (!(state->mid > 0.0)) expose(*state, t);
  const double bid = to_double(top.bid);
  const double half_spread = 0.5 * to_double(top.ask - top.bid);
  state->mid = bid + half_spread;
  state->top.hold({half_spread, 0.5 * (to_double(top.bid_qty) + to_double(top.ask_qty))});
}

void MarketLearning::depth(Timestamp t,
                           InstrumentId id,
                           std::span<const BookLevel> bids,
                           std::span<const BookLevel> asks) {
  State* state = find(id);
  if (state == nullptr) return;
  const std::optional<Timestamp> before = state->heard[index(Feed::book)];
  if (!hear_flow(*state, t, Feed::book)) return;
  pass_held(state->book, before, t);
  if (bids.empty() || asks.empty() || bids[0].price.sign() <= 0 || asks[0].price < bids[0].price) {
    state->book.release();
    return;
  }
  const double mid = 0.5 * (to_double(bids[0].price) + to_double(asks[0].price));
  const double distance = config_.depth_distance * mid;
  state->book.hold(
      {0.5 * (quantity_within(bids, mid, distance) + quantity_within(asks, mid, distance))});
}

void MarketLearning::apply(Timestamp t, const Trade& trade) {
  State* state = find(trade.instrument);
  if (state == nullptr || !hear_flow(*state, t, Feed::trade)) return;
  expose(*state, t);
  state->trades.add(to_double(trade.qty));
  state->trades_then.forget();
  const auto& top = state->heard[index(Feed::top)];
  if (!(state->mid > 0.0) || further(*top, t, config_.max_age)) return;
  const double above = to_double(trade.price) - state->mid;
  const double half_spread = state->top.mean(0).value_or(state->top.level(0).value_or(0.0));
  state->intensity.add(trade.side == Side::buy ? above : -above, std::max(0.0, half_spread));
}

// ---- prices

void MarketLearning::price(Timestamp t, InstrumentId id, Price price) {
  State* state = find(id);
  if (state == nullptr || price.sign() <= 0) return;
  std::optional<Timestamp>& heard = state->heard[index(Feed::price)];
  if (heard && t < *heard) return;
  const Timestamp step = floor_to(t, config_.grid);
  close_step(step);
  Prices& prices = state->prices;
  if (heard && step != prices.step) {
    sample(*state);
    if (further(*heard, t, config_.max_age)) {
      prices.broken = true;
      covariance_.interrupt(slots_[id.index()]);
    }
  }
  prices.last = to_double(price);
  prices.step = step;
  prices.fresh = true;
  heard = t;
}

/// The step of the instrument's last price is over: that price is its sample.
void MarketLearning::sample(State& state) const {
  Prices& prices = state.prices;
  const double log = std::log(prices.last);
  if (prices.sampled) {
    const double span = days_between(*prices.sampled, prices.step);
    if (prices.broken) {
      prices.variance.skip(span);
    } else {
      prices.variance.add(span, log - prices.sampled_log);
    }
  }
  prices.volatility.forget();
  prices.sampled = prices.step;
  prices.sampled_log = log;
  prices.broken = false;
}

/// When `step` is past the common one, the covariance takes every instrument's price at its end.
void MarketLearning::close_step(Timestamp step) {
  if (step_ && step <= *step_) return;
  if (step_) {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      Prices& prices = states_[i].prices;
      logs_[i].reset();
      if (prices.fresh) {
        logs_[i] = std::log(prices.last);
      } else if (const auto& heard = states_[i].heard[index(Feed::price)];
                 heard && further(*heard, *step_, config_.max_age)) {
        covariance_.interrupt(i);
      }
      prices.fresh = false;
    }
    covariance_.add(closed_ ? days_between(*closed_, *step_) : 0.0, logs_);
    closed_ = step_;
  }
  step_ = step;
}

// ---- funding

void MarketLearning::apply(Timestamp t, const FundingRate& rate) {
  State* state = find(rate.instrument);
  if (state == nullptr) return;
  std::optional<Timestamp>& heard = state->heard[index(Feed::funding)];
  const double hours = to_double(rate.interval_h);
  if ((heard && t < *heard) || !(hours > 0.0 && hours <= hours_max)) return;
  // Stamps come a little early or late, forecasts in between: the first said next to each multiple
  // of the interval is its sample.
  const Duration interval = std::max(Duration::seconds(1), {std::llround(hours * 3600e9)});
  const Timestamp begin = floor_to(t, interval);
  const std::int64_t step =
      begin.ns / interval.ns + (further(begin, t, {interval.ns / 2 - 1}) ? 1 : 0);
  state->funding_level = to_double(rate.rate) * 24.0 / hours;
  state->funding_mean.forget();
  state->funding_expected.forget();
  if (!heard || days(interval) != state->funding.step_days()) {
    state->funding.restart(days(interval));
    state->funding.add(state->funding_level);
    state->funding_step = step;
  } else if (step > state->funding_step) {
    const std::int64_t missed = step - state->funding_step - 1;
    if (missed > 0) state->funding.skip(static_cast<double>(missed));
    state->funding.add(state->funding_level);
    state->funding_step = step;
  }
  heard = t;
}

template <class Archive>
void MarketLearning::archive(Archive& ar) {
  for (State& s : states_) {
    Prices& p = s.prices;
    ar(s.heard, s.flow, s.exposed, s.mid, s.top, s.book, s.trades, s.intensity, s.funding,
       s.funding_level, s.funding_step);
    ar(p.last, p.step, p.sampled, p.sampled_log, p.broken, p.fresh, p.variance);
    // What later steps rely on.
    if constexpr (Archive::loading) {
      s.trades_then.forget();
      s.funding_mean.forget();
      s.funding_expected.forget();
      p.volatility.forget();
    }
    const double interval = s.funding.step_days();
    const bool sound = (!(s.mid > 0.0) || s.heard[index(Feed::top)]) &&
                       (!s.heard[index(Feed::price)] || p.last > 0.0) &&
                       (!p.sampled || *p.sampled < p.step) && interval >= 0.0 &&
                       interval * 24.0 <= hours_max + 1.0 && s.funding_step > -funding_steps_max &&
                       s.funding_step < funding_steps_max;
    if (!sound) ar.fail();
  }
  ar(covariance_, step_, closed_);
}

template void MarketLearning::archive(SaveArchive&);
template void MarketLearning::archive(LoadArchive&);

}  // namespace ballast
