// ControlRecord: what control did about one factor, counted: proposals by what became of them and
// by action, what they were expected to cost and what their fills did cost, and how long the way
// back took. A proposal counts where it was made; a report's span begins with restart().
// Deterministic; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "control/proposal.hpp"

namespace ballast {

struct ActionTotals {
  std::uint32_t proposals = 0;
  std::uint32_t carried_out = 0;
  double expected_cost = 0.0;  // of those carried out, without funding; reporting currency
  double realised_cost = 0.0;  // of their fills: fees, and the price against the mid
  double quantity = 0.0;       // traded or sent, unsigned, in the factor's unit

  template <class Archive>
  void archive(Archive& ar) {
    ar(proposals, carried_out, expected_cost, realised_cost, quantity);
  }
};

class ControlRecord {
 public:
  static constexpr std::size_t latest_max = 50;
  static constexpr std::size_t times_max = 10'000;

  /// A proposal was made or changed its state; `now` is when.
  void decided(Timestamp now, const Proposal& proposal);
  void carried_out(const Proposal& proposal);
  /// A fill of a proposal; no cost: a price to value it by was missing.
  void traded(Action action, const TradeId& id, std::optional<double> cost, double quantity);
  void tripped() { ++trips_; }
  /// Counts from now on only.
  void restart(Timestamp now);

  std::uint32_t made() const;
  /// By what became of them: those that ended, whose state is final.
  std::uint32_t count(ProposalState state) const {
    return states_[static_cast<std::size_t>(state)];
  }
  std::uint32_t failed(Failure why) const { return failures_[static_cast<std::size_t>(why)]; }
  /// Nothing was possible: proposals of no action.
  std::uint32_t at_a_loss() const { return at_a_loss_; }
  std::uint32_t trips() const { return trips_; }
  const ActionTotals& action(Action action) const {
    return actions_[static_cast<std::size_t>(action)];
  }
  /// Of fills that could not be valued there is no realised cost.
  bool all_valued() const { return unvalued_ == 0; }
  /// From proposal to being back in the band, the median of the latest; nothing without any.
  std::optional<double> median_seconds_back() const;
  /// Oldest first.
  const std::deque<Proposal>& latest() const { return latest_; }
  const Proposal* find(const TradeId& id) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(from_, states_, failures_, at_a_loss_, trips_, unvalued_, actions_, seconds_back_, next_,
       latest_);
  }

 private:
  std::optional<Timestamp> from_;  // proposals made before do not count
  std::array<std::uint32_t, proposal_state_names.size()> states_{};
  std::array<std::uint32_t, failure_names.size()> failures_{};
  std::uint32_t at_a_loss_ = 0;
  std::uint32_t trips_ = 0;
  std::uint32_t unvalued_ = 0;
  std::array<ActionTotals, action_names.size()> actions_{};
  std::vector<double> seconds_back_;  // a ring once it is full
  std::uint64_t next_ = 0;            // its place in a full ring
  std::deque<Proposal> latest_;
};

}  // namespace ballast
