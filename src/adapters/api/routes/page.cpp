#include "adapters/api/routes/page.hpp"

#include <charconv>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "base/hash.hpp"

namespace ballast::api {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t check_size = 4;
constexpr std::size_t cursor_max = 1024;

std::string check_of(std::string_view list, std::string_view place) {
  const std::uint64_t hash = hash_bytes(place, hash_bytes(list));
  std::string out;
  for (std::size_t i = 0; i < check_size; ++i)
    out += static_cast<char>(hash >> (8 * i) & 0xFF);
  return out;
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xFFFF;
    held += 8;
    for (; held >= 6; held -= 6)
      out += alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += alphabet[bits << (6 - held) & 63];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(at)) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  return out;
}

template <class Int>
std::optional<Int> whole_number(std::string_view text) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string encode_cursor(std::string_view list, std::string_view place) {
  return to_base64url(check_of(list, place) + std::string(place));
}

std::optional<std::string> decode_cursor(std::string_view list, std::string_view cursor) {
  if (cursor.size() > cursor_max) return std::nullopt;
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() < check_size) return std::nullopt;
  std::string place = bytes->substr(check_size);
  // As we would write it: no second spelling of the same cursor.
  if (encode_cursor(list, place) != cursor) return std::nullopt;
  return place;
}

tl::expected<Page, Response> page_of(const Request& request, std::string_view list) {
  Page page;
  auto limit = whole_parameter(request, "limit", Page::limit_default, 1, Page::limit_max);
  if (!limit) return tl::unexpected(std::move(limit).error());
  page.limit = *limit;
  if (const auto cursor = request.parameter("cursor")) {
    page.place = decode_cursor(list, *cursor);
    if (!page.place) {
      return tl::unexpected(problem(400, "bad_cursor",
                                    "cursor is none that this list gave: take `next` of the page "
                                    "before as it stands, or leave it out to begin anew"));
    }
  }
  return page;
}

Response lost_cursor() {
  return problem(400, "bad_cursor",
                 "what the cursor points to is no longer in the list, as after a reload: leave it "
                 "out to begin anew");
}

ListAnswer::ListAnswer(const DeskView& view)
    : as_of_(view.figures.now), seq_(view.figures.durable_seq) {
  out_.begin_object();
  out_.key("items").begin_array();
}

Response ListAnswer::finish(const std::optional<std::string>& next,
                            const std::function<void(JsonWriter&)>& beside) {
  out_.end_array();
  out_.key("next").value(next);
  out_.key("as_of").value(as_of_);
  out_.key("seq").value(seq_);
  if (beside) beside(out_);
  out_.end_object();
  Response response;
  response.body = out_.take();
  return response;
}

Response answer_page(const DeskView& view, const Page& page, const NumberedList& list) {
  const auto name = [&](std::size_t i) { return list.name_of(i); };
  std::size_t at = 0;
  if (page.place) {
    const auto colon = page.place->find(':');
    const auto last = whole_number<std::size_t>(std::string_view(*page.place).substr(0, colon));
    if (colon == std::string::npos || !last || *last >= list.count ||
        name(*last) != std::string_view(*page.place).substr(colon + 1)) {
      return lost_cursor();
    }
    at = *last + 1;
  }
  const auto next_wanted = [&](std::size_t i) {
    while (list.wanted && i < list.count && !list.wanted(i))
      ++i;
    return i;
  };
  ListAnswer answer(view);
  std::size_t written = 0;
  std::size_t last = 0;
  for (at = next_wanted(at); at < list.count && written < page.limit; at = next_wanted(at + 1)) {
    list.write(answer.item(), at);
    last = at;
    ++written;
  }
  if (at >= list.count) return answer.finish(std::nullopt, list.beside);
  return answer.finish(encode_cursor(list.list, fmt::format("{}:{}", last, name(last))),
                       list.beside);
}

}  // namespace ballast::api
