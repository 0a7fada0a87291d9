// The desk's quotes: for each configured instrument a two-sided quote around the mid that leans
// against a factor's deviation from its target, worked out when the market or the factor moved, at
// most once an interval, and asked for when it changed by enough.
//
// A side is pulled at the factor's limit, below the venue's minima, by a guard rail, and both are
// while the factor, the mid or an estimate that the model needs is unknown: with the reason in the
// quote. Deterministic; not thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "control/arbiter.hpp"
#include "control/gate.hpp"
#include "control/joint_quotes.hpp"
#include "control/quote_record.hpp"
#include "control/skew_models.hpp"

namespace ballast {

class Quoting {
 public:
  explicit Quoting(const Desk& desk);

  void on_market(InstrumentId id, Timestamp now);
  void on_factor(FactorId id, Timestamp now);
  /// What is quoted in an instrument, as somebody says: also what we asked for ourselves.
  void on_quote(const Quote& quote, Timestamp now);
  /// A fill of a quote: what it took stands there no more.
  void on_fill(const Fill& fill, Timestamp now);
  /// Looks at every quote again as soon as its interval allows.
  void wake(Timestamp now);
  /// `never` (the latest time there is) when nothing is due.
  Timestamp next_due() const { return next_due_; }

  /// @param leaning  whether quotes lean against a factor; else they are symmetric.
  void run_due(const Situation& situation,
               const OpenOrders& orders,
               const KillSwitches& switches,
               Gate& gate,
               const std::function<bool(FactorId)>& leaning,
               std::vector<Effect>& effects);
  /// Our quotes in the order's instrument without a side that the order would trade with; nothing
  /// when we keep none there.
  std::optional<OwnQuote> left_beside(const Order& order) const;
  /// Pulls a side of ours that an order would trade with; it is quoted again with the next look.
  void step_aside(const Situation& situation, const Order& order, std::vector<Effect>& effects);
  /// Pulls what a kill switch covers, now.
  void pull(const Situation& situation,
            const KillSwitches& switches,
            Gate& gate,
            std::vector<Effect>& effects);

  /// The flow that leaning against the deviation attracts; nothing when no quote leans, or its
  /// estimates are unknown.
  std::optional<SkewFlow> flow(const Situation& situation,
                               FactorId factor,
                               const Deviation& deviation);
  /// Our quotes in an instrument; nullptr when we keep none there.
  const OwnQuote* own(InstrumentId id) const;
  /// How a quote, by its place in Desk::quotes, was kept.
  const QuoteRecord& record(std::size_t index) const { return slots_[index].record; }
  /// What of it stands now.
  const OwnQuote& standing(std::size_t index) const { return slots_[index].own; }
  void restart_records(Timestamp now);

  template <class Archive>
  void archive(Archive& ar) {
    for (Slot& slot : slots_)
      ar(slot.own, slot.due, slot.looked, slot.ever_looked, slot.record);
    ar(joint_);
    if constexpr (Archive::loading) schedule();
  }

 private:
  struct Slot {
    OwnQuote own;
    Timestamp due{};
    Timestamp looked{};
    bool ever_looked = false;
    QuoteRecord record;
  };
  /// Why each side is pulled, where it is.
  struct Pulls {
    std::string bid;
    std::string ask;
  };

  void schedule();
  std::optional<SkewInput> input_of(const Situation& situation,
                                    std::size_t index,
                                    bool leaning,
                                    std::string& why) const;
  void look(const Situation& situation,
            std::size_t index,
            const OpenOrders& orders,
            const KillSwitches& switches,
            Gate& gate,
            bool leaning,
            std::vector<Effect>& effects);
  void ask_for(const Situation& situation,
               std::size_t index,
               const Quote& quote,
               const Pulls& pulls,
               Gate& gate,
               std::vector<Effect>& effects);
  /// What stands now, by the book of our own quotes.
  static void note_state(Slot& slot, Timestamp now, std::string_view bid, std::string_view ask);

  const Desk* desk_;
  std::vector<Slot> slots_;  // in the order of Desk::quotes
  std::vector<std::vector<std::uint32_t>> by_instrument_;
  std::vector<std::vector<std::uint32_t>> by_factor_;
  JointQuotes joint_;
  Timestamp next_due_{};
};

}  // namespace ballast
