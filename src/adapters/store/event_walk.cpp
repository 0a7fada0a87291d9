#include "adapters/store/event_walk.hpp"

#include <cstring>

#include <fmt/format.h>

namespace ballast {

namespace {

std::string missing(std::uint64_t from, std::uint64_t to) {
  const std::string further = from == to ? "" : fmt::format(", and all up to event {}", to);
  return fmt::format("event {}: missing{}", from, further);
}

}  // namespace

Result<void> EventWalk::run(const std::function<void(EventFinding)>& tell,
                            const std::function<void(std::uint64_t)>& passed) {
  BALLAST_TRY(rows, database_.prepare("SELECT seq, t, body, chain FROM events ORDER BY seq"));
  for (;;) {
    auto row = rows.step();
    if (!row && row.error().code == Errc::corrupt)
      return fail(Errc::corrupt, fmt::format("event {}: from here on the rows cannot be read: {}",
                                             last_.seq + 1, row.error().what));
    BALLAST_CHECK(row);
    if (!*row) return {};
    const std::int64_t seq = rows.integer(0);
    if (seq < 1) {
      tell({0, fmt::format("event {}: no event has such a number", seq)});
      whole_ = false;
      continue;
    }
    const auto number = static_cast<std::uint64_t>(seq);
    gap_ = number != last_.seq + 1;
    if (gap_) tell({last_.seq + 1, missing(last_.seq + 1, number - 1)});
    const Timestamp t{rows.integer(1)};
    last_.seq = number;
    std::string fault = fault_of(rows);
    if (number == 1) first_t_ = t;
    whole_ = whole_ && !gap_ && fault.empty();
    if (whole_) {
      good_ = last_;
      last_good_t_ = t;
    }
    if (!fault.empty()) tell({number, fmt::format("event {}: {}", number, fault)});
    passed(number);
  }
}

/// What is wrong with this row, and where the next one's chain may begin.
std::string EventWalk::fault_of(const sqlite::Statement& row) {
  const Chain before_stored = last_.chain;
  const Chain before_computed = computed_;
  const std::string_view stored = row.bytes(3);
  const bool sized = row.is_blob(3) && stored.size() == sizeof(Chain);
  if (sized) std::memcpy(last_.chain.data(), stored.data(), sizeof(Chain));
  const Timestamp t{row.integer(1)};
  const auto chain_after = [&](const Chain& before) {
    return chain_next(before, last_.seq, t, row.bytes(2));
  };
  computed_ = chain_after(before_stored);
  if (!row.is_integer(1) || !row.is_text(2) || !sized) {
    if (!sized) last_.chain = computed_;
    return "its row is damaged";
  }
  if (gap_ || computed_ == last_.chain) {
    computed_ = last_.chain;
    return {};
  }
  // The chain value before it may be what is damaged, and this row fine.
  if (chain_after(before_computed) == last_.chain) {
    computed_ = last_.chain;
    return {};
  }
  return "not as it was appended (the hash chain breaks)";
}

}  // namespace ballast
