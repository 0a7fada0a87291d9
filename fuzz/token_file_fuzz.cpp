// Any file of tokens is refused in words, or prints and reads back as itself.

#include "adapters/api/server/token_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/contract.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ballast::api;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  well_formed(text);
  const auto tokens = parse_tokens(text);
  if (!tokens) {
    BALLAST_ASSERT(!tokens.error().what.empty());
    return 0;
  }
  const auto again = parse_tokens(print_tokens(*tokens));
  BALLAST_ASSERT(again && *again == *tokens);
  return 0;
}
