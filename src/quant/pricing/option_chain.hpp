// An option chain as a venue shows it at one time: options settled in coin on one underlying, by
// expiry and strike, with what is bid and asked. Plain data; who reads it checks it (units and
// signs below hold).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/option_right.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// Prices in coin per contract on one coin: what inverse_option.hpp calls V / F.
struct OptionQuote {
  OptionRight right = OptionRight::call;
  double strike = 0.0;                  // quote per coin, > 0
  double forward = 0.0;                 // of the expiry when this was quoted, quote per coin, > 0
  std::optional<double> bid = {};       // > 0
  std::optional<double> ask = {};       // > 0; below the bid where the venue says so
  std::optional<double> mark = {};      // >= 0
  std::optional<double> mark_vol = {};  // annual, 0.5 is 50 %, > 0
};

struct ChainExpiry {
  Timestamp expires;
  double years = 0.0;               // from the chain's time, in years of 365 days, > 0
  double forward = 0.0;             // the median of the quotes' own, > 0
  std::vector<OptionQuote> quotes;  // by strike, the call before the put
};

/// A year of a venue's options: 365 days.
inline constexpr double option_year_days = 365.0;

struct OptionChain {
  std::string underlying;  // the coin: "BTC"
  Timestamp at;
  std::vector<ChainExpiry> expiries;  // by time
  std::size_t expired = 0;            // options left out: they had expired by then
};

}  // namespace ballast
