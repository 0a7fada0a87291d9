#include "quant/calc/registry.hpp"

#include <fmt/format.h>

#include "base/suggest.hpp"

namespace ballast {

std::span<const Formula> formulas() {
  static const std::vector<Formula> all = [] {
    std::vector<Formula> formulas;
    for (const auto family :
         {market_making_formulas(), holding_formulas(), network_formulas(), pricing_formulas(),
          surface_formulas(), path_dependent_formulas(), margin_formulas()})
      formulas.insert(formulas.end(), family.begin(), family.end());
    return formulas;
  }();
  return all;
}

Result<const Formula*> find_formula(std::string_view name) {
  Suggestion near(name);
  for (const Formula& formula : formulas()) {
    if (formula.name == name) return &formula;
    near.consider(formula.name);
  }
  return fail(Errc::not_found,
              fmt::format("there is no function \"{}\"{}; `ballast calc list` names them all", name,
                          near.text()));
}

}  // namespace ballast
