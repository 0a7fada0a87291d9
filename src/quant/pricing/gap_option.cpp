#include "quant/pricing/gap_option.hpp"

#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_black.hpp"

namespace ballast {

Result<double> gap_option_price(OptionRight right, const GapOption& option) {
  BALLAST_CHECK(require_positive("forward", option.forward));
  BALLAST_CHECK(require_positive("discount", option.discount));
  BALLAST_CHECK(require_positive("strike", option.strike));
  BALLAST_CHECK(require_positive("trigger", option.trigger));
  BALLAST_CHECK(require_positive("years", option.years));
  BALLAST_CHECK(require_positive("vol", option.vol));
  const double sign = right == OptionRight::call ? 1.0 : -1.0;
  const double s = option.vol * std::sqrt(option.years);
  const double d = std::log(option.forward / option.trigger) / s;
  const double price = sign * option.discount *
                       (option.forward * detail::normal_cdf(sign * (d + 0.5 * s)) -
                        option.strike * detail::normal_cdf(sign * (d - 0.5 * s)));
  if (!std::isfinite(price)) return fail(Errc::overflow, "the price is not finite");
  return price;
}

}  // namespace ballast
