// How often the best prices of a rebuilt book equal the venue's own bookTicker at the same update
// id.
//
// A ticker says what the best is from its id until the next ticker's id. A book state at id x is
// therefore held against the last ticker with an id <= x, and only once a ticker beyond x has come:
// the two streams need not arrive in step. States for which that ticker is no longer held are not
// compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "market/order_book.hpp"

namespace ballast {

struct BestLevels {
  BookLevel bid;
  BookLevel ask;
};

class BestCheck {
 public:
  void ticker(std::uint64_t id, const BestLevels& best);
  void book(std::uint64_t id, const BestLevels& best);

  std::uint64_t compared() const { return compared_; }
  std::uint64_t equal() const { return equal_; }                // prices and quantities
  std::uint64_t equal_prices() const { return equal_prices_; }  // prices

 private:
  struct Entry {
    std::uint64_t id = 0;
    BestLevels best;
  };
  static constexpr std::size_t entries_max = 4096;  // seconds of both streams

  void settle();

  std::deque<Entry> tickers_;  // ascending ids
  std::deque<Entry> books_;
  std::uint64_t compared_ = 0;
  std::uint64_t equal_ = 0;
  std::uint64_t equal_prices_ = 0;
};

}  // namespace ballast
