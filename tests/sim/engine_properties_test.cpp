// The engine on random events against a slow recomputation from positions and balances, and
// against itself resumed. Every failure prints its seed; BALLAST_SEED moves them all.
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "engine/engine.hpp"
#include "sim/random_desk.hpp"
#include "sim/random_events.hpp"

namespace ballast {
namespace {

std::uint64_t first_seed() {
  const char* text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1000;
}

/// Rng as the entropy of RandomEvents.
struct Draw {
  Rng rng;
  std::uint64_t operator()(std::uint64_t bound) { return rng.below(bound); }
};

/// What factor `id` should hold, summed up from the books: nothing without a price it needs.
class SlowExposure {
 public:
  SlowExposure(const Engine& engine, const FactorConfig& factor)
      : books_(engine.books()), market_(engine.market()), desk_(engine.desk()), factor_(factor) {}

  std::optional<Decimal> actual() {
    for (const Position& position : books_.positions()) {
      if (in_scope(position)) add(position);
    }
    if (factor_.kind == FactorKind::cash) add_cash();
    if (factor_.kind == FactorKind::delta && factor_.whole_desk()) add_desk_cash();
    return missing_ ? std::nullopt : std::optional(decimal_cast<Decimal>(Amount{sum_}));
  }

 private:
  bool in_scope(const Position& position) const {
    return factor_.whole_desk() || books_.book(position.book).view() == factor_.book;
  }

  void add(const Position& position) {
    const Instrument& instrument = desk_.instrument(position.instrument);
    const Quoted& mark = market_.price(position.instrument);
    const auto price = mark.present ? std::optional(mark.price) : std::nullopt;
    if (factor_.kind == FactorKind::notional && position.instrument == factor_.instrument)
      add(notional_exposure(Contract::of(instrument), position.qty, price));
    if (factor_.kind != FactorKind::delta) return;
    const bool equity = factor_.convention == DeltaConvention::delta_equity;
    if (!instrument.spot() && instrument.base == factor_.asset) {
      add(delta_exposure(Contract::of(instrument), position.qty, price));
      if (equity && instrument.inverse()) add_unrealised(position, price);
    }
    // A book's holding is what its own trading left of the asset.
    if (!factor_.whole_desk()) add_flows(position, instrument, equity);
  }

  void add_flows(const Position& position, const Instrument& instrument, bool equity) {
    if (instrument.spot()) {
      if (instrument.base == factor_.asset) sum_ += position.qty.raw;
      if (instrument.quote == factor_.asset) sum_ += position.flow().raw;
    } else if (!equity) {
      return;
    } else if (instrument.settlement() == factor_.asset) {
      sum_ += position.realized.raw;
    }
    sum_ += paid(position);
  }

  /// Fees (and funding) of a position in the factor's asset, as they moved its cash.
  Int128 paid(const Position& position) const {
    Int128 sum = 0;
    for (const AssetTotals& total : position.totals) {
      if (total.asset == factor_.asset) sum += total.funding.raw - total.fees.raw;
    }
    return sum;
  }

  void add_unrealised(const Position& position, std::optional<Price> price) {
    if (position.qty.zero()) return;
    if (!price) {
      missing_ = true;
      return;
    }
    const auto profit = unrealized(books_.contract(position.instrument), position, *price);
    if (profit) {
      sum_ += profit->raw;
    } else {
      missing_ = true;
    }
  }

  void add_cash() {
    for (std::size_t i = 0; i < books_.account_count(); ++i) {
      const Place& place = books_.account(AccountId{i});
      if (place.venue != factor_.venue) continue;
      if (!factor_.account.empty() && !(place.account == factor_.account)) continue;
      sum_ += books_.cash(AccountId{i}, factor_.asset).raw;
    }
  }

  /// All cash and flights of the asset, without what derivatives paid.
  void add_desk_cash() {
    for (std::size_t i = 0; i < books_.account_count(); ++i)
      sum_ += books_.cash(AccountId{i}, factor_.asset).raw;
    sum_ += books_.in_flight(factor_.asset).raw;
    if (factor_.convention == DeltaConvention::delta_equity) return;
    for (const Position& position : books_.positions()) {
      const Instrument& instrument = desk_.instrument(position.instrument);
      if (instrument.spot()) continue;
      if (instrument.settlement() == factor_.asset) sum_ -= position.realized.raw;
      sum_ -= paid(position);
    }
  }

  void add(std::optional<Decimal> exposure) {
    if (exposure) {
      sum_ += exposure->raw;
    } else {
      missing_ = true;
    }
  }

  const Books& books_;
  const Market& market_;
  const Desk& desk_;
  const FactorConfig& factor_;
  Int128 sum_ = 0;
  bool missing_ = false;
};

/// Inverse legs round once a position here and once a factor there.
void expect_close(Decimal actual, Decimal expected, const std::string& what) {
  EXPECT_LE((actual - expected).abs().raw, 8)
      << what << ": " << to_string(actual) << " against " << to_string(expected);
}

TEST(EngineProperties, exposures_are_the_sums_over_positions_and_balances) {
  const Desk desk = random_desk();
  std::size_t compared = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 20; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    Engine engine(desk);
    for (int i = 0; i < 600; ++i) {
      events.hear(engine.step(events.next()));
      ASSERT_TRUE(engine.books().balanced()) << "seed " << seed << " event " << i;
      for (std::size_t f = 0; f < desk.factors.size(); ++f) {
        const FactorNow& now = engine.factor(FactorId{f});
        const auto slow = SlowExposure(engine, desk.factors[f]).actual();
        const std::string what = "seed " + std::to_string(seed) + " event " + std::to_string(i) +
                                 " " + desk.factors[f].name + " " + desk.factors[f].book;
        if (desk.factors[f].kind == FactorKind::channel) continue;
        if (now.knowledge == Knowledge::no_price) {
          EXPECT_FALSE(slow.has_value()) << what;
        } else if (now.defined && slow) {
          expect_close(now.state.actual, *slow, what);
          ++compared;
        }
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(compared, 20'000U);
}

TEST(EngineProperties, net_asset_value_is_the_sum_over_everything_held) {
  const Desk desk = random_desk();
  std::size_t compared = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 20; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    Engine engine(desk);
    for (int i = 0; i < 300; ++i) {
      events.hear(engine.step(events.next()));
      if (i % 10 != 0) continue;
      const auto value = engine.report().net_asset_value;
      double slow = 0.0;
      bool known = true;
      const auto add = [&](AssetId asset, Amount amount) {
        if (amount.zero()) return;
        const Quoted& price = engine.market().asset_price(asset);
        known = known && price.present;
        if (price.present) slow += to_double(amount) * to_double(price.price);
      };
      for (std::size_t a = 0; a < desk.assets.size(); ++a) {
        Amount held = engine.books().in_flight(AssetId{a});
        for (std::size_t j = 0; j < engine.books().account_count(); ++j)
          held += engine.books().cash(AccountId{j}, AssetId{a});
        add(AssetId{a}, held);
      }
      for (const Position& position : engine.books().positions()) {
        const Contract& contract = engine.books().contract(position.instrument);
        if (contract.spot || position.qty.zero()) continue;
        const Quoted& mark = engine.market().price(position.instrument);
        known = known && mark.present;
        if (mark.present) add(contract.settlement(), *unrealized(contract, position, mark.price));
      }
      if (!value || !known) continue;
      EXPECT_NEAR(to_double(*value), slow, 1e-9 * (1e6 + std::fabs(slow)))
          << "seed " << seed << " event " << i;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100U);
}

/// What shares of net asset value are taken of is kept by differences, by the engine's rules.
class KeptValue {
 public:
  explicit KeptValue(const Desk& desk) : desk_(&desk), books_(desk), market_(desk), kept_(desk) {}

  void take(const Event& event) {
    std::visit([&](const auto& body) { take(event.t, body); }, event.body);
  }
  std::optional<Decimal> kept() const { return kept_.value(); }
  std::optional<Decimal> whole() const { return NetAssetValue::of(*desk_, books_, market_); }

 private:
  template <class Body>
  void take(Timestamp t, const Body& body) {
    if constexpr (requires { books_.apply(t, body); }) {
      if (books_.apply(t, body).applied()) kept_.apply(books_, market_);
    } else if constexpr (std::is_same_v<Body, Mark> || std::is_same_v<Body, Top>) {
      const MarketChange change = market_.apply(t, body);
      if (change.instrument.valid()) kept_.reprice(change.instrument, market_);
      for (const AssetPriceChange& moved : market_.asset_changes())
        kept_.reprice(moved.asset, market_);
    }
  }

  const Desk* desk_;
  Books books_;
  Market market_;
  NetAssetValue kept_;
};

TEST(EngineProperties, net_asset_value_kept_by_differences_is_that_of_the_whole_books) {
  const Desk desk = random_desk();
  std::size_t known = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 20; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    KeptValue value(desk);
    for (int i = 0; i < 600; ++i) {
      value.take(events.next());
      ASSERT_EQ(value.kept(), value.whole()) << "seed " << seed << " event " << i;
      if (value.kept()) ++known;
    }
  }
  EXPECT_GT(known, 1'000U);
}

TEST(EngineProperties, announcing_events_changes_nothing) {
  const Desk desk = random_desk();
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 5; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    std::vector<Event> all;
    for (int i = 0; i < 500; ++i)
      all.push_back(events.next());
    Engine plain(desk);
    Engine announced(desk);
    for (std::size_t i = 0; i < all.size(); ++i) {
      // Two ahead, as they should be; now and then another one, as nobody should.
      if (i + 2 < all.size()) announced.announce(all[i + 2]);
      if (i % 7 == 0) announced.announce(all[all.size() - 1 - i]);
      plain.step(all[i]);
      announced.step(all[i]);
    }
    EXPECT_EQ(announced.snapshot(), plain.snapshot()) << "seed " << seed;
  }
}

TEST(EngineProperties, resumed_anywhere_is_the_whole_run) {
  const Desk desk = random_desk();
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 20; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    Rng cuts(seed + 77);
    Engine whole(desk);
    auto part = std::make_unique<Engine>(desk);
    for (int i = 0; i < 500; ++i) {
      const Event event = events.next();
      const auto effects = whole.step(event);
      events.hear(effects);
      ASSERT_EQ(part->step(event).size(), effects.size()) << "seed " << seed << " event " << i;
      ASSERT_EQ(part->digest().hex(), whole.digest().hex()) << "seed " << seed << " event " << i;
      if (!cuts.chance(0.05)) continue;
      const StateImage image = part->snapshot();
      ASSERT_EQ(image, whole.snapshot()) << "seed " << seed << " event " << i;
      part = std::make_unique<Engine>(desk);
      ASSERT_TRUE(part->restore(image));
    }
    EXPECT_EQ(part->digest().hex(), whole.digest().hex()) << "seed " << seed;
  }
}

/// Spot and linear only: what derivatives pay in coin is equity that no `delta` factor holds, and
/// everything else has a name. Under `delta_equity` that equity has one too, inverse contracts and
/// all.
Desk identity_desk(DeltaConvention convention) {
  Desk desk = random_desk();
  watch_only(desk);
  if (convention == DeltaConvention::delta) desk.instruments.erase(desk.instruments.begin() + 2);
  desk.factors.resize(1);
  desk.factors[0].max_age.reset();
  desk.factors[0].convention = convention;
  FactorConfig eth = desk.factors[0];
  eth.name = "delta:ETH";
  eth.asset = eth.unit = AssetId{2};
  desk.factors.push_back(eth);
  desk.rules.clear();
  return desk;
}

/// Takes the fees in coin from what derivatives cost.
void pay_in_currency(Event& event, const Desk& desk) {
  if (auto* fill = std::get_if<Fill>(&event.body);
      fill != nullptr && fill->fee && !desk.instrument(fill->key.instrument).spot()) {
    fill->fee->asset = desk.currency;
  }
  if (auto* correct = std::get_if<Correct>(&event.body)) {
    correct->fee.reset();
    correct->fee_asset.reset();
  }
}

class ProfitIdentity : public ::testing::TestWithParam<DeltaConvention> {};

TEST_P(ProfitIdentity, the_parts_of_profit_add_up_to_the_change_of_net_asset_value) {
  const Desk desk = identity_desk(GetParam());
  const auto first_price = [&](std::size_t instrument) {
    Mark mark;
    mark.instrument = InstrumentId{instrument};
    mark.price = Price::whole(1000 + 100 * static_cast<std::int64_t>(instrument));
    return Event{*parse_timestamp("2026-01-04T00:00:00Z"), mark};
  };
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 10; ++seed) {
    RandomEvents events(desk, Draw{Rng(seed)});
    Engine engine(desk);
    for (std::size_t i = 0; i < desk.instruments.size(); ++i)
      engine.step(first_price(i));
    Int256 deposited;  // at 10^-36
    for (int i = 0; i < 500; ++i) {
      Event event = events.next();
      if (GetParam() == DeltaConvention::delta) pay_in_currency(event, desk);
      const std::uint64_t applied = engine.counts().applied;
      engine.step(event);
      const auto* balance = std::get_if<BalanceChange>(&event.body);
      if (balance == nullptr || engine.counts().applied == applied) continue;
      const Quoted& price = engine.market().asset_price(balance->asset);
      ASSERT_TRUE(price.present);
      deposited += Int256::product(balance->qty.raw, price.price.raw);
    }
    const Report report = engine.report();
    ASSERT_TRUE(report.net_asset_value && report.factors[0].profit && report.factors[1].profit);
    const Decimal profit = report.factors[0].profit->total + report.factors[1].profit->total;
    const Decimal change =
        *report.net_asset_value - decimal_cast<Decimal>(rounded_amount(deposited));
    // Each fill's cash and each value of an inverse leg is rounded to 10^-18, and then worth a
    // price.
    EXPECT_NEAR(to_double(profit - change), 0.0, 1e-9) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Conventions,
                         ProfitIdentity,
                         ::testing::Values(DeltaConvention::delta, DeltaConvention::delta_equity),
                         [](const auto& tested) {
                           return tested.param == DeltaConvention::delta ? "delta" : "delta_equity";
                         });

}  // namespace
}  // namespace ballast
