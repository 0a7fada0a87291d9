// The items of a report, one at a time: what Engine::report() lists, for those who want one of
// them.
#pragma once

#include <string_view>

#include "adherence/desk.hpp"
#include "alert/stops.hpp"
#include "book/books.hpp"
#include "control/proposal.hpp"
#include "control/quote_record.hpp"
#include "engine/report.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"

namespace ballast {

PositionReport position_report(const Desk& desk,
                               const Books& books,
                               const Market& market,
                               const Position& position);
BreakReport break_report(const Desk& desk, const Books& books, const Break& item);
FlightReport flight_report(const Desk& desk,
                           const Books& books,
                           const TransferRecord& transfer,
                           Timestamp now);
AlertReport alert_report(const Desk& desk, const AlertEpisode& episode);
AlertReport alert_report(const Desk& desk, const StopEpisode& stop);
ProposalReport proposal_report(const Proposal& proposal);
OptionReport option_report(const Proposal& proposal, const Option& option);
QuoteReport quote_report(const Desk& desk,
                         const QuoteConfig& quote,
                         const QuoteRecord::Totals& totals);
std::string_view basis_name(WeightBasis basis);

}  // namespace ballast
