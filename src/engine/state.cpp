// The engine's beginning, and its whole state as bytes.
#include <algorithm>

#include "base/archive.hpp"
#include "control/money.hpp"
#include "engine/engine.hpp"
#include "target/target_stages.hpp"

namespace ballast {
namespace {

/// Bytes of another layout are refused; raise with every change of what archive() writes.
constexpr std::uint32_t layout = 12;

std::vector<TargetPipeline> pipelines(const Desk& desk) {
  std::vector<TargetPipeline> pipelines;
  for (const FactorConfig& factor : desk.factors)
    pipelines.emplace_back(factor);
  return pipelines;
}

std::vector<Tracker> trackers(const Desk& desk, const EngineOptions& options) {
  std::vector<Tracker> trackers;
  for (const FactorConfig& factor : desk.factors) {
    TrackerOptions tracker;
    tracker.grid = desk.grid;
    tracker.report_from = options.from;
    tracker.report_to = options.to;
    tracker.reaction_delay = factor.reaction_delay;
    tracker.keep_hours = options.keep_hours;
    trackers.emplace_back(tracker);
  }
  return trackers;
}

bool reads_net_asset_value(const FactorConfig& factor) {
  return std::holds_alternative<ShareTarget>(factor.target);
}

/// Every instrument whose market is worth watching: stages, quotes, hedges and risk rest on it.
std::vector<InstrumentId> learned_instruments(const Desk& desk) {
  std::vector<InstrumentId> all;
  const auto add = [&](InstrumentId id) {
    if (id.valid() && std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
  };
  for (const FactorConfig& factor : desk.factors) {
    for (const TargetStage& stage : factor.stages) {
      for (const InstrumentId id : instruments(stage))
        add(id);
    }
  }
  for (const JointTargetConfig& joint : desk.joint_targets) {
    for (const JointMember& member : joint.members)
      add(member.instrument);
  }
  for (const QuoteConfig& quote : desk.quotes)
    add(quote.instrument);
  for (const HedgeConfig& hedge : desk.hedges)
    add(hedge.instrument);
  for (const ControlConfig& control : desk.controls)
    add(risk_instrument(desk, control.factor));
  return all;
}

std::size_t risk_factors(const Desk& desk) {
  return std::min(desk.factors.size(), DeskRisk::factors_max);
}

}  // namespace

Engine::Engine(Desk desk, EngineOptions options)
    : desk_(std::move(desk)),
      options_(options),
      books_(desk_),
      market_(desk_),
      learning_(desk_, desk_.learning, learned_instruments(desk_)),
      drifts_(desk_.assets.size()),
      exposures_(desk_),
      option_desk_(desk_),
      net_asset_value_(desk_),
      targets_(pipelines(desk_)),
      trackers_(trackers(desk_, options_)),
      factors_(desk_.factors.size()),
      unknown_(desk_.factors.size(), 1),
      factor_due_(desk_.factors.size()),
      risk_({.factors = risk_factors(desk_)}),
      risk_samples_(risk_factors(desk_)),
      alerts_(desk_),
      control_(desk_),
      profit_(desk_) {
  for (std::size_t i = 0; i < desk_.factors.size(); ++i) {
    if (reads_net_asset_value(desk_.factors[i])) reads_value_.emplace_back(i);
  }
  for (const Instrument& instrument : desk_.instruments) {
    const auto deltas = exposures_.deltas(instrument.base);
    const FactorId delta = deltas.empty() ? FactorId{} : deltas.front();
    routes_.push_back(Route{delta, instrument.base, instrument.inverse()});
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].staged()) staged_.emplace_back(i);
  }
  for (const JointTargetConfig& joint : desk_.joint_targets)
    joint_shares_.emplace_back(joint.members.size());
  trace_.factors.reserve(desk_.factors.size());
}

template <class Archive>
void Engine::archive(Archive& ar) {
  books_.archive(ar);
  market_.archive(ar);
  learning_.archive(ar);
  drifts_.archive(ar);
  exposures_.archive(ar);
  option_desk_.archive(ar);
  ar(option_due_);
  net_asset_value_.archive(ar);
  for (auto& target : targets_)
    target.archive(ar);
  for (auto& tracker : trackers_)
    tracker.archive(ar);
  for (auto& f : factors_)
    ar(f.knowledge, f.defined, f.begun, f.disputes, f.state);
  ar(factor_due_, risk_, alerts_, stops_, profit_, control_, next_retarget_);
  ar(counts_.read, counts_.applied, counts_.duplicate, counts_.refused, counts_.late);
  ar(digest_, now_, started_at_, started_, risk_at_from_, risk_at_from_taken_, span_begun_);
}

StateImage Engine::snapshot() {
  StateImage image;
  image.bytes.reserve(snapshot_bytes_ + snapshot_bytes_ / 8);
  SaveArchive ar(image);
  std::uint32_t version = layout;
  ar(version);
  archive(ar);
  snapshot_bytes_ = image.bytes.size();
  return image;
}

Result<void> Engine::restore(const StateImage& image) {
  LoadArchive ar(image);
  std::uint32_t version = 0;
  ar(version);
  if (version != layout) {
    return fail(Errc::bad_input, "the snapshot has another layout: replay the journal instead");
  }
  archive(ar);
  if (!ar.done() || !stops_.fits(desk_)) {
    return fail(Errc::corrupt, "the snapshot is damaged: replay the journal instead");
  }
  for (std::size_t i = 0; i < factors_.size(); ++i)
    unknown_[i] = factors_[i].knowledge != Knowledge::known ? 1 : 0;
  next_timer_ = now_;  // look with the next event
  snapshot_bytes_ = image.bytes.size();
  return {};
}

}  // namespace ballast
