// ToldItems: the items of a channel as it was last told of them, so that only what differs is told.
//
// Items come in groups that are made anew one at a time (the proposals of a factor), or in one.
// What is gone is told once more as it ended, where that is known, and taken away with the next
// change. Not thread-safe.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/stream.hpp"

namespace ballast::api {

class ToldItems {
 public:
  using Items = std::vector<std::pair<std::string, std::string>>;  // key, JSON
  using Ended = std::function<std::optional<std::string>(const std::string& key)>;

  /// The group's items are these now.
  void replace(std::size_t group, Items items, const Ended& ended, ChannelChange& change) {
    auto& told = groups_[group];
    std::map<std::string, std::string> now;
    for (auto& [key, json] : items) {
      const auto before = told.find(key);
      if (before == told.end() || before->second != json) change.items.emplace_back(key, json);
      now.insert_or_assign(key, std::move(json));
    }
    for (const auto& [key, json] : told) {
      if (now.contains(key)) continue;
      const auto last = ended ? ended(key) : std::nullopt;
      if (last) {
        change.items.emplace_back(key, *last);
        leaving_.push_back(key);
      } else {
        change.removed.push_back(key);
      }
    }
    told = std::move(now);
  }
  /// Takes away what was told as ended before.
  void sweep(ChannelChange& change) {
    for (std::string& key : std::exchange(leaving_, {}))
      change.removed.push_back(std::move(key));
  }
  void clear() {
    groups_.clear();
    leaving_.clear();
  }

 private:
  std::map<std::size_t, std::map<std::string, std::string>> groups_;
  std::vector<std::string> leaving_;
};

}  // namespace ballast::api
