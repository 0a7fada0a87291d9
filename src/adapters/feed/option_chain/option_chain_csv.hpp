// Recorded option chains, as CSV with a header, to OptionChains. Columns are found by name; others
// may stand between. Two layouts are known by theirs:
//
//   1  timestamp, instrument_name, currency, option_type, strike, expiry_datetime, bid_price,
//      ask_price, mark_price, futures_price (the forward), implied_volatility (0.5 is 50 %)
//   2  snapshot_utc, exchange, underlying, expiry (a date: 08:00 UTC), strike, type, bid, ask,
//      mark_price, mark_iv, underlying_price
//
// Prices are in coin; an empty field, and a bid or ask of 0, is no quote; a vol of 0 is none. In
// layout 2, the venue says what the rest means: `deribit` gives mark_iv in percent and the forward
// as underlying_price; `okx` gives mark_iv as a number and the index as underlying_price, so that
// the forward of an expiry comes from its marks by parity, call - put = 1 - K/F in coin: the median
// over strikes. Years count from the snapshot to the expiry, 365 days each; columns that say it
// otherwise are not read.
//
// A file may hold several snapshots and underlyings. A line that is wrong is refused and listed,
// the others count. Not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/option_chain/chain_row.hpp"
#include "base/result.hpp"
#include "quant/pricing/option_chain.hpp"

namespace ballast {

/// Pure: lines in, chains out.
class OptionChainReader {
 public:
  /// One line; the first of a file is its header. The error names column, value and why; the reader
  /// is then as it was before the line.
  Result<void> line(std::string_view text);
  /// The first line of the file has been understood.
  bool has_header() const { return columns_.has_value(); }
  void end_of_file() { columns_.reset(); }
  /// All chains, by time and underlying; the reader is empty then. Expiries whose forward is not to
  /// be had are left out and told of in `problems`.
  std::vector<OptionChain> take(std::vector<Error>& problems);

 private:
  struct Pending {
    std::map<Timestamp, std::vector<OptionQuote>> expiries;
    std::set<std::tuple<Timestamp, double, OptionRight>> seen;
    std::size_t expired = 0;
  };

  Result<void> header();

  CsvRow row_;
  std::optional<ChainColumns> columns_;
  std::size_t width_ = 0;  // columns of the header
  std::map<std::pair<Timestamp, std::string>, Pending> pending_;
};

struct OptionChains {
  std::vector<OptionChain> chains;  // by time, then underlying
  std::vector<Error> refused;       // the first 100, each with file and line
  std::size_t lines = 0;            // read, headers aside
  std::size_t refused_count = 0;
};

/// Reads files in turn, plain or gzip; "-" is standard input. Errors: io; bad_input for a file
/// whose header is not known, and where there is no option at all.
Result<OptionChains> read_option_chains(std::span<const std::string> paths);

}  // namespace ballast
