// The engine: one deterministic state machine over a desk's events.
//
//   Engine engine(desk);
//   for (const Event& event : journal) for (const Effect& effect : engine.step(event)) act(effect);
//
// Time is on the event; the clock is the latest event time seen. An event that comes late changes
// positions, cost and profit as if it had come in order, and changes the path that adherence judges
// from the moment it became known. Timers (dwell, staleness, schedules, overdue transfers) fire at
// their own due time, before the event that lets the clock pass them.
//
// Equal events give equal effects, figures, snapshots and digests, whole or resumed from a
// snapshot, on every compiler. Single-threaded; step() allocates nothing once every name has been
// seen, but for the growing history of fills.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adherence/desk.hpp"
#include "adherence/tracker.hpp"
#include "alert/stops.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "base/state_image.hpp"
#include "book/books.hpp"
#include "control/control.hpp"
#include "engine/due_times.hpp"
#include "engine/profit.hpp"
#include "engine/report.hpp"
#include "exposure/exposures.hpp"
#include "exposure/net_asset_value.hpp"
#include "market/learning.hpp"
#include "market/market.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"
#include "portfolio/option_desk.hpp"
#include "quant/control/joint_target.hpp"
#include "target/target_pipeline.hpp"

namespace ballast {

struct AccountMargin;  // control/account_margin.hpp
struct MarginDetail;

struct EngineOptions {
  /// The span that report() speaks of; absent ends are the first and the last event's time.
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  /// Keep finished calendar hours for take_finished_hours(); whoever sets it must take them.
  bool keep_hours = false;
};

/// Why a factor is unknown; `known` when it is not.
enum class Knowledge : std::uint8_t {
  known,
  no_price,       // an exposure needs a price that is missing
  no_target,      // the target model lacks an input
  stale,          // an input is older than max_age, or has never come
  disputed,       // a reconciliation break is open on one of its positions
  out_of_range,   // a level left the range in which deviations are exact
  no_volatility,  // options need a forward or a volatility that is missing
};
std::string_view to_string(Knowledge knowledge);

/// One factor as the engine has it now.
struct FactorNow {
  Knowledge knowledge = Knowledge::known;
  bool defined = false;  // actual and target can be computed, if only from old inputs
  bool begun = false;    // the tracker has seen its first state
  std::uint32_t disputes = 0;
  FactorState state;  // the last that could be computed
};

/// What the last step changed, for sinks that follow along; each list may name a thing twice.
struct StepTrace {
  bool applied = false;  // the event was taken: neither a duplicate nor refused
  std::vector<PositionId> positions;
  std::vector<std::pair<AccountId, AssetId>> balances;
  std::vector<FactorId> factors;  // whose state moved

  void clear() {
    applied = false;
    positions.clear();
    balances.clear();
    factors.clear();
  }
};

/// One line of an explanation; `depth` indents it under the line before.
struct Explanation {
  int depth = 0;
  std::string label;
  std::string value;
};

class Engine final : private Readings, private Situation {
 public:
  explicit Engine(Desk desk, EngineOptions options = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() override = default;

  /// The only way state changes. The effects are valid until the next call.
  std::span<const Effect> step(const Event& event);

  /// Optional, in the order of events, best two of them ahead: hints the memory system that `event`
  /// is to come. Changes nothing that shows.
  void announce(const Event& event);

  /// Lets time pass to `t` without an event: timers fire, windows go on. Not part of the digest.
  std::span<const Effect> pass_time(Timestamp t);

  /// When control may next decide something without an event; nothing where it controls nothing.
  std::optional<Timestamp> wakes() const;

  const Desk& desk() const override { return desk_; }
  bool started() const { return started_; }
  Timestamp now() const override { return now_; }
  Timestamp started_at() const { return started_at_; }
  const EventCounts& counts() const { return counts_; }
  /// A running hash of every event and of the state it led to.
  const Digest& digest() const { return digest_; }

  const Books& books() const override { return books_; }
  const Market& market() const override { return market_; }
  const MarketLearning& learning() const override { return learning_; }
  const Control& control() const { return control_; }
  const Alerts& alerts() const { return alerts_; }
  const Stops& stops() const { return stops_; }
  const FactorNow& factor(FactorId id) const { return factors_[id.index()]; }
  const Reading& reading(FactorId id) const { return trackers_[id.index()].reading(); }
  const Tracker& tracker(FactorId id) const { return trackers_[id.index()]; }
  Tracker& tracker(FactorId id) { return trackers_[id.index()]; }
  const StepTrace& trace() const { return trace_; }
  const ProfitAttribution& profit() const { return profit_; }

  const OptionDesk& options() const override { return option_desk_; }
  const Exposures& exposures() const { return exposures_; }
  /// Of Desk::margins, by index. Errors: stale_data, naming what is missing or too old.
  Result<AccountMargin> margin(std::size_t index) const;
  Result<MarginDetail> margin_detail(std::size_t index) const;
  /// As if all that is in flight filled: what hedges and the rail count on.
  Result<AccountMargin> margin_in_flight(std::size_t index) const;
  const TargetPipeline& target(FactorId id) const { return targets_[id.index()]; }
  /// What a factor's target is worked out from now.
  Inventory inventory(FactorId id) const;
  /// How old the oldest price or statement is that a factor rests on; nothing when it rests on none
  /// that ages, or on one that never came.
  std::optional<Duration> input_age(FactorId id) const;

  /// Everything in FORMATS section 3 but the chart's path, at the clock or at options.to.
  Report report() const;
  /// What report() says of one factor.
  FactorReport factor_report(FactorId id) const;
  /// Calendar hours that finished since the last call (options.keep_hours): fn(FactorId, Summary).
  template <class Fn>
  void take_finished_hours(Fn&& fn) {
    for (std::size_t i = 0; i < trackers_.size(); ++i) {
      if (!trackers_[i].has_finished_hours()) continue;
      for (const Summary& hour : trackers_[i].take_finished_hours())
        fn(FactorId{i}, hour);
    }
  }
  /// What a factor's number is made of: positions, exposure, target, band, causes.
  std::vector<Explanation> explain(FactorId id) const;
  /// How its target came about: each stage with its inputs, their ages, and what it did.
  std::vector<Explanation> explain_target(FactorId id) const;
  /// The latest proposal about a factor: what was weighed, what was done, what came of it.
  std::vector<Explanation> explain_proposal(FactorId id) const;
  /// The same of a proposal that it remembers of the factor.
  std::vector<Explanation> explain_proposal(FactorId id, const Proposal& proposal) const;
  /// The whole state as bytes; restore() gives an engine that goes on exactly as this one would.
  /// The fills of the past are in blocks, shared with the engine and those of earlier images.
  StateImage snapshot();
  /// Restores into a fresh engine of the same desk, which then shares the image's blocks; an error
  /// leaves it unusable.
  Result<void> restore(const StateImage& image);

 private:
  // step, by kind of event (engine.cpp)
  void take(const Fill& fill, Timestamp t);
  void take(const Correct& correct, Timestamp t);
  void take(const Bust& bust, Timestamp t);
  void take(const BalanceChange& change, Timestamp t);
  void take(const Transfer& transfer, Timestamp t);
  void take(const FundingPayment& payment, Timestamp t);
  void take(const Statement& statement, Timestamp t);
  void take(const Mark& mark, Timestamp t);
  void take(const Top& top, Timestamp t);
  void take(const Trade& trade, Timestamp t);
  void take(const FundingRate& rate, Timestamp t);
  void take(const Surface& surface, Timestamp t);
  void take(const TargetOverride& change, Timestamp t);
  void take(const Acknowledge& event, Timestamp t);
  void take(const Shelve& event, Timestamp t);
  void take(const Tick& tick, Timestamp t);
  void take(const Depth& depth, Timestamp t);
  void take(const Drift& drift, Timestamp t);
  void take(const Order& order, Timestamp t);
  void take(const Quote& quote, Timestamp t);
  void take(const Decision& decision, Timestamp t);
  void take(const Approve& approve, Timestamp t);
  void take(const Kill& kill, Timestamp t);
  void take(const Rearm& rearm, Timestamp t);
  void take(const ChannelBalance& statement, Timestamp t);
  void take(const Audit& audit, Timestamp t);
  void take(const Receipt& receipt, Timestamp t);

  /// What an event of an instrument leads to.
  struct Route {
    FactorId delta;  // the first of its base asset; may be invalid
    AssetId base;
    bool inverse = false;
  };
  /// A fill or a price that is to come.
  struct Ahead {
    Timestamp t{};
    FactorId delta;              // may be invalid
    bool moves_exposure = true;  // beside the price
    std::optional<Books::Announced> fill;
  };

  void prefetch_state(Ahead& ahead) const;
  void prefetch_rest(const Ahead& ahead) const;
  void start(Timestamp t);
  void booked(const Outcome& outcome, const TradeId& id, Cause cause);
  void priced(const MarketChange& change, InstrumentId instrument, AssetId asset);
  void refuse(Refusal why, const TradeId& id);
  void raise_breaks();
  void shift_channel(const RouteConfig& route, Amount qty);
  void dispute(const DisputeChange& change);
  void wake(InstrumentId instrument);
  void wake(AssetId asset, int conversions);
  void touch_valued();
  void count_options();
  void wake_options();
  void digest_step();

  // factors (factors.cpp)
  Timestamp oldest_input(FactorId id) const;
  Timestamp fresh_until(FactorId id) const;
  Knowledge judge(FactorId id, const std::optional<Plan>& plan, Timestamp fresh) const;
  void settle(Cause cause, bool hedging);
  void refresh(FactorId id, Cause cause);
  void run_timers(Timestamp until);
  void begin_span(Timestamp t);
  void run_control();
  void raise_stops(std::size_t before);
  // targets that follow the market (retarget.cpp)
  void retarget(Timestamp due);
  void solve_joint_targets();
  void solve_joint_target(const JointTargetConfig& joint, std::vector<JointShare>& shares);
  StageWorld stage_world(FactorId id) const;
  void learn(const MarketChange& change);
  void sample_risk();
  FactorReport factor_report(FactorId id, const Summary& summary) const;
  void report_adherence(Report& report) const;
  void report_holdings(Report& report) const;
  void report_alerts(Report& report) const;
  void report_control(Report& report) const;
  bool price_like(const FactorConfig& config) const;
  void explain_positions(FactorId id, std::vector<Explanation>& lines) const;
  void explain_actual(FactorId id, std::vector<Explanation>& lines) const;
  std::optional<double> desk_adherence_over(Window window, Timestamp at) const;

  std::optional<double> value(FactorId factor,
                              Measure measure,
                              Window window,
                              Timestamp at) const override;

  // What control asks (situation.cpp).
  const FactorState* known_state(FactorId id) const override;
  std::string_view why_unknown(FactorId id) const override;
  std::optional<double> half_life_seconds(FactorId id) const override;
  std::string_view dominant_cause(FactorId id) const override;

  template <class Archive>
  void archive(Archive& ar);

  const Desk desk_;
  EngineOptions options_;
  Books books_;
  Market market_;
  MarketLearning learning_;
  Drifts drifts_;
  Exposures exposures_;
  OptionDesk option_desk_;
  Timestamp option_due_ = DueTimes::never;  // when time reprices options
  NetAssetValue net_asset_value_;
  std::vector<TargetPipeline> targets_;
  std::vector<Tracker> trackers_;
  std::vector<FactorNow> factors_;
  std::vector<std::uint8_t> unknown_;  // by factor, derived, so that a mark of known ones is cheap
  DueTimes factor_due_;
  DeskRisk risk_;
  std::vector<RiskSample> risk_samples_;
  TrackingTotals risk_at_from_;  // when the report's span began
  bool risk_at_from_taken_ = false;
  bool span_begun_ = false;  // options_.from was passed
  Alerts alerts_;
  Stops stops_;
  Control control_;
  ProfitAttribution profit_;
  std::vector<Route> routes_;          // by instrument, derived
  std::array<Ahead, 2> ahead_;         // the last two announced: no state, only speed
  std::vector<FactorId> reads_value_;  // factors whose target follows price or net asset value
  std::vector<FactorId> staged_;       // factors whose target follows the market
  std::vector<std::vector<JointShare>> joint_shares_;  // by joint target and member
  Timestamp next_retarget_ = DueTimes::never;
  JointTargetProgram joint_program_;
  StepTrace trace_;
  std::vector<Effect> effects_;
  EventCounts counts_;
  Digest digest_;
  Timestamp now_{};
  Timestamp next_timer_ = DueTimes::never;  // derived: nothing is due before it
  Timestamp started_at_{};
  bool started_ = false;
  std::size_t snapshot_bytes_ = 0;  // how many the last one took: no state, only speed
};

}  // namespace ballast
