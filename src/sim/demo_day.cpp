#include "sim/demo_day.hpp"

#include "sim/demo_desk.hpp"
#include "sim/demo_maker.hpp"

namespace ballast {

std::vector<Event> DemoMaker::make() {
  opening();
  for (second_ = 0; second_ < demo_day_seconds; ++second_) {
    prices_.step();
    market();
    flow();
    hedge(Coin::btc);
    hedge(Coin::eth);
    treasury();
    story();
    if (second_ % 3600 == 1800) statements();
    if (second_ % (8 * 3600) == 0 && second_ > 0) funding();
    tape_.end_second();
  }
  return tape_.take();
}

DemoDay make_demo_day(std::uint64_t seed) {
  return {std::string(demo_desk_toml), demo_desk(), DemoMaker(seed).make()};
}

}  // namespace ballast
