#include "adapters/api/server/reply.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ballast::api {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return lower(x) == lower(y);
  });
}

const std::string* find(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (same_name(key, name)) return &value;
  return nullptr;
}

/// "Mon, 05 Jan 2026 10:00:00 GMT".
std::string http_date(Timestamp now) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime t = civil_time(now);
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(t.weekday)], t.day,
      months[static_cast<std::size_t>(t.month - 1)], t.year, t.hour, t.minute, t.second);
}

/// A value with a line end in it would begin another header.
std::string one_line(std::string_view value) {
  std::string out(value);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

}  // namespace

Headers security_headers(const ReplyTo& to, bool page) {
  Headers headers{{"X-Content-Type-Options", "nosniff"},
                  {"Referrer-Policy", "no-referrer"},
                  {"Cross-Origin-Opener-Policy", "same-origin"},
                  {"Cross-Origin-Embedder-Policy", "require-corp"},
                  {"Cross-Origin-Resource-Policy", "same-origin"},
                  {"X-Frame-Options", "DENY"}};
  // Some browsers do not take the stream's scheme for 'self'.
  const std::string stream =
      to.host.empty() ? "" : fmt::format(" {}://{}", to.tls ? "wss" : "ws", to.host);
  headers.emplace_back(
      "Content-Security-Policy",
      page ? fmt::format("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                         "data:; font-src 'self'; connect-src 'self'{}; manifest-src 'self'; "
                         "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                         stream)
           : "default-src 'none'; frame-ancestors 'none'");
  if (to.tls) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return headers;
}

std::string reply_head(const Response& response,
                       std::optional<std::size_t> length,
                       const ReplyTo& to) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nServer: ballast\r\n", response.status,
                  reason_phrase(response.status), http_date(to.now));
  const auto add = [&](std::string_view name, std::string_view value) {
    head += one_line(name);
    head += ": ";
    head += one_line(value);
    head += "\r\n";
  };
  // A 304 has no body; that its type is known matters, for browsers take its policy for the page's.
  const bool unchanged = response.status == 304;
  if (!response.content_type.empty() && !unchanged) add("Content-Type", response.content_type);
  if (!length)
    add("Transfer-Encoding", "chunked");
  else if (response.status != 204 && !unchanged)
    add("Content-Length", fmt::format("{}", *length));
  if (find(response, "Cache-Control") == nullptr) add("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers)
    add(name, value);
  for (const auto& [name, value] :
       security_headers(to, response.content_type.starts_with("text/html")))
    add(name, value);
  add("Connection", to.close ? "close" : "keep-alive");
  return head + "\r\n";
}

void answer_if_none_match(const Request& request, Response& response) {
  const std::string* etag = find(response, "ETag");
  const auto asked = request.header("if-none-match");
  if (request.method != Method::get || response.status != 200 || etag == nullptr || !asked) return;
  std::string_view rest = *asked;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    one.remove_prefix(std::min(one.size(), one.find_first_not_of(' ')));
    one = one.substr(0, one.find_last_not_of(' ') + 1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one != "*" && one != *etag) continue;
    response.status = 304;
    response.body.clear();
    return;
  }
}

Response file_response(const StaticFile& file) {
  Response response;
  response.content_type = std::string(file.content_type);
  response.headers.emplace_back("ETag", fmt::format("\"{}\"", file.etag));
  response.headers.emplace_back(
      "Cache-Control", immutable(file) ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

}  // namespace ballast::api
