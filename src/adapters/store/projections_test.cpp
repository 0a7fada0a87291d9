#include "adapters/store/projections.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"

namespace ballast {
namespace {

class ProjectionsTest : public ::testing::Test, protected JournalFolder {};

TEST_F(ProjectionsTest, projections_are_rows_that_any_tool_reads) {
  const auto journal = open();
  append(*journal, 1);
  Projections& out = journal->projections();
  const Timestamp noon{1'700'000'000'000'000'001};
  out.put(PositionRow{"binance", "main", "mm", "BTC-USDT", *parse_decimal<Quantity>("0.10"),
                      *parse_decimal<Price>("65000.5"), Amount::whole(6500), Amount{},
                      R"({"USDT":"1"})", "{}"});
  FillRow fill{.seq = 1,
               .t = noon,
               .venue = "binance",
               .account = "main",
               .book = "mm",
               .instrument = "BTC-USDT",
               .id = "t1",
               .side = Side::sell,
               .qty = Quantity::whole(2),
               .price = Price::whole(3)};
  out.put(fill);
  out.put(BalanceRow{"binance", "main", "USDT", Amount::whole(-7)});
  out.put(AdherenceHourRow{.factor = "delta:BTC",
                           .book = "*",
                           .from = noon,
                           .to = noon,
                           .known_seconds = 3600,
                           .adherence = 0.825,
                           .excursions = 2,
                           .summary = std::string_view("\0x", 2)});
  out.put(AlertRow{.id = "r/delta:BTC/1",
                   .rule = "r",
                   .factor = "delta:BTC",
                   .book = "*",
                   .episode = 1,
                   .state = AlertState::firing,
                   .since = noon,
                   .started = noon,
                   .value = -0.0});
  out.put(BreakRow{.venue = "binance",
                   .account = "main",
                   .subject = "BTC-USDT",
                   .since = noon,
                   .stated = Quantity::whole(1),
                   .ours = Quantity{}});
  out.put(TransferRow{.id = "x",
                      .asset = "BTC",
                      .qty = Amount::whole(1),
                      .from_venue = "a",
                      .from_account = "b",
                      .to_venue = "c",
                      .to_account = "d",
                      .sent = noon});
  out.put(AuditRow{.seq = 2,
                   .t = noon,
                   .by = "anna",
                   .role = "risk",
                   .action = "limit.set",
                   .subject = "delta:BTC",
                   .after = R"(["-6","6"])",
                   .event = 1});
  EXPECT_EQ(ask("SELECT count(*) FROM fills"), "0") << "with its event, not before";
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(ask("SELECT qty || ' ' || average_price || ' ' || fees FROM positions"),
            R"(0.1 65000.5 {"USDT":"1"})");
  EXPECT_EQ(ask("SELECT time || side || status || coalesce(fee, '-') FROM fills_utc"),
            "2023-11-14T22:13:20.000000001Zsellapplied-");
  EXPECT_EQ(ask("SELECT adherence || ' ' || coalesce(bias, 'none') FROM adherence_hourly"),
            "0.825 none");
  EXPECT_EQ(ask("SELECT state || since FROM alerts_utc"), "firing2023-11-14T22:13:20Z");
  EXPECT_EQ(ask("SELECT state || stated || ours FROM breaks_utc"), "open10");
  EXPECT_EQ(ask("SELECT qty FROM balances"), "-7");
  EXPECT_EQ(ask("SELECT state || overdue FROM transfers"), "sent0");
  EXPECT_EQ(ask("SELECT by || before || after || event FROM audit_utc WHERE time LIKE '2023-11-%'"),
            R"(anna["-6","6"]1)");

  fill.status = FillStatus::busted;
  fill.fee = Amount::whole(1);
  fill.fee_asset = "BNB";
  EXPECT_EQ(out.fill_seq("binance", "main", "BTC-USDT", "t1", 0), 1U);
  EXPECT_EQ(out.fill_seq("binance", "main", "BTC-USDT", "t1", 1), std::nullopt);
  out.put(fill);  // the first of a group of its own
  EXPECT_EQ(ask("SELECT status FROM fills"), "applied");
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(ask("SELECT count(*) || max(status) || max(fee_asset) FROM fills"), "1bustedBNB");
  EXPECT_EQ(first_damage(), "");

  journal->begin_rebuild();
  EXPECT_EQ(journal->projected_seq(), 1U);
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(journal->projected_seq(), 0U);
  EXPECT_EQ(ask("SELECT (SELECT count(*) FROM fills) + (SELECT count(*) FROM alerts)"), "0");
  ASSERT_TRUE(journal->finish_rebuild());
  EXPECT_EQ(journal->projected_seq(), 1U);
}

TEST_F(ProjectionsTest, an_error_in_a_projection_fails_the_journal_at_commit) {
  const auto journal = open();
  append(*journal, 1);
  ASSERT_TRUE(journal->commit());
  sql("DROP TABLE balances");  // as harsh as a failing disk
  append(*journal, 1);
  journal->projections().put(BalanceRow{"binance", "main", "USDT", Amount::whole(1)});
  EXPECT_EQ(journal->commit().error().code, Errc::corrupt);
  EXPECT_EQ(journal->durable_seq(), 1U);
  EXPECT_FALSE(journal->append({1}, "x"));
  EXPECT_FALSE(journal->commit());
  EXPECT_FALSE(journal->checkpoint());
  EXPECT_FALSE(journal->load_snapshot("1"));
  EXPECT_FALSE(journal->replay(1, [](const JournalEvent&) -> Result<void> { return {}; }));
}

}  // namespace
}  // namespace ballast
