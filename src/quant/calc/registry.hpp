// Every formula by name. A formula is added by one entry in the file of its family (market_making,
// holding, network, pricing, surfaces, path_dependent, margin), and the conformance suite takes it
// up from there; a family, by a line here and in registry.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "quant/calc/formula.hpp"

namespace ballast {

/// In the order in which they are listed.
std::span<const Formula> formulas();

/// Error: not_found, with the name that was likely meant.
Result<const Formula*> find_formula(std::string_view name);

// The families, one file each.
std::span<const Formula> market_making_formulas();
std::span<const Formula> holding_formulas();
std::span<const Formula> network_formulas();
std::span<const Formula> pricing_formulas();
std::span<const Formula> surface_formulas();
std::span<const Formula> path_dependent_formulas();
std::span<const Formula> margin_formulas();

}  // namespace ballast
