// A row of a recorded option chain, in the layouts and by the venues' units that
// option_chain_csv.hpp tells of. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/common/csv.hpp"
#include "base/result.hpp"
#include "quant/pricing/option_chain.hpp"

namespace ballast {

/// What is taken from a row.
enum class ChainField : std::uint8_t {
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
  exchange,    // of layout 2
  instrument,  // may be absent
  index,       // of layout 1; may be absent
};
inline constexpr std::size_t chain_fields = 13;

/// Where a file has them: what its header says.
class ChainColumns {
 public:
  /// Error: bad_input, for a header of no known layout, or with a column missing.
  static Result<ChainColumns> find(const CsvRow& header);

  std::size_t layout() const { return layout_; }
  bool has(ChainField field) const { return !(*this)[field].name.empty(); }
  const CsvColumn& operator[](ChainField field) const {
    return columns_[static_cast<std::size_t>(field)];
  }

 private:
  std::size_t layout_ = 0;
  std::vector<CsvColumn> columns_;  // without a name: the file has none
};

struct ChainRow {
  Timestamp at;
  std::string underlying;
  Timestamp expires;
  OptionQuote quote;            // its forward 0 where the row does not say it
  std::optional<double> index;  // price of the coin, quote per coin, > 0
};

/// Error: bad_input, naming column, value and why.
Result<ChainRow> chain_row(const CsvRow& row, const ChainColumns& columns);

/// The forward of an expiry, whose quotes stand by strike, the call before the put: the median of
/// those that rows say, else of those that the marks of call and put of one strike imply. Nothing
/// where there are neither.
std::optional<double> chain_forward(std::span<const OptionQuote> quotes);

/// Not empty.
double median_of(std::vector<double> values);

}  // namespace ballast
