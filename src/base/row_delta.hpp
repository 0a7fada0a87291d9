// Rows of much the same content, one after the other, each archived as what differs from the one
// before: a third of the bytes where rows are running totals.
//
//   RowDelta rows;
//   for (Total& total : totals) rows.archive(ar, total.begin, total.sums);
//
// A row's bytes are taken as words of eight; of each word's difference (exclusive or) from the same
// word of the row before, the bytes up to the highest that is not zero are kept. So values of eight
// bytes are best archived before smaller ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/archive.hpp"

namespace ballast {

class RowDelta {
 public:
  template <class Archive, class... Values>
  void archive(Archive& ar, Values&... values) {
    if constexpr (Archive::loading) {
      load(ar);
      LoadArchive row(row_);
      row(values...);
      if (!row.done()) ar.fail();
    } else {
      before_.swap(row_);
      row_.clear();
      SaveArchive row(row_);
      row(values...);
      save(ar);
    }
  }

 private:
  static constexpr std::size_t word = sizeof(std::uint64_t);
  static constexpr std::size_t size_max = 0xFFFF;

  void save(SaveArchive& ar);
  /// Sets row_; an empty one when the bytes are none.
  void load(LoadArchive& ar);

  std::string before_;
  std::string row_;
  std::string sizes_;  // of each word's difference, four bits
  std::string packed_;
};

}  // namespace ballast
