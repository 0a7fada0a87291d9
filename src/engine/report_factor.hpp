// From a tracker's summary to the figures that a report prints.
#pragma once

#include "adherence/summary.hpp"
#include "engine/report.hpp"
#include "model/desk.hpp"

namespace ballast {

FactorFigures factor_figures(const Summary& summary, Duration grid);

/// The parts rounded half-even to 10^-18, and their exact total rounded once.
FactorProfit factor_profit(const FactorPnl& pnl);

/// "delta:BTC", with "@book" when it is a book's.
std::string factor_label(const FactorConfig& factor);

}  // namespace ballast
