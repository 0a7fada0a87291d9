#include "adapters/store/hashed_row.hpp"

#include <cmath>
#include <cstring>

#include "base/contract.hpp"

namespace ballast {

namespace {

/// SQLite keeps whole REALs as integers, which have no negative zero.
double stored(double value) { return value == 0.0 ? 0.0 : value; }

}  // namespace

void RowHash::real(double value) {
  const double kept = stored(value);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &kept, sizeof bits);
  word(2, bits);
}

RowWriter& RowWriter::integer(std::int64_t value) {
  statement_.bind(++parameter_, value);
  hash_.integer(value);
  return *this;
}
RowWriter& RowWriter::real(double value) {
  BALLAST_ASSERT(!std::isnan(value));  // SQLite would store NULL; an absent figure is null()
  statement_.bind_real(++parameter_, stored(value));
  hash_.real(value);
  return *this;
}
RowWriter& RowWriter::text(std::string_view value) {
  statement_.bind_text(++parameter_, value);
  hash_.text(value);
  return *this;
}
RowWriter& RowWriter::blob(std::string_view value) {
  statement_.bind_blob(++parameter_, value);
  hash_.blob(value);
  return *this;
}
RowWriter& RowWriter::null() {
  statement_.bind_null(++parameter_);
  hash_.null();
  return *this;
}
Result<void> RowWriter::write() {
  statement_.bind(++parameter_, hash_.value());
  return statement_.run();
}

bool row_is_intact(const sqlite::Statement& row) {
  const int last = row.column_count() - 1;
  RowHash hash;
  for (int column = 0; column < last; ++column) {
    if (row.is_integer(column)) {
      hash.integer(row.integer(column));
    } else if (row.is_real(column)) {
      hash.real(row.real(column));
    } else if (row.is_text(column)) {
      hash.text(row.bytes(column));
    } else if (row.is_blob(column)) {
      hash.blob(row.bytes(column));
    } else {
      hash.null();
    }
  }
  return row.is_integer(last) && row.integer(last) == hash.value();
}

}  // namespace ballast
