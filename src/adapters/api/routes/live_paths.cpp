#include "adapters/api/routes/live_paths.hpp"

#include <algorithm>
#include <utility>

#include "base/archive.hpp"
#include "engine/report_factor.hpp"

namespace ballast::api {
namespace {

constexpr std::uint32_t save_version = 1;
constexpr std::size_t points_min = 512;
constexpr std::size_t points_max = 16'384;
constexpr std::size_t factors_sane = 100'000;
/// A desk that runs is heard of at least once a second: shorter is no gap.
constexpr Duration blink = Duration::seconds(5);

}  // namespace

std::size_t LivePaths::capacity(std::size_t factors) const {
  const std::size_t share = budget_bytes_ / sizeof(PathPoint) / std::max<std::size_t>(1, factors);
  return std::clamp(share, points_min, points_max);
}

void LivePaths::resume(const Engine& engine) {
  resumed_ = true;
  const Desk& desk = engine.desk();
  std::vector<Followed> before = std::exchange(factors_, {});
  if (engine.now() < reached_) before.clear();  // a journal that was further: not our past
  for (const FactorConfig& config : desk.factors) {
    std::string key = factor_label(config);
    const auto known =
        std::find_if(before.begin(), before.end(), [&](const Followed& f) { return f.key == key; });
    if (known != before.end()) {
      factors_.push_back(std::move(*known));
    } else {
      factors_.push_back({std::move(key), PathHistory(capacity(desk.factors.size())),
                          Region::unknown, std::nullopt, false});
    }
  }
  if (!engine.started()) return;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    if (factors_[i].seen && engine.now() - reached_ > blink) lose_sight(factors_[i]);
    record(engine, FactorId{i});
  }
  reached_ = engine.now();
}

/// Nobody watched from `reached_` on: not known is what is honest.
void LivePaths::lose_sight(Followed& factor) const {
  PathPoint lost = factor.history.last().value_or(PathPoint{});
  lost.t = reached_;
  lost.known = false;
  factor.history.add(lost);
  factor.history.observe(
      {.t = reached_, .known = false, .out_of_band = false, .z = 0.0, .cause = {}});
  factor.region = Region::unknown;
  factor.seen = false;
}

void LivePaths::follow(const DeskGroup& group) {
  const Engine& engine = group.view.engine;
  if (!resumed_) resume(engine);
  for (const FactorId id : group.factors)
    record(engine, id);
  reached_ = std::max(reached_, engine.now());
}

void LivePaths::replayed(const Engine& engine) {
  if (engine.now() < reached_) return;  // what was saved knows of it, or it is not its past
  if (!resumed_) return resume(engine);
  for (const FactorId id : engine.trace().factors)
    record(engine, id);
  reached_ = std::max(reached_, engine.now());
}

void LivePaths::record(const Engine& engine, FactorId id) {
  Followed& f = factors_[id.index()];
  const FactorState& s = engine.factor(id).state;
  const Reading& reading = engine.reading(id);
  const Timestamp t = engine.now();
  f.history.add({.t = t,
                 .known = reading.known(),
                 .actual = to_double(s.actual),
                 .target = to_double(s.target),
                 .lower = to_double(s.lower),
                 .upper = to_double(s.upper),
                 .limit_lower = to_double(s.limit_lower),
                 .limit_upper = to_double(s.limit_upper)});
  f.history.observe({.t = t,
                     .known = reading.known(),
                     .out_of_band = reading.out_of_band(),
                     .z = reading.z,
                     .cause = to_string(engine.tracker(id).attribution().dominant())});
  if (f.seen && reading.region != f.region) f.since = t;
  if (!f.seen) f.since.reset();
  f.region = reading.region;
  f.seen = true;
}

const PathHistory* LivePaths::path(FactorId id) const {
  return id.index() < factors_.size() ? &factors_[id.index()].history : nullptr;
}

std::optional<Timestamp> LivePaths::state_since(FactorId id) const {
  return id.index() < factors_.size() ? factors_[id.index()].since : std::nullopt;
}

std::string LivePaths::save() const {
  std::string out;
  SaveArchive ar(out);
  std::uint32_t version = save_version;
  Timestamp reached = reached_;
  std::size_t count = factors_.size();
  ar(version, reached, count);
  for (const Followed& f : factors_) {
    Followed copy = f;  // an archive takes what it could also load into
    ar(copy.key, copy.history, copy.region, copy.since, copy.seen);
  }
  return out;
}

Result<void> LivePaths::load(std::string_view bytes) {
  LoadArchive ar(bytes);
  std::uint32_t version = 0;
  Timestamp reached;
  std::size_t count = 0;
  ar(version, reached, count);
  const auto damaged = [] {
    return fail(Errc::corrupt,
                "the saved paths of the charts are damaged, or of another version: "
                "they begin anew");
  };
  if (ar.failed() || version != save_version || count > factors_sane) return damaged();
  std::vector<Followed> loaded;
  for (std::size_t i = 0; i < count && !ar.failed(); ++i) {
    Followed f{{}, PathHistory(capacity(count)), Region::unknown, std::nullopt, false};
    ar(f.key, f.history, f.region, f.since, f.seen);
    if (f.region > Region::unknown) ar.fail();
    loaded.push_back(std::move(f));
  }
  if (ar.failed() || !ar.done()) return damaged();
  factors_ = std::move(loaded);
  reached_ = reached;
  resumed_ = false;
  return {};
}

}  // namespace ballast::api
