// The closed loop on random desks, markets, flow and venues, with an auditor beside it
// (loop_audit.hpp): whatever happens, no rail is broken, no deviation is hedged twice, what is
// stopped stays stopped, every proposal ends, and the events alone lead a fresh engine, or one that
// was resumed anywhere, to the same state. Every failure prints its seed; BALLAST_SEED moves them.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "control/desk_loop.hpp"
#include "control/loop_audit.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t runs = 300;
constexpr int happenings = 300;

std::uint64_t first_seed() {
  const char* text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1000;
}

template <std::size_t N>
std::string_view one_of(Rng& rng, const std::string_view (&choices)[N]) {
  return choices[rng.below(N)];
}

std::string random_toml(Rng& rng) {
  std::string text = R"toml([desk]
name = "random loop"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "ETH"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main", "hedge"]
[[venues]]
name = "okx"
accounts = ["main"]
)toml";
  const auto instrument = [&](std::string_view name, std::string_view kind, std::string_view base,
                              std::string_view tick, std::string_view lot) {
    text += fmt::format(
        "[[instruments]]\nname = \"{}\"\nkind = \"{}\"\nvenue = \"binance\"\nbase = \"{}\"\n"
        "quote = \"USDT\"\ntick = \"{}\"\nlot = \"{}\"\nmin_qty = \"{}\"\ntaker_fee = \"{}\"\n",
        name, kind, base, tick, lot, lot, one_of(rng, {"0", "0.0002", "0.0005"}));
  };
  instrument("BTC-USDT", "spot", "BTC", "0.1", "0.001");
  instrument("BTC-PERP", "linear_perpetual", "BTC", "0.1", one_of(rng, {"0.01", "0.1"}));
  instrument("ETH-USDT", "spot", "ETH", "0.01", "0.01");
  const auto factor = [&](std::string_view name, std::string_view target, std::string_view band,
                          std::string_view limit) {
    text += fmt::format(
        "[[factors]]\nname = \"{}\"\ntarget = {{ model = \"static\", value = \"{}\" }}\n"
        "band = {{ lower = \"-{}\", upper = \"{}\" }}\nlimit = {{ lower = \"-{}\", upper = "
        "\"{}\" }}\nmax_age = \"{}\"\n",
        name, target, band, band, limit, limit, one_of(rng, {"5s", "30s", "5m"}));
  };
  factor("delta:BTC", one_of(rng, {"0", "1", "-0.5"}), one_of(rng, {"0.2", "1", "2"}), "20");
  factor("delta:ETH", "0", one_of(rng, {"2", "10"}), "200");
  factor("cash:USDT@okx", "20000", "5000", "10000000");
  text += fmt::format("[learning]\nmin_observations = {}\n", rng.between(2, 10));
  text += fmt::format(
      "[rails]\norder_notional = {}\ndaily_notional = {}\nprice_collar = {}\nmessages = {}\n"
      "position_notional = {}\nstale_after = \"{}\"\n",
      one_of(rng, {"40000", "200000", "1e7"}), one_of(rng, {"300000", "2e6", "1e9"}),
      one_of(rng, {"0.0005", "0.002", "0.01"}), rng.between(1, 8),
      one_of(rng, {"90000", "250000", "1e8"}), one_of(rng, {"2s", "10s"}));
  const std::string_view modes[] = {"auto", "auto", "auto", "approve", "advise", "off"};
  const auto control = [&](std::string_view name, bool cash) {
    text += fmt::format(
        "[[controls]]\nfactor = \"{}\"\ngamma = {}\nrecover_within = \"{}\"\naim = \"{}\"\n"
        "skew = \"{}\"\nhedge = \"{}\"\ntransfer = \"{}\"\napprove_within = \"{}s\"\n"
        "failures = {}\nfailures_within = \"{}\"\n",
        name, one_of(rng, {"1e-7", "1e-5", "1e-3"}), cash ? "2m" : one_of(rng, {"5s", "20s", "1m"}),
        one_of(rng, {"near_edge", "target"}), cash ? "off" : one_of(rng, modes),
        cash ? "off" : one_of(rng, modes), cash ? one_of(rng, modes) : "off", rng.between(2, 20),
        rng.between(1, 6), one_of(rng, {"30s", "1h"}));
  };
  control("delta:BTC", false);
  if (rng.chance(0.5)) control("delta:ETH", false);
  if (rng.chance(0.5)) control("cash:USDT@okx", true);
  const auto hedge = [&](std::string_view name) {
    text += fmt::format(
        "[[hedges]]\ninstrument = \"{}\"\naccount = \"binance/{}\"\nbook = \"hedge\"\nmax_order = "
        "\"{}\"\nslippage = {}\n",
        name, one_of(rng, {"main", "hedge"}), one_of(rng, {"0.5", "2", "50"}),
        one_of(rng, {"0", "0.0002", "0.002"}));
  };
  if (rng.chance(0.8)) hedge("BTC-USDT");
  hedge("BTC-PERP");
  if (rng.chance(0.8)) hedge("ETH-USDT");
  const auto quote = [&](std::string_view name, std::string_view of, std::string_view qty) {
    text += fmt::format(
        "[[quotes]]\ninstrument = \"{}\"\naccount = \"binance/main\"\nbook = \"mm\"\nfactor = "
        "\"{}\"\nqty = \"{}\"\npost_only = {}\nskew = {}\n",
        name, of, qty, rng.chance(0.7),
        one_of(rng,
               {"{ model = \"linear\", half_spread = 0.0001, price_skew = 1, size_skew = 0.5 }",
                "{ model = \"linear\", half_spread = 0.001, price_skew = 2 }",
                "{ model = \"glft\", gamma = 1e-4 }"}));
  };
  if (rng.chance(0.5)) quote("BTC-USDT", "delta:BTC", "0.3");
  if (rng.chance(0.3)) quote("ETH-USDT", "delta:ETH", "2");
  const auto route = [&](std::string_view name, std::string_view from, std::string_view to,
                         std::string_view more) {
    text += fmt::format(
        "[[routes]]\nname = \"{}\"\nasset = \"USDT\"\nfrom = \"{}\"\nto = \"{}\"\nfee = \"{}\"\n"
        "delay = \"{}s\"\n{}",
        name, from, to, rng.below(20), rng.between(0, 30), more);
  };
  route("across", "binance/hedge", "okx/main", "most = \"3000\"\n");
  route("home", "okx/main", "binance/main", "");
  route("within", "binance/main", "binance/hedge", "daily = \"20000\"\n");
  return text;
}

/// What happens to the desk from outside, drawn as it goes on: people answer what they were asked.
class Outside final : public EventSource {
 public:
  Outside(Rng& rng, const Desk& desk, const LoopAudit& audit)
      : rng_(rng), desk_(desk), audit_(audit), left_(happenings), marks_(rng.chance(0.3)) {
    if (rng_.chance(0.3)) now_ = now_ + Duration::minutes(11 * 60 + 58);  // towards midnight
    mids_ = {600'000, 600'000, 30'000};
    for (std::size_t i = 0; i < mids_.size(); ++i)
      opening_.push_back(top(i));
    for (const auto& [venue, account] : {std::pair{0, "main"}, {0, "hedge"}, {1, "main"}}) {
      BalanceChange change;
      change.place = {VenueId{std::size_t(venue)}, *AccountName::create(account)};
      change.asset = AssetId{2};
      change.qty = Amount::whole(rng_.between(0, 60'000));
      opening_.push_back(change);
    }
  }

  Result<bool> next(Event& out) override {
    if (!opening_.empty()) {
      out = {now_, opening_.back()};
      opening_.pop_back();
      return true;
    }
    if (left_-- == 0) return false;
    now_ = now_ + Duration::milliseconds(rng_.between(0, 600));
    if (rng_.chance(0.01)) now_ = now_ + Duration::seconds(rng_.between(1, 60));
    out = {now_, body()};
    return true;
  }
  std::string where() const override { return "made up"; }
  std::uint64_t bytes_read() const override { return 0; }
  std::uint64_t bytes_total() const override { return 0; }
  Timestamp now() const { return now_; }

 private:
  static Price tenths(std::int64_t n) { return Price::from_raw(Int128{n} * (decimal_one / 10)); }
  Quantity some(std::int64_t most) {
    return Quantity::from_raw(Int128{rng_.between(1, most)} * (decimal_one / 100));
  }
  std::int64_t scale(std::size_t i) const { return i == 2 ? 1'000 : 100; }

  EventBody top(std::size_t i) {
    const std::int64_t half = rng_.between(1, i == 2 ? 3 : 30);
    mids_[i] += rng_.between(-20, 20) * (i == 2 ? 1 : 10);
    const auto qty = [&] { return rng_.chance(0.03) ? Quantity{} : some(3 * scale(i)); };
    return Top{InstrumentId{i}, tenths(mids_[i] - half), qty(), tenths(mids_[i] + half), qty()};
  }

  EventBody fill(std::size_t i) {
    Fill fill;
    fill.key = {{VenueId{0}, AccountName("main")},
                InstrumentId{i},
                *TradeId::create(fmt::format("c{}", left_)),
                0};
    fill.book = BookName("mm");
    // Flow that leans one way for a while is what a desk has to hedge.
    if (rng_.chance(0.1)) lean_ = rng_.uniform();
    fill.side = rng_.chance(lean_) ? Side::buy : Side::sell;
    fill.qty = some(scale(i));
    fill.price = tenths(mids_[i]);
    fill.origin = Origin::client;
    return fill;
  }

  Scope scope() {
    Scope scope;
    scope.kind = static_cast<ScopeKind>(rng_.below(scope_kind_names.size()));
    if (scope.kind == ScopeKind::venue || scope.kind == ScopeKind::account)
      scope.place.venue = VenueId{rng_.below(2)};
    if (scope.kind == ScopeKind::account)
      scope.place.account = rng_.chance(0.5) ? AccountName("main") : AccountName("hedge");
    if (scope.kind == ScopeKind::book)
      scope.book = rng_.chance(0.5) ? BookName("mm") : BookName("hedge");
    if (scope.kind == ScopeKind::factor)
      scope.factor = desk_.controls[rng_.below(desk_.controls.size())].factor;
    return scope;
  }

  EventBody person() {
    for (const auto& [id, made] : audit_.proposals()) {
      if (made.last.state != ProposalState::waiting) continue;
      Approve answer{id, rng_.chance(0.85), Note("anna"), {}};
      return answer;
    }
    if (!kills_.empty() && rng_.chance(0.6)) {
      const Scope scope = kills_.back();
      kills_.pop_back();
      return Rearm{scope, Note("anna"), Note("explained")};
    }
    if (rng_.chance(0.3)) {
      kills_.push_back(scope());
      return Kill{kills_.back(), Note("anna"), Note("strange")};
    }
    // A breaker that tripped, if it did.
    Scope breaker{ScopeKind::factor, {}, {}, desk_.controls[0].factor};
    return Rearm{breaker, Note("anna"), Note("looked at it")};
  }

  /// A person trades by hand, through a screen that reports what works and when it ended.
  EventBody by_hand() {
    if (by_hand_ && rng_.chance(0.6)) {
      Order ended = *by_hand_;
      by_hand_.reset();
      ended.state = OrderState::cancelled;
      return ended;
    }
    Order order;
    const std::size_t i = rng_.below(mids_.size());
    order.id = *OrderId::create(fmt::format("hand-{}", left_));
    order.place = {VenueId{0}, rng_.chance(0.5) ? AccountName("main") : AccountName("hedge")};
    order.book = BookName("hedge");
    order.instrument = InstrumentId{i};
    order.side = rng_.chance(0.5) ? Side::buy : Side::sell;
    order.qty = some(scale(i));
    order.price = tenths(mids_[i]);
    order.state = rng_.chance(0.8) ? OrderState::working : OrderState::unknown;
    order.origin = Origin::hedge;
    if (!by_hand_) by_hand_ = order;
    return *by_hand_;
  }

  EventBody body() {
    const std::size_t i = rng_.below(mids_.size());
    const std::uint64_t kind = rng_.below(100);
    if (kind < 8) {
      return Trade{InstrumentId{i}, tenths(mids_[i] + rng_.between(-60, 60)), some(scale(i)),
                   rng_.chance(0.5) ? Side::buy : Side::sell};
    }
    if (kind < 16) return fill(i);
    if (kind < 20) return person();
    if (kind < 22) {
      BalanceChange change;
      change.place = {VenueId{1}, AccountName("main")};
      change.asset = AssetId{2};
      change.qty = Amount::whole(rng_.between(-9'000, 9'000));
      return change;
    }
    if (kind < 24) return by_hand();
    if (marks_ && kind < 40) {
      return Mark{InstrumentId{i}, {}, {}, tenths(mids_[i] + rng_.between(-300, 300))};
    }
    return top(i);
  }

  Rng& rng_;
  const Desk& desk_;
  const LoopAudit& audit_;
  int left_;
  bool marks_;
  double lean_ = 0.5;
  Timestamp now_ = *parse_timestamp("2026-01-05T12:00:00Z");
  std::vector<std::int64_t> mids_;
  std::vector<EventBody> opening_;
  std::vector<Scope> kills_;
  std::optional<Order> by_hand_;
};

PaperOptions random_paper(Rng& rng) {
  PaperOptions paper;
  paper.seed = rng.next();
  paper.latency = Duration::milliseconds(rng.between(0, 1'500));
  paper.jitter = Duration::milliseconds(rng.between(0, 500));
  paper.rejects = rng.chance(0.5) ? 0.0 : 0.2;
  paper.lost_answers = rng.chance(0.5) ? 0.0 : 0.3;
  paper.lost_for = Duration::seconds(rng.between(1, 30));
  paper.failed_transfers = rng.chance(0.5) ? 0.0 : 0.3;
  return paper;
}

/// One seed's run and what came of it.
struct RandomRun {
  explicit RandomRun(std::uint64_t seed)
      : rng(seed),
        desk(load_desk(random_toml(rng), "random.toml").value()),
        engine(desk),
        audit(desk),
        outside(rng, desk, audit) {
    PaperVenue venue = PaperVenue::create(desk, random_paper(rng)).value();
    LoopEnds ends;
    ends.step = [&](const Event& event) {
      const auto effects = engine.step(event);
      audit.step(event, effects);
      for (const Effect& effect : effects)
        orders += std::holds_alternative<OrderRequest>(effect.body) ? 1 : 0;
      return effects;
    };
    ends.sink = [&](const Event& event) -> Result<void> {
      events.push_back(event);
      return {};
    };
    ClosedLoop loop(std::move(ends), &venue);
    const auto counts = loop.run(outside);
    EXPECT_TRUE(counts) << counts.error().what;
  }

  Rng rng;
  Desk desk;
  Engine engine;
  LoopAudit audit;
  Outside outside;
  std::vector<Event> events;
  std::size_t orders = 0;
};

void expect_replays(RandomRun& run) {
  Engine again(run.desk);
  for (const Event& event : run.events)
    again.step(event);
  EXPECT_EQ(again.digest(), run.engine.digest());
  EXPECT_EQ(again.snapshot(), run.engine.snapshot());
}

void expect_goes_on_from_snapshots(RandomRun& run) {
  auto part = std::make_unique<Engine>(run.desk);
  for (const Event& event : run.events) {
    part->step(event);
    if (!run.rng.chance(0.01)) continue;
    const StateImage bytes = part->snapshot();
    part = std::make_unique<Engine>(run.desk);
    ASSERT_TRUE(part->restore(bytes));
  }
  EXPECT_EQ(part->digest(), run.engine.digest());
  EXPECT_EQ(part->snapshot(), run.engine.snapshot());
}

void expect_ends(const RandomRun& run) {
  for (const auto& [id, made] : run.audit.proposals()) {
    const ProposalState state = made.last.state;
    const bool goes_on = state == ProposalState::advised || state == ProposalState::waiting ||
                         state == ProposalState::approved || state == ProposalState::acting;
    if (!goes_on) continue;
    const FactorWatch* const watch = run.engine.control().watch(made.last.factor);
    ASSERT_TRUE(watch != nullptr && watch->open && watch->proposal->id == id)
        << id.view() << " is nobody's";
    EXPECT_GE(watch->proposal->deadline, run.engine.now()) << id.view() << " is overdue";
  }
}

TEST(LoopProperty, whatever_happens_the_loop_keeps_its_promises) {
  std::size_t orders = 0;
  std::size_t transfers = 0;
  std::size_t verified = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + runs; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomRun run(seed);
    std::string faults;
    for (const std::string& fault : run.audit.faults())
      faults += fault + "\n";
    ASSERT_EQ(faults, "");
    expect_replays(run);
    expect_goes_on_from_snapshots(run);
    expect_ends(run);
    if (::testing::Test::HasFailure()) return;
    orders += run.orders;
    transfers += run.audit.transfers();
    for (const auto& [id, made] : run.audit.proposals())
      verified += made.last.state == ProposalState::verified ? 1 : 0;
  }
  EXPECT_GT(orders, runs);
  EXPECT_GT(transfers, runs / 4);
  EXPECT_GT(verified, runs / 2);
}

}  // namespace
}  // namespace ballast
