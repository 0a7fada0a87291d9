// One channel of the stream: the latest text of each item, and what changed since any earlier seq.
//
// Each application that changes something is one seq. What a client lacks since seq s is every item
// whose last change is later, in its latest text: so conflation costs nothing, and a client that
// was away resumes like one that is slow. Items that are gone are remembered up to a bound; what is
// older than the last one forgotten gets a snapshot. Frames are made once for all who need the same
// one. Not thread-safe: the hub locks.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/stream.hpp"
#include "base/timestamp.hpp"

namespace ballast::api {

/// A text message, shared by all it is sent to.
using Frame = std::shared_ptr<const std::string>;

class ChannelState {
 public:
  /// `first_seq`: later than every seq of an earlier run, so that none of those can be resumed.
  ChannelState(std::string name, std::uint64_t first_seq, std::size_t history);

  void apply(Timestamp now, const ChannelChange& change);

  std::uint64_t seq() const { return seq_; }
  /// Whether every change after `seq` is still known.
  bool can_resume(std::uint64_t seq) const { return floor_ <= seq && seq <= seq_; }

  /// What a client needs that has seen everything up to `seen`, or nothing at all: a snapshot when
  /// it cannot be told by changes; null when it has everything.
  Frame since(std::optional<std::uint64_t> seen);

 private:
  struct Item {
    std::string key;
    std::string text;           // JSON; empty when it is gone
    std::uint64_t changed = 0;  // the seq
    bool gone = false;
  };
  using Items = std::list<Item>;

  bool set(const std::string& key, const std::string& text, std::uint64_t seq);
  bool remove(const std::string& key, std::uint64_t seq);
  bool remove_others(const ChannelChange& whole, std::uint64_t seq);
  void forget();
  Frame render(std::optional<std::uint64_t> seen) const;

  const std::string name_;
  const std::size_t history_;
  std::uint64_t seq_;
  std::uint64_t floor_;
  Timestamp time_;
  Items items_;  // in the order of their last changes
  Items gone_;   // the same
  std::map<std::string, Items::iterator, std::less<>> by_key_;
  std::vector<std::pair<std::optional<std::uint64_t>, Frame>> rendered_;  // of the present seq
};

}  // namespace ballast::api
