#include "runtime/recorder.hpp"

namespace ballast {

Recorder::Recorder(const Engine& engine, std::optional<Timestamp> from, std::optional<Timestamp> to)
    : engine_(&engine), from_(from), to_(to), paths_(engine.desk().factors.size()) {}

void Recorder::reach(Timestamp t) {
  if (!begun_ && from_ && t >= *from_ && engine_->started()) begin(*from_);
}

void Recorder::begin(Timestamp t) {
  begun_ = true;
  for (std::size_t i = 0; i < paths_.size(); ++i)
    record(FactorId{i}, t);
}

void Recorder::follow(const Event& event) {
  const Timestamp now = engine_->now();
  if ((from_ && now < *from_) || (to_ && now >= *to_)) return;
  if (!begun_) begin(now);  // the first event of all
  for (const FactorId id : engine_->trace().factors)
    record(id, now);
  const auto* const fill = std::get_if<Fill>(&event.body);
  const bool hedge =
      fill != nullptr && (fill->origin == Origin::hedge || fill->origin == Origin::rebalance);
  if (!hedge || !engine_->trace().applied) return;
  for (const FactorId id : engine_->trace().factors)
    paths_[id.index()].hedged(now);
}

void Recorder::record(FactorId id, Timestamp t) {
  const FactorState& s = engine_->factor(id).state;
  const Reading& reading = engine_->reading(id);
  PathRecorder& path = paths_[id.index()];
  path.add({.t = t,
            .known = reading.known(),
            .actual = to_double(s.actual),
            .target = to_double(s.target),
            .lower = to_double(s.lower),
            .upper = to_double(s.upper),
            .limit_lower = to_double(s.limit_lower),
            .limit_upper = to_double(s.limit_upper)});
  path.observe({.t = t,
                .known = reading.known(),
                .out_of_band = reading.out_of_band(),
                .z = reading.z,
                .cause = to_string(engine_->tracker(id).attribution().dominant())});
}

void Recorder::complete(Report& report) const {
  for (std::size_t i = 0; i < paths_.size() && i < report.factors.size(); ++i) {
    report.factors[i].path = paths_[i].path();
    report.factors[i].excursion_list = paths_[i].excursions();
    report.factors[i].hedges = paths_[i].hedges();
  }
}

}  // namespace ballast
