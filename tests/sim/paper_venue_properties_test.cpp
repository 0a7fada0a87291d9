// The paper venue in random markets with random requests: what must hold whatever happens. Every
// failure prints its seed; BALLAST_SEED moves them all.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "sim/paper_test_desk.hpp"
#include "sim/paper_venue.hpp"

namespace ballast::paper {
namespace {

std::uint64_t first_seed() {
  const char* text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1000;
}

Price tenths(std::int64_t n) { return Price::from_raw(Int128{n} * (decimal_one / 10)); }
Quantity lots(std::int64_t n) { return Quantity::from_raw(Int128{n} * (decimal_one / 10)); }
bool whole(Quantity qty) { return qty.raw % lots(1).raw == 0; }

/// A venue between a random market and random requests. Whoever wants to know more of a moment
/// overrides what is called around it.
class RandomMarket {
 public:
  RandomMarket(std::uint64_t seed, const PaperOptions& options)
      : rng_(seed ^ 0x6d61726b6574), venue_(*PaperVenue::create(desk_, options)) {}
  RandomMarket(const RandomMarket&) = delete;
  RandomMarket& operator=(const RandomMarket&) = delete;
  virtual ~RandomMarket() = default;

  void run(int moments, bool depths) {
    for (int i = 0; i < moments; ++i) {
      now_ = now_ + Duration::milliseconds(rng_.between(0, 20));
      take_until(now_);
      if (rng_.chance(0.6)) {
        observe(depths);
      } else {
        request();
      }
      take_until(now_);
    }
    now_ = now_ + Duration::hours(1);
    take_until(now_);
    EXPECT_EQ(venue_.next_due(), std::nullopt);
  }

  std::vector<Event> events;
  std::map<OrderId, std::pair<Timestamp, Order>> sent;
  std::map<OrderId, std::pair<Timestamp, Order>> quoted;  // by what its fills should name
  std::map<TradeId, std::pair<Timestamp, Transfer>> moved;

 protected:
  virtual void before(const EventBody& /*market*/) {}
  virtual void happened(const Event& /*event*/) {}

 private:
  void take_until(Timestamp t) {
    for (auto due = venue_.next_due(); due && *due <= t; due = venue_.next_due()) {
      events.push_back(venue_.take());
      EXPECT_EQ(events.back().t, *due);
      happened(events.back());
    }
  }

  void hear(EventBody body) {
    before(body);
    venue_.observe({now_, std::move(body)});
  }

  void observe(bool depths) {
    if (rng_.chance(0.4)) {
      const Side side = rng_.chance(0.5) ? Side::buy : Side::sell;
      const std::int64_t reach = rng_.between(-1, 2);
      const std::int64_t price = side == Side::buy ? ask_ + reach : bid_ - reach;
      return hear(Trade{spot, tenths(price), lots(rng_.between(1, 40)), side});
    }
    bid_ += rng_.between(-2, 2);
    ask_ = bid_ + rng_.between(1, 4);
    const Quantity bid_qty = lots(rng_.chance(0.05) ? 0 : rng_.between(1, 6) * 10);
    const Quantity ask_qty = lots(rng_.chance(0.05) ? 0 : rng_.between(1, 6) * 10);
    if (!depths || rng_.chance(0.7)) {
      return hear(Top{spot, tenths(bid_), bid_qty, tenths(ask_), ask_qty});
    }
    Depth depth{spot, {}, {}};
    for (std::int64_t i = 0; i < rng_.between(0, 4); ++i) {
      depth.bids.push_back({tenths(bid_ - i), lots(rng_.between(1, 60))});
      depth.asks.push_back({tenths(ask_ + i), lots(rng_.between(1, 60))});
    }
    hear(std::move(depth));
  }

  void request() {
    const std::uint64_t kind = rng_.below(10);
    if (kind < 5) return send();
    if (kind < 8) return quote();
    if (kind == 8) {
      if (!sent.empty()) {
        auto chosen = sent.begin();
        std::advance(chosen, static_cast<std::int64_t>(rng_.below(sent.size())));
        venue_.cancel(now_, {chosen->first, account(), spot});
      }
      return;
    }
    const Transfer transfer{*TradeId::create(fmt::format("t-{}", moved.size())),
                            eth,
                            Amount::whole(rng_.between(1, 9)),
                            account(),
                            account(bank),
                            TransferState::sent,
                            route};
    moved[transfer.id] = {now_, transfer};
    venue_.transfer(now_, {transfer});
  }

  void send() {
    const Side side = rng_.chance(0.5) ? Side::buy : Side::sell;
    const std::int64_t price =
        side == Side::buy ? ask_ + rng_.between(-1, 3) : bid_ - rng_.between(-1, 3);
    const Order wanted =
        order(fmt::format("o-{}", sent.size()), side, {tenths(price), lots(rng_.between(1, 90))});
    sent[wanted.id] = {now_, wanted};
    venue_.send(now_, {wanted});
  }

  void quote() {
    QuoteRequest request =
        paper::quote({tenths(bid_ + rng_.between(-2, 2)), lots(rng_.between(0, 50))},
                     {tenths(ask_ + rng_.between(-2, 2)), lots(rng_.between(0, 50))});
    request.post_only = rng_.chance(0.7);
    const std::string id = fmt::format("quote-{}", to_string(now_));
    quotes_ = now_ == quoted_at_ ? quotes_ + 1 : 1;
    quoted_at_ = now_;
    const Quote& q = request.quote;
    const BookLevel bid{q.bid, q.bid_qty};
    const BookLevel ask{q.ask, q.ask_qty};
    const Order buy = order(fmt::format("{}-{}-bid", id, quotes_), Side::buy, bid);
    const Order sell = order(fmt::format("{}-{}-ask", id, quotes_), Side::sell, ask);
    quoted[buy.id] = {now_, buy};
    quoted[sell.id] = {now_, sell};
    venue_.quote(now_, request);
  }

  Desk desk_ = paper::desk();
  Rng rng_;
  PaperVenue venue_;
  Timestamp now_ = ms(1'000'000);
  Timestamp quoted_at_{};
  int quotes_ = 0;
  std::int64_t bid_ = 999;
  std::int64_t ask_ = 1001;
};

PaperOptions unreliable(std::uint64_t seed) {
  PaperOptions options;
  options.seed = seed;
  options.latency = Duration::milliseconds(5);
  options.jitter = Duration::milliseconds(30);
  options.rejects = 0.1;
  options.lost_answers = 0.1;
  options.lost_for = Duration::milliseconds(200);
  options.failed_transfers = 0.3;
  options.share = number<Decimal>("0.5");
  return options;
}

TEST(PaperVenueProperties, orders_are_filled_as_promised_whatever_happens) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomMarket market(seed, unreliable(seed));
    market.run(2'000, true);

    std::map<OrderId, Quantity> filled;
    std::map<OrderId, Order> last;
    std::set<std::string> fill_ids;
    Timestamp before{};
    std::size_t of_orders = 0;
    for (const Event& event : market.events) {
      EXPECT_GE(event.t, before);
      before = event.t;
      if (const auto* fill = std::get_if<Fill>(&event.body)) {
        EXPECT_TRUE(fill_ids.insert(fill->key.id.str()).second) << fill->key.id.view();
        const bool ordered = market.sent.contains(fill->order);
        ASSERT_TRUE(ordered || market.quoted.contains(fill->order)) << fill->order.view();
        const auto& [asked_at, asked] =
            ordered ? market.sent[fill->order] : market.quoted[fill->order];
        of_orders += ordered ? 1 : 0;
        EXPECT_GE(event.t, asked_at + Duration::milliseconds(5));
        EXPECT_EQ(fill->side, asked.side);
        EXPECT_EQ(fill->origin, ordered ? Origin::hedge : Origin::quote);
        EXPECT_EQ(fill->fee->asset, usd);
        EXPECT_TRUE(fill->qty.sign() > 0 && whole(fill->qty)) << to_string(fill->qty);
        EXPECT_LE(filled[fill->order] += fill->qty, asked.qty);
        // No worse than the limit; a resting order gets exactly its price.
        EXPECT_TRUE(asked.side == Side::buy ? fill->price <= *asked.price
                                            : fill->price >= *asked.price);
        if (fill->liquidity == Liquidity::maker) {
          EXPECT_FALSE(ordered);
          EXPECT_EQ(fill->price, *asked.price);
        }
        EXPECT_FALSE(last.contains(fill->order) && ended(last[fill->order].state));
      } else if (const auto* order = std::get_if<Order>(&event.body)) {
        EXPECT_FALSE(last.contains(order->id) && ended(last[order->id].state));
        last[order->id] = *order;
      }
    }
    for (const auto& [id, asked] : market.sent) {
      ASSERT_TRUE(last.contains(id)) << id.view();
      const Order& end = last[id];
      EXPECT_TRUE(ended(end.state)) << id.view();
      EXPECT_EQ(end.filled, filled[id]) << id.view();
      EXPECT_EQ(end.state == OrderState::filled, end.filled == asked.second.qty);
      if (end.state == OrderState::rejected) {
        EXPECT_TRUE(end.filled.zero());
      }
    }
    EXPECT_GT(of_orders, 100U);
    EXPECT_GT(fill_ids.size(), of_orders + 50);
  }
}

TEST(PaperVenueProperties, transfers_arrive_or_fail_once_after_the_delay_and_pay_once) {
  std::size_t failed = 0;
  std::size_t arrived = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 10; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomMarket market(seed, unreliable(seed));
    market.run(2'000, true);
    std::map<std::string, int> news;
    for (const Event& event : market.events) {
      if (const auto* change = std::get_if<BalanceChange>(&event.body)) {
        EXPECT_EQ(++news[change->id.str()], 1);
        const auto& [t, transfer] =
            market
                .moved[*TradeId::create(change->id.view().substr(0, change->id.view().size() - 4))];
        EXPECT_EQ(event.t, t);
        EXPECT_EQ(change->qty.raw, -(Amount{transfer.qty.raw / 8}.raw + decimal_one / 2));
        EXPECT_EQ(change->place, transfer.from);
      }
      const auto* transfer = std::get_if<Transfer>(&event.body);
      if (transfer == nullptr) continue;
      const bool ended = transfer->state != TransferState::sent;
      const auto& [t, asked] = market.moved[transfer->id];
      EXPECT_EQ(++news[transfer->id.str() + (ended ? " ended" : " sent")], 1);
      EXPECT_EQ(event.t, ended ? t + Duration::minutes(10) : t);
      EXPECT_EQ(transfer->qty, asked.qty);
      failed += transfer->state == TransferState::failed ? 1 : 0;
      arrived += transfer->state == TransferState::arrived ? 1 : 0;
    }
    EXPECT_EQ(news.size(), market.moved.size() * 3);
  }
  EXPECT_GT(failed, 100U);
  EXPECT_GT(arrived, 2 * failed);
}

/// Follows the tops on its own, and what was filled out of each as long as it stood there. Every
/// fill must be paid for by a print heard at that moment, or by what the other side showed.
class Accounted final : public RandomMarket {
 public:
  using RandomMarket::RandomMarket;
  std::size_t by_prints = 0;
  std::size_t by_tops = 0;

 private:
  struct Shown {
    BookLevel level;
    Quantity left;
  };

  void before(const EventBody& body) override {
    print_left_ = {};
    if (const auto* print = std::get_if<Trade>(&body)) {
      print_ = *print;
      print_left_ = print->qty;
    }
    const auto* top = std::get_if<Top>(&body);
    if (top == nullptr) return;
    show(bid_, {top->bid, top->bid_qty});
    show(ask_, {top->ask, top->ask_qty});
  }
  static void show(Shown& shown, const BookLevel& level) {
    if (shown.level != level) shown = {level, level.qty};
  }

  void happened(const Event& event) override {
    const auto* fill = std::get_if<Fill>(&event.body);
    if (fill == nullptr) return;
    if (fill->liquidity == Liquidity::maker && print_left_.sign() > 0 &&
        print_.side != fill->side) {
      ++by_prints;
      EXPECT_LE(fill->qty, print_left_);
      EXPECT_TRUE(fill->side == Side::buy ? print_.price <= fill->price
                                          : print_.price >= fill->price);
      print_left_ -= fill->qty;
      return;
    }
    ++by_tops;
    Shown& from = fill->side == Side::buy ? ask_ : bid_;
    EXPECT_TRUE(fill->side == Side::buy ? fill->price >= from.level.price
                                        : fill->price <= from.level.price);
    EXPECT_LE(fill->qty, from.left);
    from.left -= fill->qty;
    if (fill->liquidity == Liquidity::taker) {
      EXPECT_EQ(fill->price, from.level.price);
    }
  }

  Shown bid_;
  Shown ask_;
  Trade print_;
  Quantity print_left_;
};

TEST(PaperVenueProperties, nothing_is_filled_that_was_neither_printed_nor_visible) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    PaperOptions options = unreliable(seed);
    options.lost_answers = 0.0;  // whose fills are told long after the market has moved on
    options.share = Decimal::whole(1);
    Accounted market(seed, options);
    market.run(2'000, false);
    EXPECT_GT(market.by_prints, 30U);
    EXPECT_GT(market.by_tops, 100U);
  }
}

TEST(PaperVenueProperties, equal_seeds_give_equal_events_and_others_do_not) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 5; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomMarket one(seed, unreliable(seed));
    RandomMarket same(seed, unreliable(seed));
    RandomMarket other(seed, unreliable(seed + 1));
    for (RandomMarket* market : {&one, &same, &other})
      market->run(1'000, true);
    EXPECT_EQ(one.events, same.events);
    EXPECT_NE(one.events, other.events);
  }
}

TEST(PaperVenueProperties, requests_to_a_venue_never_overtake_each_other) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    PaperOptions options;
    options.seed = seed;
    options.latency = Duration::milliseconds(5);
    options.jitter = Duration::milliseconds(30);
    RandomMarket market(seed, options);
    market.run(500, true);
    Timestamp before{};
    for (std::size_t i = 0; i < market.sent.size(); ++i) {
      const OrderId id = *OrderId::create(fmt::format("o-{}", i));
      const auto first = std::ranges::find_if(market.events, [&](const Event& event) {
        const auto* order = std::get_if<Order>(&event.body);
        return order != nullptr && order->id == id;
      });
      ASSERT_NE(first, market.events.end());
      EXPECT_GE(first->t, before);
      EXPECT_GE(first->t, market.sent[id].first + options.latency);
      // Waiting for an earlier request is bounded by that request's own way.
      EXPECT_LE(first->t, market.sent[id].first + options.latency + options.jitter);
      before = first->t;
    }
  }
}

}  // namespace
}  // namespace ballast::paper
