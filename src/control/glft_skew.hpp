// GlftSkew: depths of Gueant, Lehalle and Fernandez-Tapia for the deviation, in fills.
//
// closed_form  Gueant (2017), equations 4.6 and 4.7, with xi = gamma and fills of `fill` units,
//              which is glft_closed_form with the aversion per fill (fill_units.hpp). Knows no
//              limits; a line in the deviation.
// stationary   the solution long before the end with limits, linear between whole fills. The
//              formula wants one Q for both sides of the target: the farther of the two limits as
//              seen from the target, so that Q stands still while the deviation moves and covers
//              it always. The nearer limit bends no depth; like the farther it ends quoting
//              (quote_shape.hpp). Where Q leaves a side unquoted its depth is that of the last
//              inventory at which it is quoted. At most 500 fills either way; a deviation beyond
//              is an error, as are limits without room for one fill.
//
// Needs sigma, k and the fill rate. A half-life gives the gamma of the closed form to both.
#pragma once

#include "control/skew_model.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const GlftSkew& model, const SkewInput& input);

}  // namespace ballast
