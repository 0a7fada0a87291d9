#include "adapters/store/projector.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"

namespace ballast {
namespace {

Desk small_desk() {
  Desk desk;
  desk.name = "demo";
  desk.assets = {{"USDT", {}}, {"BTC", {}}};
  desk.currency = AssetId{0};
  desk.venues = {{"binance", {"main"}}};
  Instrument perpetual;
  perpetual.name = "BTC-PERP";
  perpetual.kind = InstrumentKind::linear_perpetual;
  perpetual.venue = VenueId{0};
  perpetual.base = AssetId{1};
  perpetual.quote = AssetId{0};
  desk.instruments.push_back(perpetual);
  return desk;
}

/// A writer as the program is one: event into the journal, step, rows, commit.
class Writer {
 public:
  explicit Writer(std::unique_ptr<SqliteJournal> journal)
      : journal_(std::move(journal)), projector_(engine_, journal_->projections()) {}

  void take(const Event& event, Timestamp clock) {
    const std::uint64_t seq = expected(journal_->append(event.t, "{}"));
    projector_.follow(seq, event, engine_.step(event));
    projector_.flush_if_due(clock);
    expected(journal_->commit());
  }
  SqliteJournal& journal() { return *journal_; }
  Projector& projector() { return projector_; }
  Engine& engine() { return engine_; }

 private:
  std::unique_ptr<SqliteJournal> journal_;
  Engine engine_{small_desk()};
  Projector projector_;
};

constexpr Timestamp noon{1'700'000'000'000'000'000};

Event fill(const char* id) {
  Fill fill;
  fill.key = {{VenueId{0}, AccountName("main")}, InstrumentId{0}, *TradeId::create(id), 0};
  fill.book = BookName("mm");
  fill.qty = Quantity::whole(1);
  fill.price = Price::whole(40'000);
  return {noon, fill};
}

Event funding(const char* id) {
  FundingPayment payment;
  payment.id = *TradeId::create(id);
  payment.place = {VenueId{0}, AccountName("main")};
  payment.book = BookName("mm");
  payment.instrument = InstrumentId{0};
  payment.amount = Amount::whole(3);
  payment.asset = AssetId{0};
  return {noon, payment};
}

class ProjectorTest : public ::testing::Test, protected JournalFolder {
 protected:
  std::string quantity() const { return ask("SELECT qty FROM positions"); }
};

TEST_F(ProjectorTest, tells_what_it_holds_back_and_the_next_opening_puts_it) {
  constexpr Timestamp late = noon + Projector::flush_interval;
  {
    Writer writer(open());
    writer.take(fill("1"), noon);
    EXPECT_EQ(writer.journal().projected_seq(), 1U);
    writer.take(fill("2"), late - Duration{1});
    EXPECT_EQ(quantity(), "1") << "held back";
    EXPECT_EQ(writer.journal().durable_seq(), 2U);
    EXPECT_EQ(writer.journal().projected_seq(), 1U);
    writer.take({noon, Tick{}}, late - Duration{1});
    EXPECT_EQ(writer.journal().projected_seq(), 1U) << "what is held back stays so";
  }  // ends without a flush, as a crash does
  EXPECT_EQ(first_damage(), "") << "old rows are no damage";
  Writer writer(open());
  ASSERT_EQ(writer.journal().projected_seq(), 1U);
  writer.engine().step(fill("1"));
  writer.engine().step(fill("2"));
  writer.projector().follow_again();
  writer.engine().step({noon, Tick{}});
  writer.projector().follow_again();
  writer.take({noon, Tick{}}, noon);
  EXPECT_EQ(quantity(), "2");
  EXPECT_EQ(writer.journal().projected_seq(), 4U);
  writer.take({noon, Tick{}}, noon);
  EXPECT_EQ(writer.journal().projected_seq(), 5U) << "nothing held back, nothing to flush";
}

TEST_F(ProjectorTest, a_funding_payment_alone_moves_its_position_s_row) {
  Writer writer(open());
  writer.take(fill("1"), noon);
  writer.take(funding("f"), noon + Projector::flush_interval);
  EXPECT_EQ(ask("SELECT funding FROM positions"), R"({"USDT":"3"})");
  EXPECT_EQ(ask("SELECT qty FROM balances"), "3");
}

}  // namespace
}  // namespace ballast
