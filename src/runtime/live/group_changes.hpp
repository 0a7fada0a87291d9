// GroupChanges: what the events of a group changed, each thing once, in order of the first change.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "engine/engine.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {

class GroupChanges {
 public:
  /// After the step that event `seq` made.
  void follow(std::uint64_t seq,
              const Event& event,
              std::span<const Effect> effects,
              const Engine& engine) {
    if (events_++ == 0) first_seq_ = seq;
    last_seq_ = seq;
    const StepTrace& trace = engine.trace();
    for (const FactorId id : trace.factors)
      factors_.add(id.index(), id);
    for (const PositionId id : trace.positions)
      positions_.add(id.index(), id);
    for (const auto& [account, asset] : trace.balances)
      balances_.add(account.index() * engine.desk().assets.size() + asset.index(),
                    {account, asset});
    for (const Effect& effect : effects)
      effects_.push_back({seq, effect});
    if (!routine(event.body)) notable_.push_back(event);
  }

  std::uint64_t events() const { return events_; }
  /// @param commit_seconds  how long making it durable took.
  LiveGroup group(const LiveView& view, double commit_seconds) const {
    return {view,           first_seq_,       last_seq_,       commit_seconds,
            factors_.items, positions_.items, balances_.items, effects_,
            notable_};
  }
  void clear() {
    events_ = first_seq_ = last_seq_ = 0;
    factors_.clear();
    positions_.clear();
    balances_.clear();
    effects_.clear();
    notable_.clear();
  }

 private:
  template <class Item>
  struct Once {
    std::vector<Item> items;
    std::vector<std::size_t> indices;
    std::vector<bool> seen;
    void add(std::size_t index, const Item& item) {
      if (index >= seen.size()) seen.resize(index + 1);
      if (seen[index]) return;
      seen[index] = true;
      indices.push_back(index);
      items.push_back(item);
    }
    void clear() {
      for (const std::size_t index : indices)
        seen[index] = false;
      indices.clear();
      items.clear();
    }
  };
  static bool routine(const EventBody& body) {
    return std::holds_alternative<Mark>(body) || std::holds_alternative<Top>(body) ||
           std::holds_alternative<Trade>(body) || std::holds_alternative<Depth>(body) ||
           std::holds_alternative<Tick>(body);
  }

  std::uint64_t events_ = 0, first_seq_ = 0, last_seq_ = 0;
  Once<FactorId> factors_;
  Once<PositionId> positions_;
  Once<std::pair<AccountId, AssetId>> balances_;
  std::vector<SeqEffect> effects_;
  std::vector<Event> notable_;
};

}  // namespace ballast
