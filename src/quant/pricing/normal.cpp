#include "quant/pricing/normal.hpp"

#include "quant/control/domain.hpp"
#include "quant/pricing/normal_kernel.hpp"

namespace ballast {

double normal_density(double x) { return kernel::density(x); }

double normal_cdf(double x) { return kernel::cdf(x); }

Result<double> normal_quantile(double p) {
  if (!(p > 0.0) || !(p < 1.0)) return outside("p", p, "between 0 and 1, both excluded");
  return kernel::quantile(p);
}

}  // namespace ballast
