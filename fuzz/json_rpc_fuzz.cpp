// Any message of the stream is refused with a code and words, in an answer that is JSON itself, or
// is a call; and what is read again of its events is the same.

#include "adapters/api/server/json_rpc.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/contract.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ballast::api;
  using Json = nlohmann::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  BALLAST_ASSERT(Json::accept(json_text(text)));
  const auto call = parse_call(text);
  if (!call) {
    const Json answer = Json::parse(rpc_error(call.error()), nullptr, false);
    BALLAST_ASSERT(!answer.is_discarded() && answer.at("error").at("code") < 0);
    BALLAST_ASSERT(!answer.at("error").at("message").get<std::string>().empty());
    return 0;
  }
  if (call->id) BALLAST_ASSERT(Json::accept(rpc_result(*call->id, "null")));
  if (!call->events) return 0;
  std::string events;
  for (const std::string& event : *call->events) {
    BALLAST_ASSERT(event.find('\n') == event.npos);
    events += (events.empty() ? "" : ",") + event;
  }
  const auto again =
      parse_call(R"({"jsonrpc":"2.0","method":"m","params":{"events":[)" + events + "]}}");
  BALLAST_ASSERT(again && again->events == call->events);
  return 0;
}
