// What control did over a report's span, as plain values for renderers. Money in the reporting
// currency, quantities in the factor's unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"

namespace ballast {

/// What was weighed for one proposal.
struct OptionReport {
  std::string action;
  bool chosen = false, possible = false, in_time = false;
  std::optional<double> cost, risk_cost, total, seconds;  // absent when it was not possible
  std::string why;                                        // it was not possible, or a remark
};

struct ProposalReport {
  std::string id, action, state, reason;
  Timestamp since;
  std::optional<Timestamp> ended;
  double deviation = 0.0;
  std::optional<double> expected_cost, realised_cost, quantity;
};

struct ActionReport {
  std::string action;
  std::uint32_t proposals = 0, carried_out = 0;
  double expected_cost = 0.0;                     // of those carried out, without funding
  std::optional<double> realised_cost, quantity;  // absent where none is measured
};

struct ControlReport {
  std::string factor, book, unit;
  std::uint32_t proposals = 0;
  // What became of them; the sum is `proposals`.
  std::uint32_t verified = 0, blocked = 0, nothing_possible = 0, rejected = 0, expired = 0,
                withdrawn = 0, awaiting_approval = 0, under_way = 0;
  std::vector<std::pair<std::string, std::uint32_t>> failed;  // by reason
  std::vector<ActionReport> actions;
  std::optional<double> median_seconds_back;  // from a proposal to being in the band
  std::uint32_t breaker_trips = 0;
  bool breaker_tripped = false;            // and not rearmed yet
  std::vector<ProposalReport> latest;      // oldest first
  std::vector<OptionReport> last_options;  // what was weighed for the last of them
};

struct QuoteReport {
  std::string instrument, account, book, factor;
  double known_seconds = 0.0;                               // since it was first looked at
  std::optional<double> two_sided, bid_pulled, ask_pulled;  // shares of these
  std::vector<std::pair<std::string, double>> bid_reasons, ask_reasons;  // largest first
};

}  // namespace ballast
