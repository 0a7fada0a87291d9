// Alerts on their way out of a live desk: sinks with their clients, the outbox beside the journal,
// and the feed that observes the desk.
//
//   open()                 before the journal is replayed, or its snapshot loaded
//   feed().replayed(...)   with the effects of each event that is replayed behind the snapshot
//   feed().reconcile(...)  once the engine is up to date
//   desk.observe(feed())   before the desk starts
//   start()                once it runs
//   stop(grace)            after it was drained, so that its last words go out
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/alert_settings.hpp"
#include "ports/http_client.hpp"
#include "runtime/outbox/alert_feed.hpp"
#include "runtime/outbox/outbox.hpp"

namespace ballast {

/// A sink and the client that it sends with.
struct SinkWithClient {
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<AlertSink> sink;
};
/// `folder`: of the configuration, for its relative paths.
Result<SinkWithClient> open_sink(const SinkSettings& settings, const std::string& folder);

/// All sinks of a configuration, and what they send with.
struct OpenSinks {
  std::vector<std::unique_ptr<HttpClient>> clients;
  std::vector<std::unique_ptr<AlertSink>> sinks;
};
Result<OpenSinks> open_sinks(const AlertSettings& settings, const std::string& folder);

class AlertsOut {
 public:
  struct Options {
    std::string desk;               // its name
    std::string folder;             // of the configuration
    std::string journal;            // its file; the outbox stands beside it
    std::uint64_t journal_seq = 0;  // its last event
  };
  static Result<std::unique_ptr<AlertsOut>> open(const AlertSettings& settings,
                                                 const Options& options);

  /// On the desk's thread, once its new configuration cannot fail any more: what waits for sinks
  /// that are no longer there is dropped.
  void reconfigure(const AlertSettings& settings, OpenSinks sinks);

  AlertFeed& feed() { return feed_; }
  void start() { outbox_->start(); }
  void stop(Duration grace) { outbox_->stop(grace); }
  /// Any thread.
  std::vector<SinkHealth> health() const { return outbox_->health(); }
  std::optional<Error> failure() const { return outbox_->failure(); }
  /// What waited for sinks that are configured no longer, a sentence each: for the log.
  std::vector<std::string> dropped() const { return outbox_->dropped(); }

 private:
  using Clients = std::vector<std::unique_ptr<HttpClient>>;
  AlertsOut(Clients clients, std::unique_ptr<Outbox> outbox, AlertSettings settings);

  Clients clients_;
  std::unique_ptr<Outbox> outbox_;
  AlertFeed feed_;
};

}  // namespace ballast
