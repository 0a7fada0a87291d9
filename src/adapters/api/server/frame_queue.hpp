// FrameQueue: what a client of the stream is still to be sent. Any thread puts in; the connection
// takes out, one at a time. The first is the one that is being written.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/api/server/stream_hub.hpp"

namespace ballast::api {

class FrameQueue {
 public:
  /// True when nothing was being written, so that the caller must begin. Nothing after close().
  bool put(Frame frame) {
    const std::lock_guard guard(mutex_);
    if (closed_) return false;
    bytes_ += frame->size();
    frames_.push_back(std::move(frame));
    if (frames_.size() > 1) return false;
    since_ = std::chrono::steady_clock::now();
    return true;
  }
  /// The one to write. Requires that there is one.
  Frame first() const {
    const std::lock_guard guard(mutex_);
    return frames_.front();
  }
  /// It was written. True when another one follows.
  bool written() {
    const std::lock_guard guard(mutex_);
    bytes_ -= frames_.front()->size();
    frames_.pop_front();
    since_ = frames_.empty() ? std::nullopt : std::optional(std::chrono::steady_clock::now());
    return !frames_.empty();
  }
  /// Drops all but the one that is being written. False when it was closed before.
  bool close() {
    const std::lock_guard guard(mutex_);
    if (std::exchange(closed_, true)) return false;
    for (; frames_.size() > 1; frames_.pop_back())
      bytes_ -= frames_.back()->size();
    return true;
  }
  StreamPeer::Backlog backlog() const {
    const std::lock_guard guard(mutex_);
    return {bytes_, since_};
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Frame> frames_;
  std::size_t bytes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> since_;  // the first one is being written
  bool closed_ = false;
};

}  // namespace ballast::api
