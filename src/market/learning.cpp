#include "market/learning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/archive.hpp"

namespace ballast {
namespace {

constexpr double seconds_per_day = 86400.0;
constexpr double hours_max = 8760.0;  // of a funding interval; beyond a year it is damage
constexpr std::int64_t funding_steps_max =
    10'000'000'000;  // of a second at least, in 2 x 292 years

/// Any two times are within 2^64 ns of each other, though not within 2^63. Requires from <= to.
double seconds_between(Timestamp from, Timestamp to) {
  return static_cast<double>(static_cast<std::uint64_t>(to.ns) -
                             static_cast<std::uint64_t>(from.ns)) *
         1e-9;
}
double days_between(Timestamp from, Timestamp to) {
  return seconds_between(from, to) / seconds_per_day;
}
double days(Duration span) { return span.to_seconds() / seconds_per_day; }

/// to - from is above `span`; false when `to` is the earlier one.
bool further(Timestamp from, Timestamp to, Duration span) {
  return to > from && static_cast<std::uint64_t>(to.ns) - static_cast<std::uint64_t>(from.ns) >
                          static_cast<std::uint64_t>(span.ns);
}

Duration age_of(Timestamp t, Timestamp now) {
  if (now <= t) return {};
  const std::uint64_t ns = static_cast<std::uint64_t>(now.ns) - static_cast<std::uint64_t>(t.ns);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return {static_cast<std::int64_t>(std::min(ns, most))};
}

constexpr std::size_t index(Feed feed) { return static_cast<std::size_t>(feed); }

std::optional<double> square_root(const std::optional<double>& value) {
  return value ? std::optional(std::sqrt(*value)) : std::nullopt;
}

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
  const auto& top = state.heard[index(Feed::top)];
  state.intensity.pass(seconds, state.mid > 0.0 && !further(*top, to, config_.max_age));
  state.exposed = to;
}

template <std::size_t count>
void MarketLearning::pass_held(HeldMeans<count>& means,
                               const std::optional<Timestamp>& from,
                               Timestamp to) const {
  if (!from || to <= *from) return;
  if (further(*from, to, config_.max_age)) means.release();
  means.pass(seconds_between(*from, to));
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

// ---- answers

Duration MarketLearning::allowed_age(const State& state, Feed feed) const {
  if (feed != Feed::funding) return config_.max_age;
  const auto ns = static_cast<std::int64_t>(1.5 * state.funding.step_days() * 86400e9);
  return std::max(config_.max_age, Duration{ns});
}

MarketLearning::Finding MarketLearning::found(double observations,
                                              const std::optional<PointEstimate>& estimate) {
  if (!estimate) return {observations, std::nullopt, std::nullopt};
  return {observations, estimate->value, estimate->std_error};
}

Learned MarketLearning::judge(Timestamp now,
                              const State& state,
                              Feed feed,
                              const Finding& finding) const {
  Learned learned;
  learned.needed = config_.min_observations;
  learned.allowed = allowed_age(state, feed);
  const auto& heard = state.heard[index(feed)];
  if (!heard) return learned;
  learned.age = age_of(*heard, now);
  learned.estimate.t = *heard;
  // Thirty equal weights may come to 30 - 1e-14.
  if (std::isfinite(finding.observations)) {
    learned.estimate.observations = static_cast<std::uint32_t>(
        std::clamp(finding.observations * (1 + 1e-12), 0.0, 4294967295.0));
  }
  const bool determined = finding.value && std::isfinite(*finding.value);
  if (determined) learned.estimate.value = *finding.value;
  if (determined && finding.std_error && std::isfinite(*finding.std_error)) {
    learned.estimate.std_error = finding.std_error;
  }
  learned.lack = learned.age > learned.allowed                              ? Lack::too_old
                 : learned.estimate.observations < config_.min_observations ? Lack::too_few
                 : determined                                               ? Lack::none
                                                                            : Lack::undetermined;
  return learned;
}

Learned MarketLearning::of_prices(Timestamp now, const State& state, EstimateKind kind) const {
  const RealisedVariance& variance = state.prices.variance;
  Finding finding = found(variance.observations(),
                          kind == EstimateKind::volatility           ? variance.variance()
                          : kind == EstimateKind::bipower_volatility ? variance.bipower()
                                                                     : variance.jump_share());
  if (kind != EstimateKind::jump_share) {
    finding.value = square_root(finding.value);
    // d sqrt(v) = dv / (2 sqrt(v)); a price that never moved has no error to state.
    if (finding.value) *finding.std_error /= 2.0 * *finding.value;
  }
  return judge(now, state, Feed::price, finding);
}

Learned MarketLearning::of_books(Timestamp now, const State& state, EstimateKind kind) const {
  if (kind == EstimateKind::book_depth) {
    HeldMeans<1> book = state.book;
    pass_held(book, state.heard[index(Feed::book)], now);
    return judge(now, state, Feed::book, {book.observations(), book.mean(0), std::nullopt});
  }
  HeldMeans<2> top = state.top;
  pass_held(top, state.heard[index(Feed::top)], now);
  std::optional<double> value = top.mean(kind == EstimateKind::top_depth ? 1 : 0);
  if (kind == EstimateKind::relative_half_spread) {
    value = value && state.mid > 0.0 ? std::optional(*value / state.mid) : std::nullopt;
  }
  return judge(now, state, Feed::top, {top.observations(), value, std::nullopt});
}

Learned MarketLearning::of_trades(Timestamp now, const State& state, EstimateKind kind) const {
  State shown = state;
  if (state.flow && !further(*state.flow, now, config_.max_age)) expose(shown, now);
  if (kind == EstimateKind::trade_rate || kind == EstimateKind::traded_volume) {
    return judge(
        now, state, Feed::trade,
        found(shown.trades.observations(),
              kind == EstimateKind::trade_rate ? shown.trades.rate() : shown.trades.mark_rate()));
  }
  Finding finding{shown.intensity.observations(), std::nullopt, std::nullopt};
  if (const auto fit = shown.intensity.fit()) {
    // Prints of both sides are pooled, a quote stands on one: half of them come to it.
    const PointEstimate a{0.5 * fit->a_per_second.value, 0.5 * fit->a_per_second.std_error};
    finding = found(finding.observations, kind == EstimateKind::intensity_a ? a : fit->k);
  }
  return judge(now, state, Feed::trade, finding);
}

Learned MarketLearning::of_funding(Timestamp now, const State& state, EstimateKind kind) const {
  if (kind == EstimateKind::funding) {  // known from the first on: it is said, not estimated
    Learned learned = judge(now, state, Feed::funding, {1.0, state.funding_level, std::nullopt});
    learned.needed = 1;
    if (learned.lack == Lack::too_few) learned.lack = Lack::none;
    return learned;
  }
  const auto fit = state.funding.fit();
  Finding finding{state.funding.observations(), std::nullopt, std::nullopt};
  if (fit && kind == EstimateKind::funding_mean) {
    finding = {finding.observations, fit->mean, fit->mean_std_error};
  } else if (fit) {
    finding = found(finding.observations, fit->half_life_days);
  }
  return judge(now, state, Feed::funding, finding);
}

Learned MarketLearning::estimate(Timestamp now, InstrumentId id, EstimateKind kind) const {
  const State* state = find(id);
  if (state == nullptr) return {};
  switch (kind) {
    case EstimateKind::volatility:
    case EstimateKind::bipower_volatility:
    case EstimateKind::jump_share:
      return of_prices(now, *state, kind);
    case EstimateKind::half_spread:
    case EstimateKind::relative_half_spread:
    case EstimateKind::top_depth:
    case EstimateKind::book_depth:
      return of_books(now, *state, kind);
    case EstimateKind::trade_rate:
    case EstimateKind::traded_volume:
    case EstimateKind::intensity_a:
    case EstimateKind::intensity_k:
      return of_trades(now, *state, kind);
    case EstimateKind::funding:
    case EstimateKind::funding_mean:
    case EstimateKind::funding_half_life_days:
      break;
  }
  return of_funding(now, *state, kind);
}

Learned MarketLearning::expected_funding(Timestamp now, InstrumentId id, Duration horizon) const {
  const State* state = find(id);
  if (state == nullptr) return {};
  Finding finding{state->funding.observations(), std::nullopt, std::nullopt};
  if (const auto fit = state->funding.fit()) {
    finding.value = fit->expected_average(state->funding_level, days(horizon));
  }
  return judge(now, *state, Feed::funding, finding);
}

std::vector<double> MarketLearning::shrunk() const {
  std::vector<double> matrix(states_.size() * states_.size());
  covariance_.matrix({ShrinkageTarget::constant_correlation, config_.shrinkage}, matrix);
  return matrix;
}

Learned MarketLearning::of_pair(Timestamp now,
                                std::size_t i,
                                std::size_t j,
                                std::span<const double> matrix) const {
  const std::size_t n = states_.size();
  Finding finding{std::min(covariance_.observations(i), covariance_.observations(j)), std::nullopt,
                  std::nullopt};
  if (covariance_.estimated(i) && covariance_.estimated(j)) {
    const double value = matrix[i * n + j];
    finding.value = value;
    // Of normal returns.
    finding.std_error =
        std::sqrt((matrix[i * n + i] * matrix[j * n + j] + value * value) / finding.observations);
  }
  // The one that has been silent for longer decides on the age.
  const auto& heard_i = states_[i].heard[index(Feed::price)];
  const auto& heard_j = states_[j].heard[index(Feed::price)];
  const bool i_older = !heard_i || (heard_j && *heard_i < *heard_j);
  return judge(now, states_[i_older ? i : j], Feed::price, finding);
}

Learned MarketLearning::covariance(Timestamp now, InstrumentId a, InstrumentId b) const {
  if (!learns(a) || !learns(b)) return {};
  return of_pair(now, slots_[a.index()], slots_[b.index()], shrunk());
}

Lack MarketLearning::covariance_matrix(Timestamp now,
                                       std::span<const InstrumentId> of,
                                       std::span<double> out) const {
  BALLAST_ASSERT(out.size() == of.size() * of.size());
  std::fill(out.begin(), out.end(), 0.0);
  const std::vector<double> matrix = shrunk();
  for (const InstrumentId id : of) {
    if (!learns(id)) return Lack::never;
    const std::size_t i = slots_[id.index()];
    if (const Lack lack = of_pair(now, i, i, matrix).lack; lack != Lack::none) return lack;
  }
  for (std::size_t i = 0; i < of.size(); ++i) {
    const std::size_t row = slots_[of[i].index()] * states_.size();
    for (std::size_t j = 0; j < of.size(); ++j)
      out[i * of.size() + j] = matrix[row + slots_[of[j].index()]];
  }
  return Lack::none;
}

std::optional<Duration> MarketLearning::age(Timestamp now, InstrumentId id, Feed feed) const {
  const State* state = find(id);
  if (state == nullptr || !state->heard[index(feed)]) return std::nullopt;
  return age_of(*state->heard[index(feed)], now);
}

template <class Archive>
void MarketLearning::archive(Archive& ar) {
  for (State& s : states_) {
    Prices& p = s.prices;
    ar(s.heard, s.flow, s.exposed, s.mid, s.top, s.book, s.trades, s.intensity, s.funding,
       s.funding_level, s.funding_step);
    ar(p.last, p.step, p.sampled, p.sampled_log, p.broken, p.fresh, p.variance);
    // What later steps rely on.
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
