// What MarketLearning says of what it has learnt: an estimator's finding, judged by how much it
// rests on, and dated by when its feed was last heard.
#include <algorithm>
#include <cmath>

#include "market/learning.hpp"
#include "market/learning_time.hpp"

namespace ballast {

using namespace learning_time;

namespace {

std::optional<double> square_root(const std::optional<double>& value) {
  return value ? std::optional(std::sqrt(*value)) : std::nullopt;
}

/// What each kind of estimate is heard of by.
constexpr std::array<Feed, estimate_infos.size()> feeds_of_kinds{
    Feed::price, Feed::price,   Feed::price,   Feed::top,    Feed::top,
    Feed::top,   Feed::book,    Feed::trade,   Feed::trade,  Feed::trade,
    Feed::trade, Feed::funding, Feed::funding, Feed::funding};
constexpr Feed feed_of(EstimateKind kind) { return feeds_of_kinds[static_cast<std::size_t>(kind)]; }

}  // namespace

Duration MarketLearning::allowed_age_of_funding(const State& state) const {
  const auto ns = static_cast<std::int64_t>(1.5 * state.funding.step_days() * 86400e9);
  return std::max(config_.max_age, Duration{ns});
}

inline MarketLearning::Finding MarketLearning::found(double observations,
                                                     const std::optional<PointEstimate>& estimate) {
  if (!estimate) return {observations, std::nullopt, std::nullopt};
  return {observations, estimate->value, estimate->std_error};
}

inline MarketLearning::Verdict MarketLearning::judge(const Finding& finding) const {
  Verdict verdict;
  verdict.needed = config_.min_observations;
  // Thirty equal weights may come to 30 - 1e-14.
  if (std::isfinite(finding.observations)) {
    verdict.observations = static_cast<std::uint32_t>(
        std::clamp(finding.observations * (1 + 1e-12), 0.0, 4294967295.0));
  }
  const bool determined = finding.value && std::isfinite(*finding.value);
  if (determined) verdict.value = *finding.value;
  if (determined && finding.std_error && std::isfinite(*finding.std_error)) {
    verdict.std_error.emplace(*finding.std_error);
  }
  verdict.lack = verdict.observations < config_.min_observations ? Lack::too_few
                 : determined                                    ? Lack::none
                                                                 : Lack::undetermined;
  return verdict;
}

Learned MarketLearning::learned(Timestamp now,
                                const State& state,
                                Feed feed,
                                const Verdict& verdict) const {
  Learned learned;
  learned.needed = verdict.needed;
  learned.allowed = allowed_age(state, feed);
  const auto& heard = state.heard[index(feed)];
  if (!heard) return learned;
  learned.age = age_of(*heard, now);
  learned.estimate = {verdict.value, verdict.std_error, verdict.observations, *heard};
  learned.lack = learned.age > learned.allowed ? Lack::too_old : verdict.lack;
  return learned;
}

// ---- by feed

MarketLearning::Verdict MarketLearning::of_prices(const State& state, EstimateKind kind) const {
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
  return judge(finding);
}

MarketLearning::Verdict MarketLearning::of_books(Timestamp now,
                                                 const State& state,
                                                 EstimateKind kind) const {
  if (kind == EstimateKind::book_depth) {
    HeldMeans<1> book = state.book;
    pass_held(book, state.heard[index(Feed::book)], now);
    return judge({book.observations(), book.mean(0), std::nullopt});
  }
  const auto of_top = [&](const HeldMeans<2>& top) {
    std::optional<double> value = top.mean(kind == EstimateKind::top_depth ? 1 : 0);
    if (kind == EstimateKind::relative_half_spread) {
      value = value && state.mid > 0.0 ? std::optional(*value / state.mid) : std::nullopt;
    }
    return judge({top.observations(), value, std::nullopt});
  };
  const auto& heard = state.heard[index(Feed::top)];
  if (!heard || now <= *heard) return of_top(state.top);
  HeldMeans<2> top = state.top;
  pass_held(top, heard, now);
  return of_top(top);
}

/// The seconds that the rates would have to pass to be those of `now`: none in a silence.
double MarketLearning::behind(const State& state, Timestamp now) const {
  const bool silent = !state.flow || further(*state.flow, now, config_.max_age);
  return silent || now <= state.exposed ? 0.0 : seconds_between(state.exposed, now);
}

MarketLearning::Verdict MarketLearning::of_trades(Timestamp now,
                                                  const State& state,
                                                  EstimateKind kind) const {
  const double seconds = behind(state, now);
  if (kind == EstimateKind::trade_rate || kind == EstimateKind::traded_volume) {
    const auto then = [&] {
      MarkedRate trades = state.trades;
      trades.pass(seconds);
      return trades;
    };
    const MarkedRate& trades = seconds > 0.0 ? state.trades_then.get(seconds, then) : state.trades;
    return judge(found(trades.observations(),
                       kind == EstimateKind::trade_rate ? trades.rate() : trades.mark_rate()));
  }
  FillIntensity intensity = state.intensity;
  if (seconds > 0.0) intensity.pass(seconds, depths_seen(state, now));
  Finding finding{intensity.observations(), std::nullopt, std::nullopt};
  if (const auto fit = intensity.fit()) {
    // Prints of both sides are pooled, a quote stands on one: half of them come to it.
    const PointEstimate a{0.5 * fit->a_per_second.value, 0.5 * fit->a_per_second.std_error};
    finding = found(finding.observations, kind == EstimateKind::intensity_a ? a : fit->k);
  }
  return judge(finding);
}

MarketLearning::Verdict MarketLearning::of_funding(const State& state, EstimateKind kind) const {
  if (kind == EstimateKind::funding) {  // known from the first on: it is said, not estimated
    Verdict verdict = judge({1.0, state.funding_level, std::nullopt});
    verdict.needed = 1;
    if (verdict.lack == Lack::too_few) verdict.lack = Lack::none;
    return verdict;
  }
  if (kind == EstimateKind::funding_mean) return mean_of_funding(state);
  const auto& fit = state.funding.fit();
  return judge(found(state.funding.observations(), fit ? fit->half_life_days : std::nullopt));
}

const MarketLearning::Verdict& MarketLearning::mean_of_funding(const State& state) const {
  return state.funding_mean.get([&] {
    Finding finding{state.funding.observations(), std::nullopt, std::nullopt};
    if (const auto& fit = state.funding.fit()) {
      finding.value = fit->mean;
      finding.std_error = fit->mean_std_error;
    }
    return judge(finding);
  });
}

const MarketLearning::Verdict& MarketLearning::expected_of_funding(const State& state,
                                                                   Duration horizon) const {
  return state.funding_expected.get(horizon, [&] {
    Finding finding{state.funding.observations(), std::nullopt, std::nullopt};
    if (const auto& fit = state.funding.fit()) {
      finding.value = fit->expected_average(state.funding_level, days(horizon));
    }
    return judge(finding);
  });
}

MarketLearning::Verdict MarketLearning::verdict(Timestamp now,
                                                const State& state,
                                                EstimateKind kind) const {
  switch (feed_of(kind)) {
    case Feed::price:
      return kind == EstimateKind::volatility ? volatility(state) : of_prices(state, kind);
    case Feed::top:
    case Feed::book:
      return of_books(now, state, kind);
    case Feed::trade:
      return of_trades(now, state, kind);
    case Feed::funding:
      break;
  }
  return of_funding(state, kind);
}

// ---- answers

Learned MarketLearning::estimate(Timestamp now, InstrumentId id, EstimateKind kind) const {
  const State* state = find(id);
  if (state == nullptr) return {};
  return learned(now, *state, feed_of(kind), verdict(now, *state, kind));
}

Figure MarketLearning::other_figure(Timestamp now, const State& state, EstimateKind kind) const {
  return figure(now, state, feed_of(kind), verdict(now, state, kind));
}

Learned MarketLearning::expected_funding(Timestamp now, InstrumentId id, Duration horizon) const {
  const State* state = find(id);
  if (state == nullptr) return {};
  return learned(now, *state, Feed::funding, expected_of_funding(*state, horizon));
}

MarketLearning::FundingFigures MarketLearning::funding_figures(Timestamp now,
                                                               InstrumentId id,
                                                               Duration horizon) const {
  const State* state = find(id);
  if (state == nullptr) return {};
  const Verdict& mean = mean_of_funding(*state);
  FundingFigures figures{figure(now, *state, Feed::funding, expected_of_funding(*state, horizon)),
                         figure(now, *state, Feed::funding, mean)};
  Figure& error = figures.mean_error;
  if (error.lack == Lack::none && !mean.std_error) error.lack = Lack::undetermined;
  error.value = error.lack == Lack::none ? *mean.std_error : 0.0;
  return figures;
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
  return learned(now, states_[i_older ? i : j], Feed::price, judge(finding));
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

}  // namespace ballast
