// QuoteRecord: for how long a quote was kept on both sides, and for how long each side was pulled
// and why. Exact sums of time; reasons past the sixteenth are counted together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

class QuoteRecord {
 public:
  static constexpr std::size_t reasons_max = 16;
  static constexpr std::string_view other_reason = "other";

  /// Why each side is pulled; empty: it is quoted.
  struct State {
    std::string_view bid;
    std::string_view ask;
  };
  struct Reason {
    Note why;
    std::array<Duration, 2> pulled{};  // by side
    template <class Archive>
    void archive(Archive& ar) {
      ar(why, pulled);
    }
  };
  struct Totals {
    Duration known{};  // since the quote was first looked at
    Duration two_sided{};
    std::array<Duration, 2> pulled{};  // by side
    std::vector<Reason> reasons;       // in the order of their first appearance
  };

  /// What holds from now on.
  void set(Timestamp now, const State& state);
  /// One side is pulled, the other stays as it is.
  void pull(Timestamp now, Side side, std::string_view why);
  /// Why a side is pulled now; empty: it is quoted, or was not looked at yet.
  std::string_view why(Side side) const {
    const std::uint8_t place = state_[side == Side::buy ? 0 : 1];
    return place < totals_.reasons.size() ? totals_.reasons[place].why.view() : std::string_view();
  }
  /// Counts from now on only: the beginning of a report's span.
  void restart(Timestamp now);
  Totals totals(Timestamp now) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(since_, state_, totals_.known, totals_.two_sided, totals_.pulled, totals_.reasons);
  }

 private:
  static constexpr std::uint8_t quoted = 0xFF;
  std::uint8_t place_of(std::string_view why);
  void add(Totals& totals, Timestamp now) const;

  std::optional<Timestamp> since_;                     // when the state began
  std::array<std::uint8_t, 2> state_{quoted, quoted};  // by side: the reason's place
  Totals totals_;                                      // up to since_
};

}  // namespace ballast
