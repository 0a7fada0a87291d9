// Projector: turns what each step of an engine changed into projection rows.
//
// follow() after every step remembers which positions and balances moved, and flush() writes each
// of them once. Everything else is written as it comes, hours before each commit, so that the rows
// do not depend on where groups end. Under load positions and balances are written only every
// flush_interval: a random position stands on a page of its own, and writing those pages with every
// group costs more than all the rest. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/store/projections.hpp"
#include "engine/engine.hpp"

namespace ballast {

class Projector {
 public:
  /// Both must outlive it.
  Projector(Engine& engine, Projections& out) : engine_(&engine), out_(&out) {}

  /// After the step that event `seq` made.
  void follow(std::uint64_t seq, const Event& event, std::span<const Effect> effects);
  /// The positions and balances of a step whose other rows the journal holds already.
  void follow_again();
  /// The hours that the engine finished. Looks at every factor: not for every event.
  void put_finished_hours();
  /// Before a commit; `now` is the caller's clock.
  void flush_if_due(Timestamp now);
  /// Before the last commit of a run, and before a snapshot.
  void flush();
  /// Before the last commit of a run: the hour that is not over, too.
  void flush_open_hours();

  static constexpr Duration flush_interval = Duration::milliseconds(250);

 private:
  template <class Item>
  struct Touched {  // each once, in order of touching
    std::vector<Item> items;
    std::vector<bool> seen;
    void add(std::size_t index, const Item& item);
    void clear();
    std::vector<std::size_t> indices;
  };

  void put_fill(std::uint64_t seq, Timestamp t, const Fill& fill);
  void put_changed_fill(const FillKey& key);
  void put_effect(const Effect& effect);
  void put_alert(const AlertTransition& transition, Timestamp t);
  void put_break(const BreakChange& change, Timestamp t);
  void put_position(PositionId id);
  void put_balance(AccountId account, AssetId asset);
  void put_transfer(const TradeId& id, Timestamp t);
  void put_audit(std::uint64_t seq, Timestamp t, const Audit& audit);
  void put_hour(FactorId id, const Summary& hour);

  Engine* engine_;
  Projections* out_;
  std::optional<Timestamp> flushed_;
  Touched<PositionId> positions_;
  Touched<std::pair<AccountId, AssetId>> balances_;
  std::string fees_;
  std::string funding_;
};

/// The bytes of a summary as a row holds them, and back.
std::string summary_bytes(const Summary& summary);
Result<Summary> summary_from(std::string_view bytes);

}  // namespace ballast
