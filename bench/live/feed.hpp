// The load: fills and marks at steady rates, by a few sessions, on a thread of its own. Every so
// often a fill takes the probe out of its band, and another one back.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "live/lines.hpp"
#include "live/session.hpp"

namespace ballast::live_bench {

struct FeedPlan {
  std::uint16_t port = 0;
  std::string token;  // of role ingest
  std::uint64_t fills_a_second = 0;
  std::uint64_t marks_a_second = 0;
  double seconds = 0.0;
};

/// After the end; of fills and of marks.
struct FeedPart {
  std::uint64_t sent = 0;
  Answered answered;
  Samples times;
};

struct FeedOutcome {
  FeedPart fills, marks;
  /// Acknowledged, counted from its first id; none of a session in which some were refused, since
  /// answers do not say which were taken.
  std::vector<std::uint64_t> fills_by_session;
  std::uint64_t held_back = 0;  // lines not sent, because too much was unanswered already
  std::uint64_t unanswered = 0;
  Samples lateness;                  // of the generator itself
  std::vector<std::int64_t> probes;  // when each fill that takes the probe out was sent
  double seconds = 0.0;              // until the last answer
};

class Feed {
 public:
  explicit Feed(FeedPlan plan);
  ~Feed();  // ends early
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void start();
  bool running() const { return running_; }
  std::uint64_t fills_answered() const { return fills_answered_; }
  /// Waits for the end; throws Failure where the thread met one.
  FeedOutcome finish();

 private:
  void run();
  void tick(std::uint64_t number, std::int64_t now);
  /// @return how many fills of the probe were appended.
  std::uint64_t append_probe(std::string& out, std::int64_t t, std::int64_t now);
  void send_fills(std::size_t session, std::uint64_t count, std::int64_t now);
  void send_marks(std::size_t session, std::uint64_t count);
  void wait_until(std::int64_t due);
  bool all_done() const;
  void collect();

  const FeedPlan plan_;
  const Lines lines_;
  std::vector<Session> fill_sessions_, mark_sessions_;
  std::vector<std::uint64_t> fills_sent_;
  std::vector<int> prices_;         // of instruments, in hundredths
  std::vector<int> positions_;      // of instruments
  std::vector<std::size_t> turns_;  // which instrument a mark session is at
  std::uint64_t random_ = 1;
  std::int64_t probe_due_ = 0;
  bool probe_out_ = false;
  FeedOutcome outcome_;

  std::thread thread_;
  std::atomic<bool> running_{false};
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> fills_answered_{0};
  std::mutex mutex_;
  std::optional<std::string> failure_;
};

}  // namespace ballast::live_bench
