#include "adapters/feed/option_chain/option_chain_events.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

constexpr std::string_view named_header =
    "timestamp,instrument_name,currency,option_type,strike,expiry_datetime,bid_price,ask_price,"
    "mark_price,futures_price,implied_volatility,index_price\n";
constexpr std::string_view venue_header =
    "snapshot_utc,exchange,underlying,instrument,expiry,strike,type,mark_price,bid,ask,mark_iv,"
    "underlying_price\n";

/// One expiry of 2026-01-16 at a forward of 88000.5: 90000 before 86000, and of 88000 both.
std::string small_chain() {
  const auto row = [](std::string_view name, std::string_view right, std::string_view strike,
                      std::string_view rest) {
    return fmt::format(
        "2026-01-01T09:18:35.173006+00:00,BTC-16JAN26-{},BTC,{},{},2026-01-16T08:00:00+00:00,{}\n",
        name, right, strike, rest);
  };
  return joined(named_header, "") +
         row("90000-C", "call", "90000.0", "0.01,0.0105,0.010212345678,88000.5,0.41,87799.1") +
         row("88000-P", "put", "88000.0", ",0.03,0.02,88000.5,0.42,87801.1") +
         row("88000-C", "call", "88000.0", "0.02,,0.0201,88000.5,0.43,87799.1") +
         row("86000-P", "put", "86000.0", "0.0,0.0001,0.0,88000.5,0.44,87799.1");
}

struct ImportedChain : Imported {
  explicit ImportedChain(std::string_view text, ImportSettings settings = {}) {
    import_text("option-chain", std::move(settings), text, *this);
  }
};

std::string name_of(const Imported& out, InstrumentId id) {
  return out.desk.desk().instruments.at(id.index()).name;
}

TEST(OptionChainEvents, say_the_coin_the_future_the_surface_and_every_mark_in_this_order) {
  const ImportedChain out(small_chain());
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 6U);
  for (const Event& event : out.sink.events)
    EXPECT_EQ(event.t, at("2026-01-01T09:18:35.173006Z"));
  const auto& coin = out.body<Mark>(0);
  EXPECT_EQ(out.desk.desk().assets.at(coin.asset.index()).name, "BTC");
  EXPECT_EQ(out.desk.desk().assets.at(coin.quote.index()).name, "USD");
  EXPECT_EQ(coin.price, exact<Price>("87799.1")) << "the median";
  const auto& future = out.body<Mark>(1);
  EXPECT_EQ(name_of(out, future.instrument), "BTC-16JAN26");
  EXPECT_EQ(future.price, exact<Price>("88000.5"));
  const auto& surface = out.body<Surface>(2);
  EXPECT_EQ(surface.expiry, at("2026-01-16T08:00:00Z"));
  EXPECT_EQ(surface.strikes, (std::vector<double>{86000, 88000, 90000}));
  EXPECT_EQ(surface.vols, (std::vector<double>{0.44, 0.42, 0.41})) << "the put: out of the money";
  EXPECT_EQ(name_of(out, out.body<Mark>(3).instrument), "BTC-16JAN26-88000-C");
  EXPECT_EQ(out.body<Mark>(3).price, exact<Price>("0.0201"));
  EXPECT_EQ(out.body<Mark>(5).price, exact<Price>("0.010212345678")) << "to the last digit";
}

TEST(OptionChainEvents, tell_what_was_left_out_and_how_much_there_was) {
  const ImportedChain out(small_chain());
  ASSERT_EQ(out.sink.notes.size(), 2U);
  EXPECT_EQ(out.sink.notes[0].text, "1 options had a mark of 0 or none: no mark of them");
  EXPECT_EQ(out.sink.notes[1].text, "1 snapshots, 4 quotes of 4 options in 1 expiries");
}

TEST(OptionChainEvents, leave_out_other_coins_what_expired_and_forwards_that_nothing_says) {
  const std::string text = joined(
      venue_header,
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260828-63000-P,2026-08-28,63000,put,0.06,,,0.5,62512\n"
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260703-63000-P,2026-07-03,63000,put,0.06,,,0.5,62512\n"
      "2026-07-04 12:24:07,okx,ETH,ETH-USD-260828-3000-P,2026-08-28,3000,put,0.06,,,0.5,2999\n");
  const ImportedChain out(text, {{"underlying", "BTC"}});
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U);
  EXPECT_EQ(out.body<Mark>(0).price, exact<Price>("62512")) << "of the coin";
  EXPECT_EQ(name_of(out, out.body<Mark>(1).instrument), "BTC-USD-260828-63000-P");
  ASSERT_EQ(out.sink.notes.size(), 4U);
  EXPECT_EQ(out.sink.notes[0].text, "1 options on other coins were left out");
  EXPECT_EQ(out.sink.notes[1].text, "1 options that had expired were left out");
  EXPECT_EQ(out.sink.notes[2].text,
            "1 expiries had no forward, neither said nor implied by marks: no surface of them");
  EXPECT_EQ(out.sink.notes[3].text, "1 snapshots, 1 quotes of 1 options in 1 expiries");
}

TEST(OptionChainEvents, give_tops_of_the_size_that_was_set) {
  const ImportedChain out(small_chain(), {{"top_qty", "2"}, {"surface", "no"}});
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 2U + 3U + 4U);
  const auto& both = out.body<Top>(8);
  EXPECT_EQ(both.bid, exact<Price>("0.01"));
  EXPECT_EQ(both.ask_qty, exact<Quantity>("2"));
  const auto& asked = out.body<Top>(2);  // 86000: no mark, and a bid of 0
  EXPECT_EQ(asked.bid_qty, Quantity{});
  EXPECT_EQ(asked.ask, exact<Price>("0.0001"));
  EXPECT_EQ(asked.ask_qty, exact<Quantity>("2"));
}

TEST(OptionChainEvents, take_names_and_units_of_their_venue) {
  const std::string text = joined(
      venue_header,
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260828-63000-C,2026-08-28,63000,call,0.06,,,0.5,62512\n"
      "2026-07-04 12:24:07,okx,BTC,BTC-USD-260828-63000-P,2026-08-28,63000,put,0.06,,,0.5,62512\n"
      "2026-07-04 12:24:07,deribit,BTC,BTC-28AUG26-63000-P,2026-08-28,63000,put,0.06,,,50,62999\n"
      "2026-07-04 12:24:07,deribit,ETH,ETH-28AUG26-3000-P,2026-08-28,3000,put,0.06,,,50,2999\n");
  const ImportedChain out(text, {{"underlying", "BTC"}});
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.sink.events.size(), 3U + 5U);
  EXPECT_EQ(name_of(out, out.body<Mark>(0).instrument), "BTC-28AUG26");
  EXPECT_EQ(out.body<Surface>(1).vols, std::vector<double>{0.5});
  EXPECT_EQ(out.body<Mark>(3).price, exact<Price>("62512")) << "the index of okx";
  EXPECT_EQ(name_of(out, out.body<Mark>(4).instrument), "BTC-USD-260828");
  EXPECT_EQ(out.body<Mark>(4).price, exact<Price>("63000")) << "by parity";
  EXPECT_EQ(out.body<Surface>(5).vols, std::vector<double>{0.5});
}

TEST(OptionChainEvents, refuse_a_name_that_cannot_be_or_means_two_things) {
  const auto error_of = [](std::string_view from, std::string_view to) {
    std::string text = small_chain();
    text.replace(text.rfind(from), from.size(), to);
    return ImportedChain(text).error;
  };
  EXPECT_EQ(error_of("BTC-16JAN26-86000-P", "BTC86000"),
            "5: column 2 (instrument_name): it is not of the form COIN-EXPIRY-STRIKE-RIGHT");
  EXPECT_EQ(error_of("BTC-16JAN26-86000-P", "BTC-16JAN26-88000-C"),
            "5: column 2 (instrument_name): \"BTC-16JAN26-88000-C\" meant something else before: "
            "deribit BTC, expiring 2026-01-16T08:00:00Z, struck at 88000");
  EXPECT_NE(error_of("2026-01-16T", "2026-01-17T").find("\"BTC-16JAN26\" meant something else"),
            std::string::npos);
  const std::string text = small_chain();
  EXPECT_EQ(ImportedChain(text + text.substr(text.rfind("2026-01-01"))).error,
            "6: column 2 (instrument_name): \"BTC-16JAN26-86000-P\" has been there already in this "
            "snapshot");
  std::string nameless = small_chain();
  nameless.replace(nameless.find("instrument_name"), 15, "something_else!");
  EXPECT_EQ(ImportedChain(nameless).error,
            "1: the header has no column of the options' names: \"instrument_name\"");
  EXPECT_EQ(ImportedChain("", {{"top_qty", "0"}}).error,
            "setting top_qty= \"0\" is no number above 0");
}

TEST(OptionChainEvents, know_how_large_the_contracts_of_each_venue_are) {
  const auto sizes_of = [](std::string_view venue, std::string_view coin) {
    DeskBuilder desk;
    KeptSink sink;
    const auto importer = make_importer("option-chain", {}, desk);
    const std::string header(venue_header.substr(0, venue_header.size() - 1));
    EXPECT_TRUE((*importer)->line(header, 1, sink));
    EXPECT_TRUE(
        (*importer)->line(fmt::format("2026-07-04 12:24:07,{},{},{}-28AUG26-63000-C,2026-08-28,"
                                      "63000,call,0.06,,,0.5,62512",
                                      venue, coin, coin),
                          2, sink));
    const std::string text = (*importer)->configuration().value_or("");
    std::string sizes;
    for (std::size_t from = text.find("contract_size"); from != std::string::npos;
         from = text.find("contract_size", from + 1))
      sizes += text.substr(from + 16, text.find('\n', from) - from - 16);
    return sizes;
  };
  // The future, in USD, and the option, in coins.
  EXPECT_EQ(sizes_of("deribit", "BTC"), R"("10""1")");
  EXPECT_EQ(sizes_of("deribit", "ETH"), R"("1""1")");
  EXPECT_EQ(sizes_of("okx", "BTC"), R"("100""0.01")");
  EXPECT_EQ(sizes_of("okx", "ETH"), R"("10""0.1")");
}

TEST(OptionChainEvents, configure_the_instruments_that_they_name) {
  DeskBuilder desk;
  KeptSink sink;
  const auto importer = make_importer("option-chain", {}, desk);
  ASSERT_TRUE(importer);
  std::size_t number = 0;
  const std::string header(named_header.substr(0, named_header.size() - 1));
  for (const std::string& line :
       {header,
        std::string("2026-01-01T09:18:35+00:00,BTC-16JAN26-90000-C,BTC,call,90000.0,2026-01-16T08:"
                    "00:00+00:00,,,0.01,88000.5,0.41,87799.1")}) {
    ASSERT_TRUE((*importer)->line(line, ++number, sink));
  }
  const auto text = (*importer)->configuration();
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, R"([[instruments]]
name = "BTC-16JAN26"
kind = "inverse_future"
venue = "deribit"
underlying = "BTC"
quote = "USD"
contract_size = "10"
expiry = 2026-01-16T08:00:00Z

[[instruments]]
name = "BTC-16JAN26-90000-C"
kind = "option_inverse"
venue = "deribit"
underlying = "BTC"
quote = "USD"
contract_size = "1"
expiry = 2026-01-16T08:00:00Z
strike = "90000"
right = "call"

)");
  const auto other = make_importer("option-chain", {{"venue", "somewhere"}}, desk);
  ASSERT_TRUE((*other)->line(header, 1, sink));
  ASSERT_TRUE(
      (*other)->line("2026-01-01T09:18:35+00:00,BTC-1-1-C,BTC,call,1,2026-01-16T08:00:00Z,,"
                     ",0.01,1.5,0.41,1.5",
                     2, sink));
  const auto unknown = (*other)->configuration();
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().what,
            "how large \"BTC-1\" of somewhere is, is not known: --set future_size=...");
  const auto given = make_importer(
      "option-chain", {{"venue", "somewhere"}, {"contract_size", "0.5"}, {"future_size", "25"}},
      desk);
  ASSERT_TRUE((*given)->line(header, 1, sink));
  ASSERT_TRUE(
      (*given)->line("2026-01-01T09:18:35+00:00,BTC-1-1-C,BTC,call,1,2026-01-16T08:00:00Z,,"
                     ",0.01,1.5,0.41,1.5",
                     2, sink));
  const auto known = (*given)->configuration();
  ASSERT_TRUE(known);
  EXPECT_LT(known->find("contract_size = \"25\""), known->find("contract_size = \"0.5\""));
  EXPECT_NE(known->find("contract_size = \"0.5\""), std::string::npos);
}

}  // namespace
}  // namespace ballast
