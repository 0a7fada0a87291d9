#include "control/quote_record.hpp"

#include <algorithm>

namespace ballast {

std::uint8_t QuoteRecord::place_of(std::string_view why) {
  if (why.empty()) return quoted;
  why = why.substr(0, Note::capacity);
  const auto find = [&](std::string_view text) {
    return std::find_if(totals_.reasons.begin(), totals_.reasons.end(),
                        [&](const Reason& reason) { return reason.why.view() == text; });
  };
  auto at = find(why);
  if (at == totals_.reasons.end() && totals_.reasons.size() + 1 >= reasons_max) {
    why = other_reason;
    at = find(why);
  }
  if (at == totals_.reasons.end()) {
    totals_.reasons.push_back({*Note::create(why), {}});
    at = totals_.reasons.end() - 1;
  }
  return static_cast<std::uint8_t>(at - totals_.reasons.begin());
}

void QuoteRecord::set(Timestamp now, const State& state) {
  add(totals_, now);
  since_ = now;
  state_ = {place_of(state.bid), place_of(state.ask)};
}

void QuoteRecord::pull(Timestamp now, Side side, std::string_view why) {
  add(totals_, now);
  since_ = now;
  state_[side == Side::buy ? 0 : 1] = place_of(why);
}

void QuoteRecord::restart(Timestamp now) {
  totals_.known = totals_.two_sided = {};
  totals_.pulled = {};
  for (Reason& reason : totals_.reasons)
    reason.pulled = {};
  if (since_) since_ = now;
}

QuoteRecord::Totals QuoteRecord::totals(Timestamp now) const {
  Totals totals = totals_;
  add(totals, now);
  return totals;
}

void QuoteRecord::add(Totals& totals, Timestamp now) const {
  if (!since_ || now <= *since_) return;
  const Duration passed = now - *since_;
  totals.known = totals.known + passed;
  if (state_[0] == quoted && state_[1] == quoted) totals.two_sided = totals.two_sided + passed;
  for (std::size_t side = 0; side < state_.size(); ++side) {
    if (state_[side] >= totals.reasons.size()) continue;
    totals.pulled[side] = totals.pulled[side] + passed;
    Duration& because = totals.reasons[state_[side]].pulled[side];
    because = because + passed;
  }
}

}  // namespace ballast
