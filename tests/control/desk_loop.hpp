// A desk, its market and its paper venue in one closed loop, for tests: events in, everything that
// went through the engine out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/codec/codec.hpp"
#include "adapters/config/config.hpp"
#include "engine/engine.hpp"
#include "runtime/closed_loop.hpp"
#include "sim/paper_venue.hpp"

namespace ballast {

/// Spot and perpetual of BTC, one controlled factor; `more` is TOML that follows.
inline std::string control_desk_toml(std::string_view control, std::string_view more = "") {
  return std::string(R"toml([desk]
name = "loop"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main", "hedge"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
tick = "0.1"
lot = "0.001"
min_qty = "0.001"
taker_fee = "0.0004"
maker_fee = "0.0001"
[[instruments]]
name = "BTC-PERP"
kind = "linear_perpetual"
venue = "binance"
base = "BTC"
quote = "USDT"
tick = "0.1"
lot = "0.01"
min_qty = "0.01"
taker_fee = "0.0002"
[[factors]]
name = "delta:BTC"
target = { model = "static", value = "0" }
band  = { lower = "-1", upper = "1" }
limit = { lower = "-5", upper = "5" }
max_age = "30s"
[learning]
min_observations = 5
[rails]
order_notional = 500000
daily_notional = 50000000
price_collar = 0.01
messages = 50
position_notional = 5000000
stale_after = "10s"
[[hedges]]
instrument = "BTC-USDT"
account = "binance/hedge"
book = "hedge"
max_order = "5"
[[hedges]]
instrument = "BTC-PERP"
account = "binance/hedge"
book = "hedge"
max_order = "5"
)toml") + std::string(control) +
         std::string(more);
}

inline std::string hedge_control(std::string_view mode) {
  return "[[controls]]\nfactor = \"delta:BTC\"\ngamma = 1e-5\nrecover_within = \"1m\"\nhedge = \"" +
         std::string(mode) + "\"\n";
}

class Recording final : public EventSource {
 public:
  explicit Recording(std::vector<Event> events) : events_(std::move(events)) {}
  Result<bool> next(Event& out) override {
    if (at_ == events_.size()) return false;
    out = events_[at_++];
    return true;
  }
  std::string where() const override { return std::to_string(at_); }
  std::uint64_t bytes_read() const override { return 0; }
  std::uint64_t bytes_total() const override { return 0; }

 private:
  std::vector<Event> events_;
  std::size_t at_ = 0;
};

/// Runs recorded events through an engine and a paper venue.
class DeskLoop {
 public:
  explicit DeskLoop(const std::string& toml, const PaperOptions& paper = {})
      : desk_(load_desk(toml, "desk.toml").value()),
        engine_(desk_),
        venue_(PaperVenue::create(desk_, paper).value()) {}

  void run(const std::vector<Event>& recorded) {
    Recording recording(recorded);
    LoopEnds ends;
    ends.step = [&](const Event& event) {
      const auto now = engine_.step(event);
      effects.insert(effects.end(), now.begin(), now.end());
      return now;
    };
    ends.sink = [&](const Event& event) -> Result<void> {
      stepped.push_back(event);
      return {};
    };
    ends.wakes = [&] { return engine_.wakes(); };
    ClosedLoop loop(std::move(ends), &venue_);
    counts = loop.run(recording).value();
  }

  const Desk& desk() const { return desk_; }
  Engine& engine() { return engine_; }
  const Engine& engine_now() const { return engine_; }
  template <class Body>
  std::vector<Body> of() const {
    std::vector<Body> all;
    for (const Event& event : stepped) {
      if (const auto* body = std::get_if<Body>(&event.body)) all.push_back(*body);
    }
    return all;
  }
  template <class Body>
  std::vector<Body> effects_of() const {
    std::vector<Body> all;
    for (const Effect& effect : effects) {
      if (const auto* body = std::get_if<Body>(&effect.body)) all.push_back(*body);
    }
    return all;
  }

  std::vector<Event> stepped;
  std::vector<Effect> effects;
  LoopCounts counts;

 private:
  Desk desk_;
  Engine engine_;
  PaperVenue venue_;
};

/// A market that wobbles around a price, a second at a time.
class Wobble {
 public:
  explicit Wobble(const Desk& desk) : desk_(desk) {}

  Timestamp now() const { return now_; }
  /// `seconds` of tops in every instrument, the bid at `bid` and 0.1 above, give or take.
  void pass(std::vector<Event>& out,
            int seconds,
            std::int64_t bid = 60'000,
            std::string_view qty = "10") {
    for (int i = 0; i < seconds; ++i) {
      now_ = now_ + Duration::seconds(1);
      const std::int64_t wobble = (step_++ * 7) % 5 - 2;
      for (std::size_t k = 0; k < desk_.instruments.size(); ++k) {
        const auto tenth = Price::from_raw(decimal_one / 10);
        const Price best = Price::whole(bid + wobble);
        const Quantity size = parse_decimal<Quantity>(qty).value();
        out.push_back({now_, Top{InstrumentId{k}, best, size, best + tenth, size}});
      }
    }
  }

 private:
  const Desk& desk_;
  Timestamp now_ = parse_timestamp("2026-01-05T12:00:00Z").value();
  std::int64_t step_ = 0;
};

inline Event client_fill(Timestamp t,
                         std::string_view id,
                         Side side,
                         std::string_view qty,
                         std::string_view price = "60000") {
  Fill fill;
  fill.key = {{VenueId{0}, AccountName("main")}, InstrumentId{0}, *TradeId::create(id), 0};
  fill.book = BookName("mm");
  fill.side = side;
  fill.qty = parse_decimal<Quantity>(qty).value();
  fill.price = parse_decimal<Price>(price).value();
  fill.origin = Origin::client;
  return {t, fill};
}

}  // namespace ballast
