// Recorder: follows an engine for the charts of a report: each factor's path and its excursions.
#pragma once

#include <optional>
#include <vector>

#include "engine/engine.hpp"
#include "engine/path_recorder.hpp"

namespace ballast {

class Recorder {
 public:
  /// Records what happens in [from, to); absent ends are open.
  explicit Recorder(const Engine& engine,
                    std::optional<Timestamp> from = std::nullopt,
                    std::optional<Timestamp> to = std::nullopt);

  /// Before each step, with its event's time: what held when the span began is still there.
  void reach(Timestamp t);
  /// After each step, with its event.
  void follow(const Event& event);
  /// Puts paths and excursions into the report's factors.
  void complete(Report& report) const;

 private:
  void begin(Timestamp t);
  void record(FactorId id, Timestamp t);

  const Engine* engine_;
  std::optional<Timestamp> from_;
  std::optional<Timestamp> to_;
  std::vector<PathRecorder> paths_;
  bool begun_ = false;
};

}  // namespace ballast
