// Comma-separated values as RFC 4180 has them, one record a line: fields may stand in double
// quotes, a quote inside them is doubled. A line break inside quotes is not taken (no format here
// has one).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/common/importer.hpp"
#include "base/decimal.hpp"

namespace ballast {

class CsvRow {
 public:
  /// Splits a line. The fields point into it, or into this row when quotes had to be undone; they
  /// live until the next split.
  Result<void> split(std::string_view line, char delimiter = ',');

  std::size_t size() const { return fields_.size(); }
  std::string_view operator[](std::size_t i) const { return fields_[i]; }

 private:
  Result<std::size_t> split_quoted(std::string_view line, std::size_t at, char delimiter);

  std::vector<std::string_view> fields_;
  std::string unquoted_;  // never grows while fields point into it
};

/// A column: where it is, and what it is called in errors.
struct CsvColumn {
  std::size_t index = 0;
  std::string name;
};

/// The column of a header by its exact name; the error lists what there is.
Result<CsvColumn> find_column(const CsvRow& header, std::string_view name);

/// Adds "column 3 (price): " to an error.
tl::unexpected<Error> in_column(const CsvColumn& column, Error error);

/// The field of a column; an error when the row is too short.
Result<std::string_view> field(const CsvRow& row, const CsvColumn& column);

enum class Sign : std::uint8_t { any, not_negative, positive };
/// An exact number of the wanted sign.
Result<Int128> number_field_raw(const CsvRow& row, const CsvColumn& column, Sign sign);
template <class T>
Result<T> number_field(const CsvRow& row, const CsvColumn& column, Sign sign) {
  auto raw = number_field_raw(row, column, sign);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return T{*raw};
}

/// An importer of a CSV format: splits lines, skips blank ones, finds the header of each file.
class CsvImporter : public Importer {
 public:
  Result<void> line(std::string_view text, std::size_t number, ImportSink& sink) final;
  bool lost() const final { return !begun_; }
  Result<void> end_of_file(ImportSink& sink) override;

 protected:
  explicit CsvImporter(char delimiter = ',') : delimiter_(delimiter) {}

  /// The first row of a file. Finds the columns and returns true, or false when the row is data.
  virtual Result<bool> header(const CsvRow& row) = 0;
  virtual Result<void> row(const CsvRow& row,
                           std::string_view text,
                           std::size_t number,
                           ImportSink& sink) = 0;

 private:
  CsvRow row_;
  char delimiter_;
  bool begun_ = false;
  std::size_t columns_ = 0;  // of the first row of the file
};

}  // namespace ballast
