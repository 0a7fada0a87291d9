// What the market teaches: volatility, covariance, liquidity, fill intensity and funding of a
// chosen set of instruments, each with its error, its number of observations and its age.
//
// Of each instrument:  prices  -> one return a step of the grid -> variance, bipower variation
//                      tops    -> half spread, size at the top, over time
//                      books   -> size near the mid, over time
//                      trades  -> prints and quantity per second, fill intensity
//                      funding -> level, mean, speed of reversion
// and of all together the covariance of their returns over common steps.
//
// A span longer than max_age in which a feed was silent teaches nothing: no return, held level or
// exposure spans it. What is older than what its feed has said already is ignored. Instruments that
// are not learnt cost one look-up. An event costs the same however many came before; the first
// price of each step, instruments^2 / 2 for the covariance. Deterministic; no allocation after
// construction but in reading covariances. What was worked out for an answer is kept until what it
// rests on changes (base/kept.hpp). Not thread-safe, answers included.
// Tests: slow recomputation, simulated truth, snapshots, late events and gaps.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/kept.hpp"
#include "base/timestamp.hpp"
#include "market/order_book.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"
#include "model/learning.hpp"
#include "quant/stats/ewma.hpp"
#include "quant/stats/fill_intensity.hpp"
#include "quant/stats/held_mean.hpp"
#include "quant/stats/mean_reversion.hpp"
#include "quant/stats/realised_variance.hpp"

namespace ballast {

/// What an instrument is heard of by.
enum class Feed : std::uint8_t { price, top, book, trade, funding };
inline constexpr std::array<std::string_view, 5> feed_names{"price", "top", "book", "trade",
                                                            "funding"};

class MarketLearning {
 public:
  /// Requires check(config), and instruments of the desk, none of them twice.
  MarketLearning(const Desk& desk,
                 const LearningConfig& config,
                 std::span<const InstrumentId> instruments);

  void apply(Timestamp t, const Top& top);
  void apply(Timestamp t, const Trade& trade);
  void apply(Timestamp t, const FundingRate& rate);
  /// The instrument's mark or mid is now `price`; one that is not above 0 is ignored.
  void price(Timestamp t, InstrumentId id, Price price);
  /// Both sides from the best price on. A book cut off within depth_distance counts as it is.
  void depth(Timestamp t,
             InstrumentId id,
             std::span<const BookLevel> bids,
             std::span<const BookLevel> asks);

  bool learns(InstrumentId id) const { return slots_[id.index()] != none; }
  /// In the order given.
  std::span<const InstrumentId> instruments() const { return instruments_; }
  /// Any estimate, as of `now`; Lack::never for an instrument that is not learnt.
  Learned estimate(Timestamp now, InstrumentId id, EstimateKind kind) const;
  /// What decisions rest on of the same.
  Figure figure(Timestamp now, InstrumentId id, EstimateKind kind) const {
    const State* state = find(id);
    if (state == nullptr) return {};
    // Volatility is the most asked for: by nearly every stage of a target and every quote.
    return kind == EstimateKind::volatility ? figure(now, *state, Feed::price, volatility(*state))
                                            : other_figure(now, *state, kind);
  }
  /// The average funding rate, per day, to be expected over `horizon` >= 0 from now.
  Learned expected_funding(Timestamp now, InstrumentId id, Duration horizon) const;
  /// What decisions rest on of that, and of how far the mean that it goes to may be off.
  struct FundingFigures {
    Figure expected;
    Figure mean_error;
  };
  FundingFigures funding_figures(Timestamp now, InstrumentId id, Duration horizon) const;
  /// Of log returns, per day, shrunk; of an instrument with itself: its variance.
  Learned covariance(Timestamp now, InstrumentId a, InstrumentId b) const;
  /// The same of several learnt instruments, row by row: always positive semidefinite.
  /// @param out  of.size()^2 values, all 0 unless Lack::none is returned.
  Lack covariance_matrix(Timestamp now,
                         std::span<const InstrumentId> of,
                         std::span<double> out) const;
  /// Since the feed last said something of the instrument; nothing when it never did.
  std::optional<Duration> age(Timestamp now, InstrumentId id, Feed feed) const;

  template <class Archive>
  void archive(Archive& ar);

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::size_t feeds = feed_names.size();

  /// What an estimator says, before it is judged.
  struct Finding {
    double observations = 0.0;
    std::optional<double> value;
    std::optional<double> std_error;
  };
  /// What that is worth, whatever its age.
  struct Verdict {
    double value = 0.0;
    std::optional<double> std_error;
    std::uint32_t observations = 0;
    std::uint32_t needed = 0;
    Lack lack = Lack::never;
  };

  /// The last price of each step in which there was one.
  struct Prices {
    double last = 0.0;
    Timestamp step;                    // begin of the step that `last` stands in
    std::optional<Timestamp> sampled;  // the step before
    double sampled_log = 0.0;          // its price
    bool broken = false;               // no return from there to `last`
    bool fresh = false;                // `last` is not in the covariance yet
    RealisedVariance variance;         // in days
    Kept<Verdict> volatility;          // until the next return
    explicit Prices(const LearningConfig& config);
  };
  struct State {
    std::array<std::optional<Timestamp>, feeds> heard;
    std::optional<Timestamp> flow;  // the last top, book or trade
    Timestamp exposed;              // the rates have been brought up to here
    double mid = 0.0;               // of the top, 0: none
    HeldMeans<2> top;               // half spread, size at the top; in seconds
    HeldMeans<1> book;
    MarkedRate trades;                     // marked with their quantity
    Kept<MarkedRate, double> trades_then;  // so many seconds on, until they change
    FillIntensity intensity;
    Prices prices;
    MeanReversion funding;  // in days
    double funding_level = 0.0;
    std::int64_t funding_step = 0;  // the multiple of the interval next to the last sample
    Kept<Verdict> funding_mean;     // until the next rate, and so the expected one:
    Kept<Verdict, Duration> funding_expected;  // over a horizon
    explicit State(const LearningConfig& config);
  };

  State* find(InstrumentId id) {
    const std::uint32_t slot = slots_[id.index()];
    return slot == none ? nullptr : &states_[slot];
  }
  const State* find(InstrumentId id) const {
    const std::uint32_t slot = slots_[id.index()];
    return slot == none ? nullptr : &states_[slot];
  }
  bool hear_flow(State& state, Timestamp t, Feed feed);
  void expose(State& state, Timestamp to) const;
  bool depths_seen(const State& state, Timestamp to) const;
  double behind(const State& state, Timestamp now) const;
  template <std::size_t count>
  void pass_held(HeldMeans<count>& means, const std::optional<Timestamp>& from, Timestamp to) const;
  void sample(State& state) const;
  void close_step(Timestamp step);
  static Duration age_of(Timestamp t, Timestamp now) {
    if (now <= t) return {};
    // Two times may be further apart than a Duration is long.
    const std::uint64_t ns = static_cast<std::uint64_t>(now.ns) - static_cast<std::uint64_t>(t.ns);
    return {static_cast<std::int64_t>(std::min<std::uint64_t>(ns, INT64_MAX))};
  }
  Duration allowed_age(const State& state, Feed feed) const {
    return feed == Feed::funding ? allowed_age_of_funding(state) : config_.max_age;
  }
  Duration allowed_age_of_funding(const State& state) const;
  static Finding found(double observations, const std::optional<PointEstimate>& estimate);
  Verdict judge(const Finding& finding) const;
  Verdict verdict(Timestamp now, const State& state, EstimateKind kind) const;
  Verdict of_prices(const State& state, EstimateKind kind) const;
  Verdict of_books(Timestamp now, const State& state, EstimateKind kind) const;
  Verdict of_trades(Timestamp now, const State& state, EstimateKind kind) const;
  Verdict of_funding(const State& state, EstimateKind kind) const;
  const Verdict& mean_of_funding(const State& state) const;
  const Verdict& expected_of_funding(const State& state, Duration horizon) const;
  const Verdict& volatility(const State& state) const {
    return state.prices.volatility.get([&] { return of_prices(state, EstimateKind::volatility); });
  }
  Learned learned(Timestamp now, const State& state, Feed feed, const Verdict& verdict) const;
  Figure figure(Timestamp now, const State& state, Feed feed, const Verdict& verdict) const {
    const auto& heard = state.heard[static_cast<std::size_t>(feed)];
    if (!heard) return {};
    const bool too_old = age_of(*heard, now) > allowed_age(state, feed);
    const Lack lack = too_old ? Lack::too_old : verdict.lack;
    return {lack == Lack::none ? verdict.value : 0.0, *heard, verdict.observations, lack};
  }
  Figure other_figure(Timestamp now, const State& state, EstimateKind kind) const;
  Learned of_pair(Timestamp now,
                  std::size_t i,
                  std::size_t j,
                  std::span<const double> matrix) const;
  std::vector<double> shrunk() const;  // the covariance, by slot

  LearningConfig config_;
  std::vector<InstrumentId> instruments_;
  std::vector<std::uint32_t> slots_;  // by instrument
  std::vector<State> states_;
  EwmaCovariance covariance_;                // of logarithms, by slot, in days
  std::optional<Timestamp> step_;            // begin of the common step under way
  std::optional<Timestamp> closed_;          // of the last one in the covariance
  std::vector<std::optional<double>> logs_;  // scratch
};

}  // namespace ballast
