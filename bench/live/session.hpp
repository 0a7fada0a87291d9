// A session: one POST /api/v1/events whose body of lines goes on as long as the load does, and
// whose answer tells after every batch what became of it. Of one thread.
//
// The service cuts the stream into batches as it likes; answers come in order, so that counting
// their lines tells which of ours have been answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "live/basics.hpp"
#include "live/sockets.hpp"

namespace ballast::live_bench {

/// What a session's answers said so far.
struct Answered {
  std::uint64_t applied = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t conflated = 0;
  std::uint64_t refused = 0;
  std::uint64_t last_seq = 0;
  std::string first_refusal;  // an answer with one, as it came
  std::uint64_t lines() const { return applied + duplicate + conflated + refused; }
};

class Session {
 public:
  Session(std::uint16_t port, std::string_view token);

  /// Lines are appended to what begin_batch() returns, until end_batch() sends them.
  std::string& begin_batch();
  void end_batch(std::uint64_t lines);
  /// The body ends.
  void finish();

  int fd() const { return socket_.get(); }
  /// Something waits for the socket to take it.
  bool wants_to_write() const { return sent_ < out_.size(); }
  void write();
  void read();

  /// All was sent and answered, and the answer has ended.
  bool done() const { return total_seen_; }
  std::uint64_t unanswered() const { return lines_sent_ - answered_.lines(); }
  const Answered& answered() const { return answered_; }
  /// From sending a batch until its last line was answered.
  const Samples& times() const { return times_; }

 private:
  struct Batch {
    std::uint64_t last_line = 0;
    std::int64_t sent = 0;
  };
  void take_line(std::string_view line);

  Descriptor socket_;
  std::string out_;
  std::size_t sent_ = 0;          // of `out_`
  std::size_t batch_begins_ = 0;  // in `out_`
  std::string in_;
  bool head_seen_ = false;
  bool total_seen_ = false;
  std::uint64_t lines_sent_ = 0;
  std::deque<Batch> batches_;  // not yet answered
  Answered answered_;
  Samples times_;
};

}  // namespace ballast::live_bench
