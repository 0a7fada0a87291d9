// The option-chain importer on any input; settings on its first line.
#include "adapters/feed/common/import_fuzzing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return ballast::import_any("option-chain", data, size);
}
