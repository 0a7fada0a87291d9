// The reader of option chains on any input. Whatever it holds, what comes out is as
// option_chain.hpp says, so that smiles can be made of it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/option_chain/option_chain_csv.hpp"
#include "quant/pricing/chain_smiles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  ballast::OptionChainReader reader;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));  // its own memory: reads past its end show
    text.remove_prefix(std::min(end + 1, text.size()));
    if (const auto taken = reader.line(line); !taken && taken.error().what.empty()) std::abort();
  }
  std::vector<ballast::Error> problems;
  for (const ballast::OptionChain& chain : reader.take(problems)) {
    for (const ballast::ChainExpiry& expiry : chain.expiries) {
      const auto smile = ballast::chain_smile(expiry);
      if (!smile) std::abort();
      if (smile->quotes.size() + smile->left_out() != expiry.quotes.size()) std::abort();
    }
  }
  return 0;
}
