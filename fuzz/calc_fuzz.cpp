// Any line is answered by one line of JSON: an object that reads back, of finite numbers.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/calc/calc_json.hpp"
#include "base/contract.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ballast;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    const CalcAnswer answer = answer_request(line);
    BALLAST_ASSERT(answer.line.find('\n') == std::string::npos);
    const auto value = read_value(answer.line);
    BALLAST_ASSERT(value.has_value() && value->record() != nullptr);
    BALLAST_ASSERT((find(*value->record(), "error") != nullptr) == answer.refused);
    BALLAST_ASSERT(write_value(*value) == answer.line);
  }
  return 0;
}
