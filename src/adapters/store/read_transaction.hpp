// One consistent view of a journal file, for as long as it stands.
//
// Internal to this folder. One thread.
#pragma once

#include <utility>

#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"

namespace ballast {

class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(sqlite::Database& database) {
    BALLAST_CHECK(database.exec("BEGIN"));
    return ReadTransaction(database);
  }
  ReadTransaction(ReadTransaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction() {
    // Nothing was written, so there is nothing that could be lost.
    if (database_ != nullptr) static_cast<void>(database_->exec("ROLLBACK"));
  }

 private:
  explicit ReadTransaction(sqlite::Database& database) : database_(&database) {}
  sqlite::Database* database_;
};

}  // namespace ballast
