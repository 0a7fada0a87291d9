// Rows that can tell whether they still hold what was written.
//
// Events have their chain. Every other small row (projections, meta) ends in a column row_hash, a
// 64-bit hash of the columns before it: not cryptographic, it finds damage and hand edits, and
// replay can derive the rows again.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/store/sqlite.hpp"
#include "base/hash.hpp"

namespace ballast {

class RowHash {
 public:
  void integer(std::int64_t value) { word(1, static_cast<std::uint64_t>(value)); }
  void real(double value);
  void text(std::string_view value) { word(3, hash_bytes(value)); }
  void blob(std::string_view value) { word(4, hash_bytes(value)); }
  void null() { word(5, 0); }
  std::int64_t value() const { return static_cast<std::int64_t>(hash_); }

 private:
  void word(std::uint64_t kind, std::uint64_t bits) { hash_ = mix(hash_ + kind, bits); }
  std::uint64_t hash_ = 0x62616c6c61737431ULL;
};

/// Binds the columns of one row in order, then writes it with its hash.
class RowWriter {
 public:
  explicit RowWriter(sqlite::Statement& statement) : statement_(statement) {}

  RowWriter& integer(std::int64_t value);
  RowWriter& real(double value);
  RowWriter& text(std::string_view value);
  RowWriter& blob(std::string_view value);
  RowWriter& null();
  Result<void> write();

 private:
  sqlite::Statement& statement_;
  RowHash hash_;
  int parameter_ = 0;
};

/// Whether the last column of the current row is the hash of those before it.
bool row_is_intact(const sqlite::Statement& row);

}  // namespace ballast
