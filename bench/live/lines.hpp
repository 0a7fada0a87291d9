// The feed's events as JSON lines. Everything but time, price and id is formatted beforehand: the
// generator shares two cores with the service that it loads, and should cost next to nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ballast::live_bench {

enum class Side : std::uint8_t { buy, sell };

/// Ids have twelve digits: those of a session follow one another from its first.
constexpr std::uint64_t ids_a_session = 100'000'000'000;
constexpr std::uint64_t first_id(std::size_t session) { return (session + 1) * ids_a_session; }

/// Prices have five digits, two of them behind the point.
constexpr int price_least = 10'000;
constexpr int price_most = 19'999;

class Lines {
 public:
  Lines();

  void append_mark(std::string& out, std::int64_t t, std::size_t instrument, int price) const;
  /// Of the probe in any book: two units; of any other instrument one.
  void append_fill(std::string& out,
                   std::int64_t t,
                   std::uint64_t id,
                   std::size_t instrument,
                   std::size_t book,
                   Side side,
                   int price) const;

 private:
  std::vector<std::string> marks_;  // by instrument: what stands behind the price
  std::vector<std::string> fills_;  // by instrument, book, side
};

}  // namespace ballast::live_bench
