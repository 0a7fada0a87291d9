// Whether a history that was loaded is one that a program could have written: what its code relies
// on, checked in one pass over the records, in the order of their arrival.
//
//   HistoryCheck check(history, positions, assets);
//   each record: check.take(offset, record)   ;   check.finish()
//
// A position's records are linked each to the one before it in (time, id, leg) order. Every link
// leads to a fill of the same position that stands before, and no two to the same one: so a
// position's fills form chains without a ring, as many as it has fills without a link. There must
// be one, and the trail must begin at its end. Most links lead to the latest fill that the position
// had, which is remembered, so that the pass reads the records in order and little else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "book/fill_history.hpp"

namespace ballast {

class HistoryCheck {
 public:
  HistoryCheck(FillHistory& history, std::size_t positions, std::size_t assets);
  /// Hints the memory system that a record is about to be taken.
  void announce(const Record& record) const {
    if (record.owner < latest_.size()) __builtin_prefetch(&latest_[record.owner], 1);
  }
  /// False when the record does not fit.
  bool take(std::uint32_t offset, const Record& record);
  /// After the last record: false when something is missing.
  bool finish();

 private:
  struct Latest {
    Timestamp t{};
    std::uint32_t offset = RecordStore::none;
    bool begun = false;  // the position has a fill without a link
  };
  bool link(std::uint32_t offset, const Record& record);
  bool follow(std::uint32_t previous, const Record& record);
  bool trail_fits(std::size_t position) const;
  bool fill_of(std::uint32_t offset, std::size_t position) const;

  FillHistory& history_;
  bool sound_ = false;
  std::vector<bool> fills_;     // by offset: a fill begins there
  std::vector<bool> followed_;  // by offset: a link leads there
  std::vector<Latest> latest_;  // by position: of the fills taken, the last in time
  std::size_t corrected_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> late_links_;  // to records yet to be taken
};

}  // namespace ballast
