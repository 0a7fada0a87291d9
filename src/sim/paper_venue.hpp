// PaperVenue: carries out what control wants against a recorded market, without touching it.
//
// Deterministic: every draw comes from the seed, and equal requests and observations give equal
// events. One object stands for all venues of the desk. What it does, in the order of a request:
//
//   the way     A request takes effect `latency` (and a drawn part of `jitter`) after it was made;
//               requests to one venue never overtake each other. News of what happened comes at
//               once.
//   orders      Immediate or cancel: `working` on arrival, then fills against the book as it stands
//               then (visible_market.hpp), best first, then `filled` or `cancelled`. Rejected: what
//               the instrument's terms forbid, what comes before the first top, or before the first
//               price of the underlying where the fee is of that, and a drawn share.
//               A drawn share of answers is lost: `unknown` instead, and the truth `lost_for` later
//               or when a cancel arrives. The fills of a lost answer carry the time of the answer.
//   quotes      A `quote` event at once, the record of the decision. The old sides rest, and can be
//               hit, until the new ones arrive. A side that keeps its price and does not grow keeps
//               its place in the queue. A post-only side that would trade on arrival is not placed,
//               and neither is one that the terms forbid: an `order` rejected that names it.
//               Fills by prints as in resting_order.hpp, and up to the quantity that is visible at
//               or through our price when the other side's best comes to it. Nothing is refilled.
//   transfers   `sent` at once, with the route's fee as a `balance` of the sending account that no
//               failure gives back; `arrived`, or for a drawn share `failed`, after the route's
//               delay. What no route leads to fails at once.
//   funding     A recorded rate is paid on what the venue's own fills hold (paper_funding.hpp).
//   cancels     Orders end on arrival, so only an unknown one is left to cancel: it answers.
//
// Ids: fills are "<order>/01", ...; the orders of a quote are "quote-<time of request>-<n>-bid" and
// "-ask", n counting the requests of one instant; a fee is "<transfer>/fee"; a funding payment
// "funding-<instrument>-<ns>-<n>", n counting accounts and books. Events of equal time
// come in the order in which they were requested or caused. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/rng.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"
#include "ports/execution.hpp"
#include "sim/paper_funding.hpp"
#include "sim/resting_order.hpp"
#include "sim/visible_market.hpp"

namespace ballast {

struct PaperOptions {
  std::uint64_t seed = 1;
  Duration latency = Duration::milliseconds(50);  // of every request but a transfer, >= 0
  Duration jitter{};                              // at most this comes on top, >= 0
  double rejects = 0.0;                           // share of orders, 0 to 1
  double lost_answers = 0.0;                      // share of orders, 0 to 1
  Duration lost_for = Duration::seconds(30);      // >= 0
  double failed_transfers = 0.0;                  // share of transfers, 0 to 1
  Decimal share = Decimal::whole(1);              // of a visible level that may be taken, (0, 1]
  Duration depth_age = Duration::seconds(1);      // a depth older than this is forgotten, >= 0
};

class PaperVenue final : public Execution {
 public:
  /// The desk outlives it. An error names the option that is outside its domain.
  static Result<PaperVenue> create(const Desk& desk, const PaperOptions& options);

  void send(Timestamp now, const OrderRequest& request) override;
  void cancel(Timestamp now, const CancelRequest& request) override;
  void quote(Timestamp now, const QuoteRequest& request) override;
  void transfer(Timestamp now, const TransferRequest& request) override;

  void observe(const Event& event) override;
  std::optional<Timestamp> next_due() const override;
  Event take() override;

  /// News from before this venue began, told at `now`, in order.
  void announce(Timestamp now, std::vector<EventBody> news);

 private:
  // What is on its way, by kind.
  struct OrderArrival {
    Order order;
    bool refused = false;
    bool lost = false;
  };
  struct QuoteArrival {
    Order bid;  // of quantity zero: pulled
    Order ask;  // likewise
    bool post_only = true;
  };
  struct Answer {  // to an order whose answer was lost
    OrderId order;
  };
  using Item = std::variant<EventBody, OrderArrival, QuoteArrival, Answer>;
  /// By due time, then by when it was caused.
  using Agenda = std::map<std::pair<Timestamp, std::uint64_t>, Item>;

  /// An instrument as the venue has it.
  struct Pit {
    VisibleMarket market;
    std::optional<RestingOrder> bid;
    std::optional<RestingOrder> ask;
  };

  PaperVenue(const Desk& desk, const PaperOptions& options);

  Timestamp reach(Timestamp t);
  Timestamp arrival(Timestamp now, VenueId venue);
  void add(Timestamp due, Item item);
  void tell(EventBody body) { add(clock_, std::move(body)); }

  bool silent(Timestamp due, const Item& item) const;
  void run_until(Timestamp t);
  void run(Item item);
  void run(OrderArrival& arrival);
  void run(const QuoteArrival& arrival);
  void run(const Answer& answer);

  /// Why the venue does not take an order, as the market stands; nothing when it does.
  std::optional<Note> objection(const Order& order, bool post_only) const;
  std::vector<EventBody> carry_out(Order order);
  Fill charged(Fill fill) const;
  void place(const Order& order, bool post_only);
  void fill(RestingOrder& resting, const BookLevel& part, Liquidity liquidity);
  void hear(Timestamp t, const Trade& print);
  void book_moved(Pit& pit);
  const RouteConfig* route_of(const Transfer& transfer) const;

  Pit& pit(InstrumentId id) { return pits_[id.index()]; }
  const Pit& pit(InstrumentId id) const { return pits_[id.index()]; }
  static std::optional<RestingOrder>& side_of(Pit& pit, Side side) {
    return side == Side::buy ? pit.bid : pit.ask;
  }

  const Desk* desk_;
  PaperOptions options_;
  Rng rng_;
  std::vector<Pit> pits_;  // by instrument
  PaperFunding funding_;
  std::optional<Market> prices_;                    // where fees are of an underlying's
  std::vector<Timestamp> last_arrival_;             // by venue
  std::map<OrderId, std::vector<EventBody>> lost_;  // what nobody was told yet
  Agenda agenda_;
  std::uint64_t caused_ = 0;
  Timestamp clock_{};
  Timestamp quoted_at_{};     // of the last quote request
  std::uint64_t quotes_ = 0;  // requested at that time
};

}  // namespace ballast
