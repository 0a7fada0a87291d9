// An auditor beside the loop: it hears every event and every effect, keeps its own books of orders,
// positions, quotes and prices, and holds each request against what must never happen. It knows the
// desk's configuration and nothing of the engine.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/desk.hpp"
#include "model/effect.hpp"

namespace ballast {

class LoopAudit {
 public:
  explicit LoopAudit(const Desk& desk) : desk_(&desk) {}

  /// What one step led to: effects of timers before the event, which came earlier, and of itself.
  void step(const Event& event, std::span<const Effect> effects);

  /// What was wrong, with its time; empty when nothing was.
  const std::vector<std::string>& faults() const { return faults_; }

  struct Made {
    Decision last;
    Timestamp since{};  // the first word of it
  };
  /// By the proposal's id.
  const std::map<TradeId, Made>& proposals() const { return proposals_; }
  std::size_t transfers() const { return transfers_.size(); }
  std::size_t pulled() const { return pulled_; }

 private:
  struct Working {
    Order order;
    Quantity booked;
    bool ended = false;
    /// What it has traded and no fill has told; what it may still bring in all.
    double certain() const;
    double most() const;
  };
  struct Known {  // of an instrument
    std::optional<double> mark;
    Timestamp mark_at{};
    bool own_mark = false;  // by a `mark`, not by tops
    std::optional<Timestamp> top_at;
  };
  struct Moving {
    Transfer transfer;
    Timestamp since{};
    bool told = false;  // that it was sent
    bool ended = false;
  };

  void take(const Event& event);
  void take(const Order& order);
  void take(const Fill& fill);
  void take(const Top& top, Timestamp t);
  void act(const Effect& effect);
  void judge(Timestamp t, const Order& order);
  void judge_rails(Timestamp t, const Order& order, double value);
  void judge_hedge(Timestamp t, const Order& order);
  void judge(Timestamp t, const QuoteRequest& request);
  void judge(Timestamp t, const Transfer& transfer);
  void judge(Timestamp t, const Decision& decision);
  void judge_message(Timestamp t, bool may_wait);
  bool killed(const Place& place, const BookName& book) const;
  bool killed(FactorId factor) const;
  std::optional<double> notional(InstrumentId instrument) const;
  double position(const Place& place, InstrumentId instrument) const;
  /// What one unit of the instrument moves the factor by.
  double exposure(const FactorConfig& factor, InstrumentId instrument) const;
  double deviation(const FactorConfig& factor) const;
  double cash(const FactorConfig& factor) const;
  void fault(Timestamp t, const std::string& what);

  const Desk* desk_;
  std::map<OrderId, Working> orders_;
  std::map<TradeId, Moving> transfers_;
  std::map<TradeId, Made> proposals_;
  std::map<std::size_t, Known> known_;                               // by instrument
  std::map<std::pair<std::string, std::size_t>, double> positions_;  // place, instrument
  std::map<std::string, double> cash_;                               // place and asset
  std::map<std::size_t, QuoteRequest> quotes_;                       // by instrument
  std::set<std::string> margined_;                                   // places that hold derivatives
  std::vector<Scope> kills_;
  std::vector<Timestamp> messages_;
  std::map<std::int64_t, double> sent_;  // notional by day
  std::vector<std::string> faults_;
  std::size_t pulled_ = 0;
};

}  // namespace ballast
