// What clients of the API send, on any input: bodies of changes, bodies of events, cursors. The
// first byte says which.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/api/routes/body.hpp"
#include "adapters/api/routes/event_text.hpp"
#include "adapters/api/routes/page.hpp"
#include "base/contract.hpp"

namespace ballast::api {
namespace {

void read_body(std::string_view text) {
  const auto body = Body::parse(text, {"target", "band", "until", "for", "reason"});
  if (!body) {
    BALLAST_ASSERT(!body.error().what.empty());
    return;
  }
  (void)body->decimal("target");
  (void)body->range("band");
  (void)body->time("until");
  (void)body->duration("for");
  (void)body->text("reason");
}

/// Events that came apart go together again, and come apart alike.
void read_events(std::string_view text) {
  const auto events = split_events(text);
  if (!events) return;
  std::string together = "[";
  for (const std::string& event : *events)
    together += (together.size() > 1 ? "," : "") + event;
  const auto again = split_events(together + "]");
  BALLAST_ASSERT(again && *again == *events);
}

/// Every cursor that is taken is the one that its place is written as.
void read_cursor(std::string_view text) {
  const auto place = decode_cursor("positions", text);
  if (place) BALLAST_ASSERT(encode_cursor("positions", *place) == text);
  const auto own = decode_cursor("positions", encode_cursor("positions", text.substr(0, 500)));
  BALLAST_ASSERT(own == text.substr(0, 500));
}

}  // namespace
}  // namespace ballast::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      ballast::api::read_body(text);
      break;
    case 1:
      ballast::api::read_events(text);
      break;
    default:
      ballast::api::read_cursor(text);
  }
  return 0;
}
