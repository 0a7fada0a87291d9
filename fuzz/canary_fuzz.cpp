// Fails on purpose: were it to pass, no other fuzz target could be believed. The committed input
// does not fail, so that only a harness which mutates its inputs, and notices, finds the failure.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size >= 2 && data[0] == 'b' && data[1] != 'a') {
    std::abort();
  }
  return 0;
}
