// Any bytes are either refused with problems or are a desk whose canonical text gives it back.

#include "adapters/config/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/contract.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ballast;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto desk = load_desk(text, "fuzz.toml");
  if (!desk) {
    BALLAST_ASSERT(!desk.error().what.empty());
    return 0;
  }
  const std::string canonical = canonical_desk(*desk);
  const auto again = load_desk(canonical, "canonical");
  BALLAST_ASSERT(again);
  BALLAST_ASSERT(*again == *desk);
  BALLAST_ASSERT(canonical_desk(*again) == canonical);
  return 0;
}
