#include "adapters/feed/option_chain/option_chain_csv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "adapters/feed/common/line_reader.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

/// What is taken from a row; the places in a layout's list of names.
struct In {
  enum Place : std::size_t {
    at,
    underlying,
    right,
    strike,
    expires,
    bid,
    ask,
    mark,
    mark_vol,
    forward,
    exchange,
  };
};

struct ChainLayout {
  // In the order of In::Place; an empty name is not there.
  std::array<std::string_view, 11> names;
  std::string_view time_format;
  bool expiry_is_date = false;
};

constexpr std::array layouts{
    ChainLayout{{"timestamp", "currency", "option_type", "strike", "expiry_datetime", "bid_price",
                 "ask_price", "mark_price", "implied_volatility", "futures_price", ""},
                "rfc3339",
                false},
    ChainLayout{{"snapshot_utc", "underlying", "type", "strike", "expiry", "bid", "ask",
                 "mark_price", "mark_iv", "underlying_price", "exchange"},
                "%Y-%m-%d %H:%M:%S",
                true},
};

/// What a venue means by the columns of a layout.
struct ChainUnits {
  double vol_scale = 1.0;
  bool has_forward = true;
};

bool has_column(const CsvRow& header, std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return true;
  }
  return false;
}

/// A finite number, not negative; nothing where the field is empty.
Result<std::optional<double>> amount(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  std::optional<double> none;
  if (text.empty()) return none;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return in_column(column, {Errc::bad_input, fmt::format("{} is not a finite number; leave it "
                                                           "empty where there is none",
                                                           shown(text))});
  }
  if (value < 0.0) {
    return in_column(column, {Errc::bad_input, fmt::format("{} is negative", shown(text))});
  }
  return std::optional(value);
}

Result<double> positive_amount(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(value, amount(row, column));
  if (value && *value > 0.0) return *value;
  return in_column(column, {Errc::bad_input, value ? "it must be above 0" : "it is empty"});
}

/// The same where 0 stands for nothing.
Result<std::optional<double>> price_or_none(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(value, amount(row, column));
  if (value && *value == 0.0) value.reset();
  return value;
}

Result<Timestamp> chain_time(const CsvRow& row, const CsvColumn& column, std::string_view format) {
  BALLAST_TRY(text, field(row, column));
  BALLAST_TRY(reader, TimeFormat::create(format));
  auto time = reader.read(text);
  if (!time) return in_column(column, time.error());
  return time;
}

Result<ChainUnits> units_of(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  constexpr double percent = 0.01;
  if (text == "deribit") return ChainUnits{.vol_scale = percent};
  if (text == "okx") return ChainUnits{.has_forward = false};
  return in_column(
      column, {Errc::bad_input,
               fmt::format("{} is a venue whose units are not known: deribit, okx", shown(text))});
}

Result<std::string> coin_name(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  constexpr std::size_t longest = 16;
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (text.empty() || text.size() > longest || !plain) {
    return in_column(column, {Errc::bad_input,
                              fmt::format("{} is no name of a coin, such as BTC", shown(text))});
  }
  return std::string(text);
}

struct ChainRow {
  Timestamp at;
  std::string underlying;
  Timestamp expires;
  OptionQuote quote;  // its forward 0 where the row does not say it
};

Result<ChainRow> chain_row(const CsvRow& row,
                           const ChainLayout& layout,
                           const std::vector<CsvColumn>& columns) {
  ChainUnits units;
  if (!layout.names[In::exchange].empty()) {
    BALLAST_TRY(known, units_of(row, columns[In::exchange]));
    units = known;
  }
  ChainRow out;
  BALLAST_TRY(taken_at, chain_time(row, columns[In::at], layout.time_format));
  out.at = taken_at;
  BALLAST_TRY(coin, coin_name(row, columns[In::underlying]));
  out.underlying = coin;
  BALLAST_TRY(expiry, chain_time(row, columns[In::expires],
                                 layout.expiry_is_date ? "%Y-%m-%d" : layout.time_format));
  constexpr std::int64_t settlement_hour = 8;
  out.expires = layout.expiry_is_date ? expiry + Duration::hours(settlement_hour) : expiry;
  BALLAST_TRY(side, field(row, columns[In::right]));
  constexpr std::string_view rights[] = {"call", "put"};
  auto chosen = choose("the right", side, rights);
  if (!chosen) return in_column(columns[In::right], chosen.error());
  out.quote.right = *chosen == 0 ? OptionRight::call : OptionRight::put;
  BALLAST_TRY(struck, positive_amount(row, columns[In::strike]));
  out.quote.strike = struck;
  BALLAST_TRY(price, positive_amount(row, columns[In::forward]));
  out.quote.forward = units.has_forward ? price : 0.0;
  BALLAST_TRY(bidden, price_or_none(row, columns[In::bid]));
  out.quote.bid = bidden;
  BALLAST_TRY(asked, price_or_none(row, columns[In::ask]));
  out.quote.ask = asked;
  BALLAST_TRY(marked, amount(row, columns[In::mark]));
  out.quote.mark = marked;
  BALLAST_TRY(vol, price_or_none(row, columns[In::mark_vol]));
  if (vol) {
    constexpr double vol_most = 20.0;
    *vol *= units.vol_scale;
    if (*vol > vol_most) {
      return in_column(columns[In::mark_vol],
                       {Errc::bad_input, fmt::format("{} would be a vol of {:.0f} %: is it in "
                                                     "percent where a number is meant?",
                                                     *vol, 100.0 * *vol)});
    }
  }
  out.quote.mark_vol = vol;
  return out;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

/// Call and put of one strike, both marked: F = K / (1 - call + put).
std::optional<double> parity_forward(const std::vector<OptionQuote>& quotes) {
  std::vector<double> forwards;
  for (std::size_t i = 0; i + 1 < quotes.size(); ++i) {
    const OptionQuote& call = quotes[i];
    const OptionQuote& put = quotes[i + 1];
    if (call.strike != put.strike || !call.mark || !put.mark) continue;
    const double share = 1.0 - *call.mark + *put.mark;
    if (share > 0.0) forwards.push_back(call.strike / share);
  }
  if (forwards.empty()) return std::nullopt;
  return median_of(std::move(forwards));
}

double years_between(Timestamp from, Timestamp to) {
  return (to - from).to_seconds() / (86400.0 * option_year_days);
}

/// By strike, the call before the put; forwards filled in. Nothing where there is no forward.
std::optional<ChainExpiry> expiry_of(Timestamp now,
                                     Timestamp end,
                                     std::vector<OptionQuote> quotes) {
  std::sort(quotes.begin(), quotes.end(), [](const OptionQuote& a, const OptionQuote& b) {
    return std::pair(a.strike, a.right) < std::pair(b.strike, b.right);
  });
  std::vector<double> listed;
  for (const OptionQuote& quote : quotes) {
    if (quote.forward > 0.0) listed.push_back(quote.forward);
  }
  const auto middle = listed.empty() ? parity_forward(quotes) : median_of(std::move(listed));
  if (!middle) return std::nullopt;
  for (OptionQuote& quote : quotes) {
    if (!(quote.forward > 0.0)) quote.forward = *middle;
  }
  return ChainExpiry{end, years_between(now, end), *middle, std::move(quotes)};
}

}  // namespace

Result<void> OptionChainReader::header() {
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const ChainLayout& layout = layouts[i];
    if (!has_column(row_, layout.names[In::at])) continue;
    std::vector<CsvColumn> columns(layout.names.size());
    for (std::size_t f = 0; f < columns.size(); ++f) {
      if (layout.names[f].empty()) continue;
      BALLAST_TRY(column, find_column(row_, layout.names[f]));
      columns[f] = column;
    }
    columns_ = std::move(columns);
    width_ = row_.size();
    layout_ = i;
    return {};
  }
  return fail(Errc::bad_input,
              fmt::format("this is no header of an option chain: it has neither a column "
                          "\"{}\" nor \"{}\"; docs/calibrate.md lists the columns",
                          layouts[0].names[In::at], layouts[1].names[In::at]));
}

Result<void> OptionChainReader::line(std::string_view text) {
  if (text.empty()) return {};
  BALLAST_CHECK(row_.split(text));
  if (!layout_) return header();
  if (row_.size() != width_) {
    return fail(Errc::bad_input, fmt::format("the line has {} columns where the header has {}",
                                             row_.size(), width_));
  }
  BALLAST_TRY(read, chain_row(row_, layouts[*layout_], columns_));
  Pending& chain = pending_[{read.at, read.underlying}];
  const OptionQuote& quote = read.quote;
  if (!chain.seen.emplace(read.expires, quote.strike, quote.right).second) {
    return fail(Errc::bad_input,
                fmt::format("the {} {} of {} at {} has been there already in this snapshot",
                            read.underlying, quote.right == OptionRight::call ? "call" : "put",
                            to_string(read.expires), quote.strike));
  }
  if (read.expires <= read.at) {
    ++chain.expired;
  } else {
    chain.expiries[read.expires].push_back(quote);
  }
  return {};
}

std::vector<OptionChain> OptionChainReader::take(std::vector<Error>& problems) {
  std::vector<OptionChain> chains;
  for (auto& [key, pending] : pending_) {
    OptionChain chain{key.second, key.first, {}, pending.expired};
    for (auto& [end, quotes] : pending.expiries) {
      const std::size_t count = quotes.size();
      auto expiry = expiry_of(key.first, end, std::move(quotes));
      if (expiry) {
        chain.expiries.push_back(std::move(*expiry));
      } else {
        problems.push_back(
            {Errc::bad_input,
             fmt::format(
                 "{} options on {} that expire {}: no strike has the marks of call and put, "
                 "so the forward is not to be had",
                 count, chain.underlying, to_string(end))});
      }
    }
    chains.push_back(std::move(chain));
  }
  pending_.clear();
  return chains;
}

Result<OptionChains> read_option_chains(std::span<const std::string> paths) {
  OptionChainReader chain;
  OptionChains out;
  const auto refuse = [&](Error error) {
    constexpr std::size_t listed_max = 100;
    ++out.refused_count;
    if (out.refused.size() < listed_max) out.refused.push_back(std::move(error));
  };
  for (const std::string& path : paths) {
    BALLAST_TRY(lines, LineReader::open(path));
    const std::string name = path == "-" ? "standard input" : path;
    std::string_view text;
    for (std::size_t number = 1;; ++number) {
      auto more = lines.next(text);
      if (!more) {
        return fail(more.error().code, fmt::format("{}:{}: {}", name, number, more.error().what));
      }
      if (!*more) break;
      const bool is_header = !chain.has_header();
      auto taken = chain.line(text);
      if (!is_header) ++out.lines;
      if (taken) continue;
      Error error{taken.error().code, fmt::format("{}:{}: {}", name, number, taken.error().what)};
      if (is_header) return tl::unexpected(std::move(error));
      refuse(std::move(error));
    }
    chain.end_of_file();
  }
  std::vector<Error> problems;
  out.chains = chain.take(problems);
  for (Error& problem : problems)
    refuse(std::move(problem));
  if (!out.chains.empty()) return out;
  return fail(Errc::bad_input,
              out.refused.empty()
                  ? fmt::format("{} holds no option", paths.empty() ? "nothing" : paths[0])
                  : fmt::format("no line could be read; the first: {}", out.refused[0].what));
}

}  // namespace ballast
