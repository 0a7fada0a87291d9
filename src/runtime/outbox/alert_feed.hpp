// AlertFeed: what a live desk does, as news for the outbox.
//
// An observer of the desk: everything runs on the desk's thread. After a restart, whoever replays
// the journal hands the effects of each replayed event to replayed(), and calls reconcile() before
// the desk starts: what the outbox has seen already it ignores, so nothing is lost or doubled.
#pragma once

#include <mutex>
#include <optional>
#include <span>

#include "engine/engine.hpp"
#include "runtime/live_desk.hpp"
#include "runtime/outbox/outbox.hpp"

namespace ballast {

class AlertFeed final : public LiveObserver {
 public:
  /// `outbox` outlives it.
  AlertFeed(Outbox& outbox, AlertSettings settings)
      : outbox_(&outbox), settings_(std::move(settings)) {}

  /// From now on; any thread.
  void configure(AlertSettings settings);

  void on_group(const LiveGroup& group) override;
  void on_reload(const LiveView& view) override;

  void take(const Engine& engine, Timestamp now, std::span<const SeqEffect> effects);
  void replayed(const Engine& engine, std::uint64_t seq, std::span<const Effect> effects);
  /// Ends what was told and the desk knows no longer, and tells what fires and was not told: after
  /// a start or a reload, when the configuration may be another.
  void reconcile(const Engine& engine, Timestamp now);

 private:
  AlertSettings settings() const;

  Outbox* outbox_;
  mutable std::mutex mutex_;
  AlertSettings settings_;
};

/// What an effect is to those outside; nothing when nobody is told of its like.
std::optional<AlertNews> news_of(const Engine& engine,
                                 const AlertSettings& settings,
                                 const Effect& effect,
                                 std::uint64_t seq);

}  // namespace ballast
