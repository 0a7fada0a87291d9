// Pages of lists: ?limit= and ?cursor=, and the answer around the items.
//
// A cursor says which item was the last of a page, in the list's own order, which never changes for
// an item: so pages put together are the whole list, whatever comes and goes meanwhile. It is
// opaque and carries the name of its list and a check, so that one that is not ours is told from
// one that is; it is no secret.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/http.hpp"
#include "adapters/api/routes/desk_port.hpp"
#include "json/json_writer.hpp"

namespace ballast::api {

std::string encode_cursor(std::string_view list, std::string_view place);
/// Nothing when it is not a cursor of that list.
std::optional<std::string> decode_cursor(std::string_view list, std::string_view cursor);

struct Page {
  static constexpr std::size_t limit_default = 200;
  static constexpr std::size_t limit_max = 1000;
  std::size_t limit = limit_default;
  std::optional<std::string> place;  // of the last item of the page before
};
/// An answer of 400 where the parameters are wrong.
tl::expected<Page, Response> page_of(const Request& request, std::string_view list);
/// 400: the place that a cursor names is not there.
Response lost_cursor();

/// {"items": [...], "next": ..., "as_of": ..., "seq": ...}
class ListAnswer {
 public:
  explicit ListAnswer(const DeskView& view);
  JsonWriter& item() { return out_; }
  /// @param next    the cursor of the next page, if there is one.
  /// @param beside  writes further members of the object; may be empty.
  Response finish(const std::optional<std::string>& next,
                  const std::function<void(JsonWriter&)>& beside = {});

 private:
  JsonWriter out_{JsonWriter::Layout::compact};
  Timestamp as_of_;
  std::uint64_t seq_;
};

/// A list whose items are numbered and never change their number: those of `count` that `wanted`
/// says, in order. `name_of` an item stands in the cursor, so that one of before a reload, when the
/// numbers meant something else, is refused.
struct NumberedList {
  std::string_view list;
  std::size_t count = 0;
  std::function<bool(std::size_t)> wanted;  // may be empty: all
  std::function<std::string(std::size_t)> name_of;
  std::function<void(JsonWriter&, std::size_t)> write;
  std::function<void(JsonWriter&)> beside = {};  // writes members beside the items; may be empty
};
Response answer_page(const DeskView& view, const Page& page, const NumberedList& list);

}  // namespace ballast::api
