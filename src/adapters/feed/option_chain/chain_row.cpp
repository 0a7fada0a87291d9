#include "adapters/feed/option_chain/chain_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

struct ChainLayout {
  std::array<std::string_view, chain_fields> names;  // by ChainField; empty: it has no such column
  std::string_view time_format;
  bool expiry_is_date = false;
};

constexpr std::array layouts{
    ChainLayout{{"timestamp", "currency", "option_type", "strike", "expiry_datetime", "bid_price",
                 "ask_price", "mark_price", "implied_volatility", "futures_price", "",
                 "instrument_name", "index_price"},
                "rfc3339",
                false},
    ChainLayout{{"snapshot_utc", "underlying", "type", "strike", "expiry", "bid", "ask",
                 "mark_price", "mark_iv", "underlying_price", "exchange", "instrument", ""},
                "%Y-%m-%d %H:%M:%S",
                true},
};

constexpr bool may_be_absent(ChainField field) {
  return field == ChainField::instrument || field == ChainField::index;
}

/// What a venue means by the columns of a layout.
struct ChainUnits {
  double vol_scale = 1.0;
  bool has_forward = true;  // else the column of the forward has the index
};

bool has_column(const CsvRow& header, std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return true;
  }
  return false;
}

/// A finite number, not negative; nothing where the field is empty.
Result<std::optional<double>> not_negative(const CsvRow& row, const CsvColumn& column) {
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
  BALLAST_TRY(value, not_negative(row, column));
  if (value && *value > 0.0) return *value;
  return in_column(column, {Errc::bad_input, value ? "it must be above 0" : "it is empty"});
}

/// The same where 0 stands for nothing.
Result<std::optional<double>> price_or_none(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(value, not_negative(row, column));
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

/// Call and put of one strike, both marked: F = K / (1 - call + put).
std::optional<double> parity_forward(std::span<const OptionQuote> quotes) {
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

}  // namespace

Result<ChainColumns> ChainColumns::find(const CsvRow& header) {
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const auto& names = layouts[i].names;
    if (!has_column(header, names[0])) continue;
    ChainColumns found;
    found.layout_ = i;
    found.columns_.resize(chain_fields);
    for (std::size_t f = 0; f < chain_fields; ++f) {
      if (names[f].empty()) continue;
      if (may_be_absent(static_cast<ChainField>(f)) && !has_column(header, names[f])) continue;
      BALLAST_TRY(column, find_column(header, names[f]));
      found.columns_[f] = column;
    }
    return found;
  }
  return fail(Errc::bad_input,
              fmt::format("this is no header of an option chain: it has neither a column "
                          "\"{}\" nor \"{}\"; docs/calibrate.md lists the columns",
                          layouts[0].names[0], layouts[1].names[0]));
}

Result<ChainRow> chain_row(const CsvRow& row, const ChainColumns& columns) {
  const ChainLayout& layout = layouts[columns.layout()];
  ChainUnits units;
  if (columns.has(ChainField::exchange)) {
    BALLAST_TRY(known, units_of(row, columns[ChainField::exchange]));
    units = known;
  }
  ChainRow out;
  BALLAST_TRY(taken_at, chain_time(row, columns[ChainField::at], layout.time_format));
  out.at = taken_at;
  BALLAST_TRY(coin, coin_name(row, columns[ChainField::underlying]));
  out.underlying = coin;
  BALLAST_TRY(expiry, chain_time(row, columns[ChainField::expires],
                                 layout.expiry_is_date ? "%Y-%m-%d" : layout.time_format));
  constexpr std::int64_t settlement_hour = 8;
  out.expires = layout.expiry_is_date ? expiry + Duration::hours(settlement_hour) : expiry;
  BALLAST_TRY(side, field(row, columns[ChainField::right]));
  constexpr std::string_view rights[] = {"call", "put"};
  auto chosen = choose("the right", side, rights);
  if (!chosen) return in_column(columns[ChainField::right], chosen.error());
  out.quote.right = *chosen == 0 ? OptionRight::call : OptionRight::put;
  BALLAST_TRY(struck, positive_amount(row, columns[ChainField::strike]));
  out.quote.strike = struck;
  BALLAST_TRY(price, positive_amount(row, columns[ChainField::forward]));
  if (units.has_forward) {
    out.quote.forward = price;
  } else {
    out.index = price;
  }
  if (columns.has(ChainField::index)) {
    BALLAST_TRY(index, price_or_none(row, columns[ChainField::index]));
    out.index = index;
  }
  BALLAST_TRY(bidden, price_or_none(row, columns[ChainField::bid]));
  out.quote.bid = bidden;
  BALLAST_TRY(asked, price_or_none(row, columns[ChainField::ask]));
  out.quote.ask = asked;
  BALLAST_TRY(marked, not_negative(row, columns[ChainField::mark]));
  out.quote.mark = marked;
  BALLAST_TRY(vol, price_or_none(row, columns[ChainField::mark_vol]));
  if (vol) {
    constexpr double vol_most = 20.0;
    *vol *= units.vol_scale;
    if (*vol > vol_most) {
      return in_column(columns[ChainField::mark_vol],
                       {Errc::bad_input, fmt::format("{} would be a vol of {:.0f} %: is it in "
                                                     "percent where a number is meant?",
                                                     *vol, 100.0 * *vol)});
    }
    if (*vol == 0.0) vol.reset();  // too small for a double in these units
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

std::optional<double> chain_forward(std::span<const OptionQuote> quotes) {
  std::vector<double> listed;
  for (const OptionQuote& quote : quotes) {
    if (quote.forward > 0.0) listed.push_back(quote.forward);
  }
  return listed.empty() ? parity_forward(quotes) : std::optional(median_of(std::move(listed)));
}

}  // namespace ballast
