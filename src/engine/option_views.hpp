// Views of a desk's options: greeks by expiry and strike, smiles, scenarios, and where their profit
// came from, at the engine's clock. As views.hpp: each costs what it shows, nothing is changed.
//
// Values are those that the factors count: at the last whole minute, at the forwards and on the
// surface of portfolio/option_desk.hpp. Steps of an explanation are valued at their ends exactly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "engine/option_report.hpp"

namespace ballast {

/// Where a desk keeps the options of one underlying in one book: indices of OptionDesk.
struct OptionPlace {
  std::size_t underlying = 0;
  std::size_t scope = 0;
};
/// Error: not_found, naming what there is.
Result<std::size_t> find_option_underlying(const Engine& engine, std::string_view underlying);
Result<OptionPlace> find_options(const Engine& engine,
                                 std::string_view underlying,
                                 std::string_view book);
/// "*", and the books that factors name.
std::vector<std::string> option_books(const Engine& engine, std::size_t underlying);

/// "priced", "no_forward", and so on: as an address or a field has it.
std::string_view pricing_word(PricingState state);
inline constexpr std::array<std::string_view, 2> smile_dynamics_names{"sticky_strike",
                                                                      "sticky_delta"};
inline constexpr std::array<std::string_view, 3> delta_kind_names{"delta", "delta_net",
                                                                  "delta_equity"};

GreeksView greeks_view(const Engine& engine, OptionPlace place);
SmileView smile_view(const Engine& engine, OptionPlace place);
/// Spot -30 % to 30 %, volatility -20 to 40 points, now, in a day and in a week.
ScenarioAsk usual_scenarios();
/// Full revaluation of every cell. Errors: bad_input, naming the axis, also for a grid of more than
/// scenario_view_cells_max cells.
Result<ScenarioView> scenario_view(const Engine& engine, OptionPlace place, const ScenarioAsk& ask);
/// Since the engine's start.
ExplainView explain_view(const Engine& engine, OptionPlace place);

/// Of each underlying and book that factors name; profit from `from` on, which is the engine's
/// start or its options' `from`.
std::vector<OptionsReport> option_reports(const Engine& engine, Timestamp from);

}  // namespace ballast
