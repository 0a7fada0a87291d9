#include "adapters/feed/option_chain/option_chain_csv.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/feed/common/import_testing.hpp"

namespace ballast {
namespace {

constexpr std::string_view first_header =
    "timestamp,instrument_name,currency,option_type,strike,expiry_datetime,bid_price,ask_price,"
    "mark_price,futures_price,implied_volatility";
constexpr std::string_view second_header =
    "snapshot_utc,exchange,underlying,expiry,strike,type,bid,ask,mark_price,mark_iv,"
    "underlying_price";

/// What the reader makes of lines, the header among them.
struct ReadChains {
  std::vector<OptionChain> chains;
  std::vector<std::string> errors;
  std::vector<Error> problems;
};
ReadChains read_lines(std::initializer_list<std::string_view> lines) {
  ReadChains out;
  OptionChainReader reader;
  for (const std::string_view line : lines) {
    if (auto taken = reader.line(line); !taken) out.errors.push_back(taken.error().what);
  }
  out.chains = reader.take(out.problems);
  return out;
}

std::string first_row(std::string_view strike, std::string_view bid, std::string_view ask) {
  return fmt::format(
      "2026-01-01T09:18:35.173006+00:00,BTC-X,BTC,call,{},2026-01-16T08:00:00+00:00,{},{},0.0779,"
      "87989.5,0.4257",
      strike, bid, ask);
}

TEST(OptionChainCsv, reads_the_first_layout) {
  const auto read = read_lines({first_header, first_row("88000", "0.0085", ""),
                                "2026-01-01T09:18:35.173006+00:00,ETH-X,ETH,put,3000,"
                                "2026-01-02T08:00:00+00:00,,0.01,0.0,2999.5,"});
  ASSERT_TRUE(read.errors.empty()) << read.errors[0];
  ASSERT_EQ(read.chains.size(), 2U);
  const OptionChain& btc = read.chains[0];
  EXPECT_EQ(btc.underlying, "BTC");
  EXPECT_EQ(btc.at, at("2026-01-01T09:18:35.173006Z"));
  ASSERT_EQ(btc.expiries.size(), 1U);
  EXPECT_EQ(btc.expiries[0].expires, at("2026-01-16T08:00:00Z"));
  EXPECT_NEAR(btc.expiries[0].years, 14.94542623 / 365.0, 1e-9);
  EXPECT_EQ(btc.expiries[0].forward, 87989.5);
  ASSERT_EQ(btc.expiries[0].quotes.size(), 1U);
  const OptionQuote& quote = btc.expiries[0].quotes[0];
  EXPECT_EQ(quote.right, OptionRight::call);
  EXPECT_EQ(quote.strike, 88000.0);
  EXPECT_EQ(quote.bid, 0.0085);
  EXPECT_FALSE(quote.ask);
  EXPECT_EQ(quote.mark, 0.0779);
  EXPECT_EQ(quote.mark_vol, 0.4257);
  const OptionQuote& put = read.chains[1].expiries[0].quotes[0];
  EXPECT_EQ(put.right, OptionRight::put);
  EXPECT_FALSE(put.bid);
  EXPECT_EQ(put.mark, 0.0) << "a mark may be 0";
  EXPECT_FALSE(put.mark_vol);
}

TEST(OptionChainCsv, reads_the_second_layout_in_the_units_of_its_venue) {
  const auto read = read_lines(
      {second_header,
       "2026-07-04 12:24:07,deribit,BTC,2026-08-28,70000,call,0.01,0,0.011,50.25,62800.2",
       "2026-07-04 12:24:07,deribit,BTC,2026-08-28,50000,put,0.01,0.02,0.011,49.63,62800.4"});
  ASSERT_TRUE(read.errors.empty()) << read.errors[0];
  const ChainExpiry& expiry = read.chains.at(0).expiries.at(0);
  EXPECT_EQ(expiry.expires, at("2026-08-28T08:00:00Z"));
  EXPECT_NEAR(expiry.forward, 62800.3, 1e-9) << "the median";
  EXPECT_EQ(expiry.quotes[0].strike, 50000.0) << "by strike";
  EXPECT_EQ(expiry.quotes[0].forward, 62800.4) << "each has its own";
  EXPECT_NEAR(*expiry.quotes[0].mark_vol, 0.4963, 1e-12);
  EXPECT_FALSE(expiry.quotes[1].ask) << "0 is no quote";
}

TEST(OptionChainCsv, takes_the_forward_from_parity_where_only_the_index_is_told) {
  // call - put = 1 - K/F at F = 63000; the second strike is off, the median is not.
  const auto read = read_lines(
      {second_header,
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,60000,call,,,0.0976190476190476,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,60000,put,,,0.05,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,61000,call,,,0.2,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,61000,put,,,0.05,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,63000,call,,,0.06,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-08-28,63000,put,,,0.06,0.5,62512.6",
       "2026-07-04 12:24:07,okx,BTC,2026-09-25,63000,put,,,0.06,0.5,62512.6"});
  ASSERT_TRUE(read.errors.empty()) << read.errors[0];
  ASSERT_EQ(read.chains.at(0).expiries.size(), 1U);
  EXPECT_NEAR(read.chains[0].expiries[0].forward, 63000.0, 1e-6);
  EXPECT_EQ(read.chains[0].expiries[0].quotes[0].forward, read.chains[0].expiries[0].forward);
  ASSERT_EQ(read.problems.size(), 1U);
  EXPECT_EQ(read.problems[0].what,
            "1 options on BTC that expire 2026-09-25T08:00:00Z: no strike has the marks of call "
            "and put, so the forward is not to be had");
}

TEST(OptionChainCsv, keeps_snapshots_apart_and_in_order) {
  std::string later = first_row("88000", "0.01", "0.02");
  later.replace(0, 10, "2026-01-02");
  const auto read = read_lines({first_header, later, first_row("88000", "0.01", "0.02")});
  ASSERT_EQ(read.chains.size(), 2U);
  EXPECT_LT(read.chains[0].at, read.chains[1].at);
}

TEST(OptionChainCsv, counts_what_has_expired) {
  std::string row = first_row("88000", "0.01", "0.02");
  row.replace(0, 10, "2026-01-16");
  const auto read = read_lines({first_header, row});
  ASSERT_EQ(read.chains.size(), 1U);
  EXPECT_EQ(read.chains[0].expired, 1U);
  EXPECT_TRUE(read.chains[0].expiries.empty());
}

TEST(OptionChainCsv, a_crossed_quote_is_a_fact_and_no_error) {
  const auto read = read_lines({first_header, first_row("88000", "0.02", "0.01")});
  EXPECT_TRUE(read.errors.empty());
  EXPECT_EQ(read.chains.at(0).expiries.at(0).quotes[0].bid, 0.02);
}

TEST(OptionChainCsv, refuses_what_cannot_be_and_says_where_and_why) {
  const std::string good = first_row("88000", "0.01", "0.02");
  const auto swapped = [&](std::string_view from, std::string_view to) {
    std::string row = good;
    row.replace(row.find(from), from.size(), to);
    return row;
  };
  struct Mistake {
    std::string row;
    std::string_view says;
  };
  for (const Mistake& mistake : {
           Mistake{swapped(",0.01,", ",-0.01,"), R"(column 7 (bid_price): "-0.01" is negative)"},
           Mistake{swapped(",0.01,", ",nan,"),
                   R"(column 7 (bid_price): "nan" is not a finite number; leave it empty where)"},
           Mistake{swapped(",0.02,", ",inf,"), R"(column 8 (ask_price): "inf" is not a finite)"},
           Mistake{swapped(",0.02,", ",0.02x,"), R"(column 8 (ask_price): "0.02x" is not a)"},
           Mistake{swapped("88000", "0"), "column 5 (strike): it must be above 0"},
           Mistake{swapped("87989.5", ""), "column 10 (futures_price): it is empty"},
           Mistake{swapped("call", "cal"), R"(column 4 (option_type): the right)"},
           Mistake{swapped("0.4257", "42.57"),
                   "column 11 (implied_volatility): 42.57 would be a vol of 4257 %: is it in "
                   "percent where a number is meant?"},
           Mistake{swapped("2026-01-16T", "2026-13-16T"), "column 6 (expiry_datetime): "},
           Mistake{swapped(",BTC,", ",B C,"), R"(column 3 (currency): "B C" is no name of a coin)"},
           Mistake{good.substr(0, good.rfind(',')),
                   "the line has 10 columns where the header has 11"},
       }) {
    const auto read = read_lines({first_header, mistake.row, good});
    ASSERT_EQ(read.errors.size(), 1U) << mistake.row;
    EXPECT_NE(read.errors[0].find(mistake.says), std::string::npos) << read.errors[0];
    ASSERT_EQ(read.chains.size(), 1U) << "the good line counts";
    EXPECT_EQ(read.chains[0].expiries.at(0).quotes.size(), 1U);
  }
  const auto twice = read_lines({first_header, good, good});
  ASSERT_EQ(twice.errors.size(), 1U);
  EXPECT_EQ(
      twice.errors[0],
      "the BTC call of 2026-01-16T08:00:00Z at 88000 has been there already in this snapshot");
  const auto venue = read_lines(
      {second_header, "2026-07-04 12:24:07,xyz,BTC,2026-08-28,70000,call,,,0.011,50.25,62800.2"});
  ASSERT_EQ(venue.errors.size(), 1U);
  EXPECT_NE(venue.errors[0].find(R"(column 2 (exchange): "xyz" is a venue whose units)"),
            std::string::npos);
}

TEST(OptionChainCsv, a_file_without_a_known_header_or_without_options_is_an_error) {
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("ballast_option_chain_{}.csv", ::getpid());
  const auto error_of = [&](std::string_view text) {
    std::ofstream(path) << text;
    const std::vector<std::string> paths{path.string()};
    const auto read = read_option_chains(paths);
    std::filesystem::remove(path);
    return read ? std::string() : read.error().what;
  };
  EXPECT_NE(error_of("t,price\n1,2\n").find(":1: this is no header of an option chain"),
            std::string::npos);
  std::string header(first_header);
  header.replace(header.find("strike"), 6, "stirke");
  const std::string missing = error_of(header + "\n");
  EXPECT_NE(missing.find(":1: the header has no column \"strike\""), std::string::npos) << missing;
  EXPECT_NE(error_of(std::string(first_header) + "\n").find("holds no option"), std::string::npos);
  EXPECT_NE(error_of(std::string(first_header) + "\n1,2\n")
                .find(":2: the line has 2 columns where the header has 11"),
            std::string::npos);
  const std::vector<std::string> nowhere{"/nowhere.csv"};
  EXPECT_EQ(read_option_chains(nowhere).error().code, Errc::io);
}

}  // namespace
}  // namespace ballast
