// Any bytes are either refused in words or are an event that prints and reads back as itself.

#include "adapters/codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/config/config.hpp"
#include "base/contract.hpp"

namespace {

using namespace ballast;

const Desk& desk() {
  static const Desk loaded = *load_desk(R"toml(
[desk]
name = "fuzz"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main"]
[[venues]]
name = "dex"
accounts = ["*"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
[[factors]]
name = "delta:BTC"
[[factors]]
name = "delta:BTC"
book = "mm"
[[channels]]
name = "credit"
asset = "USDT"
ours = "binance/main"
theirs = "dex/peer"
capacity = "10"
[[routes]]
name = "over"
asset = "USDT"
from = "binance/main"
to = "dex/peer"
channel = "credit"
[[rules]]
name = "out-of-band"
factor = "delta:BTC"
when = "abs_z > 1"
)toml",
                                        "fuzz.toml");
  return loaded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static EventReader reader(desk());
  static const EventWriter writer(desk());
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {  // several lines meet one reader, which must forget each
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    if (EventReader::skippable(line)) continue;
    Event event;
    const auto read = reader.read(line, event);
    if (!read) {
      BALLAST_ASSERT(read.error().what.starts_with("column "));
      continue;
    }
    std::string printed;
    writer.write(event, printed);
    Event again;
    BALLAST_ASSERT(reader.read(printed, again));
    BALLAST_ASSERT(again == event);
  }
  return 0;
}
