// Metrics: what the service measures of itself, as Prometheus reads it. The table of all of them is
// in metric_table.hpp.
//
// The desk's thread copies a few figures at most every 100 ms (and what costs more to ask for in
// turns, a tenth of the factors each time); HTTP counts its requests as it answers them; the stream
// and the sinks are asked when somebody scrapes. Rendering happens on the thread that wants it and
// never holds up the desk.
//
// Labels are bounded: factors, venues, routes and sinks beyond their cap are one `other`, under
// which counters are summed and gauges not given, and `ballast_metrics_capped` counts them. A
// figure that is not known has no series.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "runtime/feed_health.hpp"
#include "runtime/live_desk.hpp"

namespace ballast::metrics {

inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

struct HttpAnswer {
  std::string_view method;
  std::string_view route;  // its pattern, "/api/v1/targets/{key}"; empty: none fits
  int status = 0;
  std::string_view role;  // of the token; empty: none
  double seconds = 0.0;   // from the request's head on
};
struct StreamFigures {
  std::uint64_t clients = 0;
  std::uint64_t messages = 0;  // since the start, like `dropped`
  std::uint64_t dropped = 0;
};
struct SinkFigures {
  std::string sink;
  std::uint64_t queued = 0;
  std::uint64_t delivered = 0;  // since the start, like `given_up`
  std::uint64_t given_up = 0;
  bool failing = false;  // the last attempt has failed
};

struct MetricsOptions {
  Duration copy_every = Duration::milliseconds(100);
  Duration adherence_every = Duration::seconds(1);  // a factor's turn comes so often
  std::size_t factors_max = 500, venues_max = 100, routes_max = 200, sinks_max = 50;
};

class Metrics {
 public:
  explicit Metrics(const MetricsOptions& options = {});
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  // ---- the desk's thread (live_metrics.hpp calls these)
  /// Every group's, empty or not.
  void count(std::span<const SeqEffect> effects, double commit_seconds);
  /// Whether enough time passed since the last copy().
  bool copy_due() const;
  void copy(const Engine& engine, const LiveFigures& live, std::span<const VenueHealth> venues);
  /// The desk was configured anew.
  void forget_names();

  // ---- any thread
  void count(const HttpAnswer& answer);
  std::string render() const;

  // ---- before anybody scrapes; asked on the thread that renders
  void ask_stream(std::function<StreamFigures()> stream);
  void ask_sinks(std::function<std::vector<SinkFigures>()> sinks);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast::metrics
