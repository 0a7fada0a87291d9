// Any sequence of events leaves the engine whole: cash sums to zero, a snapshot restores to the
// same bytes and goes on the same, and the report holds no figure that is not a number.

#include "engine/engine.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/contract.hpp"
#include "sim/random_desk.hpp"
#include "sim/random_events.hpp"

namespace {

using namespace ballast;

/// Numbers from the input, two bytes each; zeros after its end.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t value = 0;
    for (std::uint64_t reach = 1; reach < bound && left_ > 0; reach *= 256) {
      value = value * 256 + *data_++;
      --left_;
      if (reach >= std::uint64_t{1} << 40) break;
    }
    return value % bound;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

void check(std::optional<double> figure) { BALLAST_ASSERT(!figure || std::isfinite(*figure)); }

void check(const Report& report) {
  check(report.adherence);
  for (const FactorReport& f : report.factors) {
    for (const auto& figure : {f.adherence, f.time_in_band, f.bias, f.rms_z, f.max_abs_z, f.iae,
                               f.ise, f.effectiveness, f.z, f.skew, f.half_life_seconds}) {
      check(figure);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Desk desk = random_desk();
  Bytes bytes(data, size);
  const std::uint64_t cut = bytes.below(64);
  RandomEvents events(desk, [&](std::uint64_t bound) { return bytes.below(bound); });
  Engine whole(desk);
  std::unique_ptr<Engine> resumed;
  for (std::uint64_t count = 0; !bytes.empty(); ++count) {
    if (count == cut) {
      resumed = std::make_unique<Engine>(desk);
      BALLAST_ASSERT(resumed->restore(whole.snapshot()));
    }
    const Event event = events.next();
    events.hear(whole.step(event));
    BALLAST_ASSERT(whole.books().balanced());
    if (resumed) resumed->step(event);
  }
  check(whole.report());
  BALLAST_ASSERT(!resumed || (resumed->digest().hex() == whole.digest().hex() &&
                              resumed->snapshot() == whole.snapshot()));
  return 0;
}
