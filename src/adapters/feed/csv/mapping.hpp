// Where each field of an event comes from in a CSV of any shape: a column, a constant, or a text
// with columns in it; then, if asked, through a table of values or a change of sign.
//
//   map.FIELD=COLUMN              the column of that name, or of that number counting from 1
//   set.FIELD=TEXT                the text; {COLUMN} in it stands for a column's value
//   values.FIELD=FROM:TO,...      replaces each FROM by its TO; "*:TO" takes what is left
//   negate.FIELD=yes              changes the sign of a number
//   where.COLUMN=VALUE,...        takes only the lines whose column has one of the values
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/feed/common/csv.hpp"
#include "base/result.hpp"

namespace ballast {

/// Fields of events that can be mapped.
enum class CsvField : std::uint8_t {
  t,
  id,
  venue,
  account,
  book,
  instrument,
  asset,
  quote,
  side,
  qty,
  price,
  fee,
  fee_asset,
  origin,
  liquidity,
  order,
  leg,
  reason,
  amount,
  from,
  to,
  state,
  bid,
  bid_qty,
  ask,
  ask_qty,
  rate,
  interval_h,
};
inline constexpr std::array<std::string_view, 28> csv_field_names{
    "t",         "id",    "venue",   "account", "book",    "instrument", "asset",
    "quote",     "side",  "qty",     "price",   "fee",     "fee_asset",  "origin",
    "liquidity", "order", "leg",     "reason",  "amount",  "from",       "to",
    "state",     "bid",   "bid_qty", "ask",     "ask_qty", "rate",       "interval_h"};
constexpr std::string_view to_string(CsvField f) {
  return csv_field_names[static_cast<std::size_t>(f)];
}
constexpr std::uint32_t bit(CsvField f) { return std::uint32_t{1} << static_cast<unsigned>(f); }

class CsvMapping {
 public:
  /// Reads the map., set., values. and negate. settings; an error names the setting.
  static Result<CsvMapping> create(const ImportSettings& settings);

  bool has(CsvField f) const { return (present_ & bit(f)) != 0; }
  std::uint32_t present() const { return present_; }
  /// A constant for a field that has no mapping yet.
  void set_default(CsvField f, std::string_view value);

  /// Finds the columns in a header, or by number alone when there is none.
  Result<void> resolve(const CsvRow& row, bool is_header);

  /// The text of a field in a row, or nothing when it is not mapped or empty. Lives until the next
  /// call for the same field. The error names the field and the column.
  Result<std::optional<std::string_view>> text(CsvField f, const CsvRow& row);
  /// Its number, sign changed if asked.
  Result<std::optional<Int128>> number_raw(CsvField f, const CsvRow& row);

 private:
  /// A literal, or a column when `column` is set.
  struct Piece {
    std::string text;  // the literal, or the column as the setting names it
    bool is_column = false;
    CsvColumn column;
  };
  struct Source {
    std::vector<Piece> pieces;
    std::vector<std::pair<std::string, std::string>> values;
    bool negate = false;
    std::string scratch;
  };

  Result<void> add(std::string_view key, std::string_view value);

  std::array<Source, csv_field_names.size()> sources_;
  std::uint32_t present_ = 0;
};

/// Which lines count: those that meet every where. setting.
class CsvFilter {
 public:
  static Result<CsvFilter> create(const ImportSettings& settings);

  Result<void> resolve(const CsvRow& row, bool is_header);
  Result<bool> takes(const CsvRow& row) const;

 private:
  struct Condition {
    std::string name;  // of the column, as the setting has it
    std::vector<std::string> values;
    CsvColumn column;
  };
  std::vector<Condition> conditions_;
};

}  // namespace ballast
