#include "quant/control/domain.hpp"

namespace ballast {

tl::unexpected<Error> outside(std::string_view name, double value, std::string_view domain) {
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be {}", name, value, domain));
}

}  // namespace ballast
